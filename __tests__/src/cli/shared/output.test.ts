import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { EpochLine, createProgress } from '../../../../src/cli/shared/progress.ts';
import { Output, surviveLostStreams } from '../../../../src/cli/shared/output.ts';
import { SweepDisplay } from '../../../../src/cli/shared/sweep.ts';
import type { TrialResult } from '../../../../src/runs/sweep/trial-file.ts';
import type { Trial } from '../../../../src/runs/sweep/trials.ts';

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

test('on a terminal, messages are wrapped and errors are red', () => {
  onTerminal(true);
  new Output({}).fail(sentence, 2);
  expect(written.stderr).toBe('\x1b[31mzoo:\x1b[39m The weights of\nthis run do not fit\nthe model.\n');
});

test('elsewhere, lines are not wrapped or colored', () => {
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

test('control characters are removed from text and kept in JSON documents', () => {
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

/** A clock that stands still until it is set on. */
function clock() {
  let now = 5000;
  for (const timer of [performance, Date]) jest.spyOn(timer, 'now').mockImplementation(() => now);
  return (milliseconds: number) => void (now += milliseconds);
}
const erase = '\r\x1b[K';
/** What was written since it was last asked. */
const heard = () => {
  const { stderr } = written;
  written.stderr = '';
  return stderr;
};

test('prints at most forty lines of epochs, and the last epoch', () => {
  onTerminal(false);
  const line = new EpochLine({ epochs: 100, steps: 0 }, new Output({}));
  const record = { loss: 0.5, seconds: 1.26 };
  for (let epoch = 1; epoch <= 100; epoch++) line.onEpoch({ ...record, epoch }, {});
  const epochs = Array.from(
    heard().matchAll(/^epoch +(\d+)\/100 {2}loss 0\.5000 {4}1\.3 s$/gm),
    ([, epoch]) => Number(epoch),
  );
  expect(epochs).toEqual([...Array.from({ length: 33 }, (_, i) => 3 * (i + 1)), 100]);
  line.onStep({ epoch: 1, step: 1, stepsPerEpoch: 1, loss: 1 });
  line.clear();
  expect(heard()).toBe('');
  const few = new EpochLine({ epochs: 9, steps: 0 }, new Output({}));
  few.onEpoch({ ...record, epoch: 1, accuracy: 0.5, validationLoss: 0.25, validationAccuracy: 0.125 }, {});
  few.onEpoch({ ...record, epoch: 2, validationLoss: 0.25 }, {});
  expect(heard()).toBe(
    'epoch 1/9  loss 0.5000  accuracy 50.00 %  validation 0.2500 12.50 %  1.3 s\nepoch 2/9  loss 0.5000    validation 0.2500  1.3 s\n',
  );
});

test('on a terminal, steps are shown ten times a second, with speed and remaining time', () => {
  onTerminal(true);
  Object.assign(process.stderr, { columns: 200 });
  const wait = clock();
  const line = new EpochLine({ epochs: 3, steps: 0 }, new Output({}));
  const step = (epoch: number, step: number, stepsPerEpoch: number) =>
    line.onStep({ epoch, step, stepsPerEpoch, loss: 0.123456 });
  step(1, 1, 10);
  // No time has passed: one step in a second, as far as anybody knows.
  expect(heard()).toBe(`${erase}epoch 1/3 step 1/10  loss 0.1235  1 steps/s  29 s left`);
  wait(99);
  step(1, 2, 10);
  expect(heard()).toBe('');
  wait(901);
  step(2, 3, 10);
  expect(heard()).toBe(`${erase}epoch 2/3 step 3/10  loss 0.1235  3 steps/s  6 s left`);
  wait(100);
  step(3, 1, 1);
  expect(heard()).toBe(`${erase}epoch 3/3  loss 0.1235  4 steps/s  0 s left`);
  line.onEpoch({ epoch: 3, loss: 0.5, seconds: 2 }, {});
  expect(heard()).toBe(`${erase}epoch 3/3  loss 0.5000    2.0 s\n`);
  const quiet = new EpochLine({ epochs: 3, steps: 0 }, new Output({ quiet: true }));
  quiet.onStep({ epoch: 1, step: 1, stepsPerEpoch: 1, loss: 1 });
  quiet.clear();
  expect(heard()).toBe('');
});

test('elsewhere, progress is one line every five seconds', () => {
  onTerminal(false);
  const wait = clock();
  const said: string[] = [];
  const progress = createProgress({ quiet: false, say: (line) => said.push(line) });
  progress.update('reading', 1, 8);
  wait(5000);
  progress.update('reading', 2, 8);
  expect(said).toEqual([]);
  wait(1);
  progress.update('reading', 3, 8);
  progress.update('reading', 4, 8);
  wait(5001);
  progress.update('reading', 5);
  progress.finish('something else');
  wait(5001);
  progress.update('reading', 6, 8);
  // Another task begins anew.
  progress.update('writing', 1, 2);
  wait(5000);
  progress.update('writing', 1, 2);
  progress.note('a note');
  wait(5001);
  progress.update('writing', 1, 2);
  expect(said).toEqual(['reading: 37 %', 'reading: 5', 'reading: 75 %', 'a note']);
  const silent = createProgress({ quiet: true, say: (line) => said.push(line) });
  silent.update('x', 0, 1);
  wait(6000);
  silent.update('x', 0, 1);
  expect(said).toHaveLength(4);
});

test('on a terminal, progress is a bar from 0.4 s until the work is done', () => {
  onTerminal(true);
  const wait = clock();
  const progress = createProgress({ quiet: false, say: () => {} });
  progress.update('reading', 0, 4);
  wait(399);
  progress.update('reading', 1, 4);
  expect(heard()).toBe('');
  wait(1);
  progress.update('reading', 1, 4);
  progress.finish('reading');
  expect(heard()).toContain('reading');
  progress.finish('reading');
  expect(heard()).toBe('');
});

const trial = (id: string, gate: string): Trial => ({ id, varied: { gate } }) as unknown as Trial;
const resultOf = (accuracy: number): TrialResult =>
  ({
    status: 'complete',
    seconds: 1.26,
    metrics: { train: { accuracy }, test: { accuracy: accuracy / 2, loss: 0.123456 } },
  }) as unknown as TrialResult;

test('a sweep prints one line per trial, and its progress every fifteen seconds', () => {
  onTerminal(false);
  const wait = clock();
  const [and, or] = [trial('1', 'and'), trial('2', 'or')];
  const display = new SweepDisplay(['gate'], [and, or], new Output({}));
  display.onResult(and, resultOf(1));
  wait(15_000);
  display.onTick([]);
  expect(heard()).toBe(
    [
      'gate     train      test  test loss      time',
      'and   100.00 %   50.00 %     0.1235     1.3 s',
      '',
    ].join('\n'),
  );
  wait(1);
  display.onTick([{ trial: or, share: 0.5 }]);
  display.onTick([{ trial: or, share: 0.5 }]);
  // Fifteen seconds for one and a half of two.
  expect(heard()).toBe('1 of 2 done, 6 s left\n');
  display.onResult(or, { status: 'failed', seconds: 0.04, message: 'It was torn.' } as TrialResult);
  expect(heard()).toBe(['or      failed                          0.0 s', '  It was torn.', ''].join('\n'));
  display.finish();
  expect(heard()).toBe('');
});

test('a sweep on a terminal shows the running trials below, until the next message', () => {
  onTerminal(true);
  Object.assign(process.stderr, { columns: 200 });
  const wait = clock();
  const pending = [trial('1', 'and'), ...Array.from({ length: 99 }, () => trial('2', 'or'))];
  const display = new SweepDisplay(['gate'], pending, new Output({}));
  heard();
  wait(1000);
  display.onTick([
    { trial: pending[0], share: 0.999 },
    { trial: pending[1], share: 0 },
  ]);
  expect(heard()).toBe('and       99 %\nor         0 %\n0 of 100 done');
  display.onResult(pending[0], resultOf(1));
  expect(heard()).toBe(`${erase}${'\x1b[1A\x1b[K'.repeat(2)}and   100.00 %   50.00 %     0.1235     1.3 s\n`);
  wait(1000);
  display.onTick([{ trial: pending[1], share: 1 }]);
  // Two seconds are two of a hundred, which is too little to tell.
  expect(heard()).toMatch(/1 of 100 done$/);
  display.onTick([
    { trial: pending[1], share: 1 },
    { trial: pending[1], share: 0.5 },
  ]);
  expect(heard()).toMatch(/1 of 100 done, 78 s left$/);
  wait(1000);
  display.onTick([
    { trial: pending[1], share: 1 },
    { trial: pending[1], share: 0.5 },
  ]);
  expect(heard()).toMatch(/1 of 100 done, 2 min left$/);
  display.finish();
  display.finish();
  expect(heard()).toBe(`${erase}${'\x1b[1A\x1b[K'.repeat(2)}`);
});

test('a closed standard output ends the process unless it must finish', () => {
  onTerminal(false);
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const before = {
    stdout: process.stdout.listeners('error'),
    stderr: process.stderr.listeners('error'),
    exit: process.listeners('exit'),
  };
  const output = new Output({});
  surviveLostStreams(output);
  const emit = (code: string) => process.stdout.emit('error', Object.assign(new Error('lost'), { code }));
  output.mustFinish = true;
  emit('EPIPE');
  expect(exit).not.toHaveBeenCalled();
  output.mustFinish = false;
  emit('EPIPE');
  expect(exit).toHaveBeenCalledTimes(1);
  emit('ENOSPC');
  expect(exit).toHaveBeenCalledTimes(1);
  for (const name of streams)
    for (const one of process[name].listeners('error'))
      if (!before[name].includes(one)) process[name].off('error', one as () => void);
  for (const one of process.listeners('exit')) if (!before.exit.includes(one)) process.off('exit', one);
});
