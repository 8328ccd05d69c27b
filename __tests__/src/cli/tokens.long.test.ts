/** A model of names through the command line: trained, described, evaluated, asked for names, verified and resumed. */
import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { ending, start, until, zoo } from '../../helpers/zoo.ts';

const directory = temporaryDirectory();
const at = (...names: string[]) => join(directory, ...names);
const settings = ['--data', 'built-in', '--steps', '400', '--batch-size', '8', '--backend', 'wasm'];
const train = (out: string, ...more: string[]) => ['train', 'gpt', ...settings, '--out', at(out), ...more];

const historyIn = (out: string) => {
  const { history } = JSON.parse(readFileSync(at(out, 'run.json'), 'utf8')) as {
    history: { samples?: string[] }[];
  };
  return history.map((record) => ({ ...record, seconds: 0 }));
};

test('gpt learns names: summary, report, evaluate, generate and verify', async () => {
  const trained = await zoo(train('whole'));
  expect(trained.code).toBe(0);
  const [, uniform, previous, counts, entropy] =
    /baselines +uniform ([\d.]+), (\d) previous characters? ([\d.]+), least possible ([\d.]+) nats\n/
      .exec(trained.stdout)!
      .map(Number);
  const loss = Number(/^test +([\d.]+) nats per character/m.exec(trained.stdout)![1]);
  expect([uniform, entropy]).toEqual([3.04, 2.01]);
  expect(previous).toBeGreaterThan(0);
  expect(counts).toBeLessThan(2.2);
  expect(loss).toBeLessThan(uniform - 0.4);
  expect(loss).toBeGreaterThan(entropy);

  const page = readFileSync(at('whole', 'report.html'), 'utf8');
  for (const heading of ['Texts', 'Attention', 'Most surprising characters'])
    expect(page).toContain(`<h2>${heading}</h2>`);
  expect(historyIn('whole').filter(({ samples }) => samples)).toHaveLength(6);

  const evaluated = await zoo(['evaluate', at('whole'), '--data', 'built-in', '--json']);
  const { metrics } = JSON.parse(evaluated.stdout) as { metrics: { test: { loss: number } } };
  expect(metrics.test.loss).toBeCloseTo(loss, 4);

  const { stdout } = await zoo(['generate', at('whole'), '--count', '20']);
  expect(stdout).toMatch(/^([a-z]*\n){20}$/);

  const verified = await zoo(['verify', at('whole'), '--data', 'built-in']);
  expect(verified.code).toBe(0);
  expect(verified.stdout).toContain('verified');
}, 300_000);

test('a run that is resumed in the middle is the uninterrupted one, bit for bit', async () => {
  const child = start(train('resumed', '--checkpoint-every', '40'));
  await until(() => existsSync(at('resumed', 'checkpoint.json')));
  child.kill('SIGINT');
  expect(await ending(child)).toBe(130);
  const resumed = await zoo(['train', 'gpt', ...settings, '--resume', at('resumed')]);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toMatch(/resuming after step \d+ of 400/);
  expect(readFileSync(at('resumed', 'weights.json'), 'utf8')).toBe(
    readFileSync(at('whole', 'weights.json'), 'utf8'),
  );
  expect(historyIn('resumed')).toEqual(historyIn('whole'));
}, 300_000);
