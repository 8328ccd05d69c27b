import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Output } from '../../../src/cli/output.ts';

const streams = ['stdout', 'stderr'] as const;
let written: Record<(typeof streams)[number], string>;
const saved = streams.map((name) => ({ isTTY: process[name].isTTY, columns: process[name].columns }));
const noColor = process.env.NO_COLOR;

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  delete process.env.NO_COLOR;
  for (const name of streams) {
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  streams.forEach((name, i) => Object.assign(process[name], saved[i]));
  if (noColor !== undefined) process.env.NO_COLOR = noColor;
});
const onTerminal = (isTTY: boolean) =>
  streams.forEach((name) => Object.assign(process[name], { isTTY, columns: isTTY ? 20 : undefined }));

const sentence = 'The weights of this run do not fit the model.';

test('on a terminal sentences are broken at words and failures are red', () => {
  onTerminal(true);
  new Output({}).fail(sentence, 2);
  expect(written.stderr).toBe('\x1b[31mzoo:\x1b[39m The weights of\nthis run do not fit\nthe model.\n');
});

test('elsewhere lines stay whole and plain', () => {
  onTerminal(false);
  const output = new Output({});
  output.fail(sentence, 2);
  output.warn(sentence);
  output.result('all agree', {}, { verdicts: true });
  expect(written).toEqual({ stderr: `zoo: ${sentence}\n${sentence}\n`, stdout: 'all agree\n' });
});

test('verdicts are green and red, on a terminal without NO_COLOR', () => {
  onTerminal(true);
  const output = new Output({});
  output.result('a agrees\nb DIFFERS\nNOT verified', {}, { verdicts: true });
  output.result('agree', {});
  expect(written.stdout).toBe(
    'a \x1b[32magrees\x1b[39m\nb \x1b[31mDIFFERS\x1b[39m\n\x1b[31mNOT verified\x1b[39m\nagree\n',
  );
  process.env.NO_COLOR = '1';
  written.stdout = '';
  output.result('DIFFERS', {}, { verdicts: true });
  expect(written.stdout).toBe('DIFFERS\n');
});

test('what commands a terminal is taken out of all that people read, and kept in documents', () => {
  onTerminal(true);
  const evil = 'a\x1b[2Jb\rc\u202ed';
  const output = new Output({});
  output.say(evil);
  output.warn(evil);
  output.fail(evil, 1);
  output.progress.note(evil);
  output.result(evil, {});
  const text = Object.values(written).join('');
  for (const ours of ['\x1b[33m', '\x1b[31m', '\x1b[39m']) expect(text).toContain(ours);
  const rest = text.replaceAll(/\p{Cc}\[3[139]m/gu, '').replaceAll('\n', '');
  expect(rest).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  written.stdout = '';
  new Output({ json: true }).result('', { evil });
  expect(JSON.parse(written.stdout)).toEqual({ evil });
});
