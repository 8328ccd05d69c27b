/** A training process that is killed at different moments and resumed. */
import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint } from '../../../src/weights/checkpoint.ts';
import { parseRun } from '../../../src/weights/run-record.ts';
import { parseWeights } from '../../../src/weights/weights.ts';
import { ending, start, until, zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();

const readers = { 'weights.json': parseWeights, 'run.json': parseRun, 'checkpoint.json': parseCheckpoint };

/** Parses every file of the run directory that exists. @throws Error where one is incomplete */
function expectWholeFiles(run: string): void {
  for (const [name, parse] of Object.entries(readers))
    if (existsSync(join(run, name))) parse(readFileSync(join(run, name), 'utf8'), name);
}

const stepOf = (run: string): number => {
  const path = join(run, 'checkpoint.json');
  return existsSync(path) ? parseCheckpoint(readFileSync(path, 'utf8'), path).state.step : -1;
};

test('a run that is killed three times and resumed ends with the weights of an uninterrupted run', async () => {
  const train =
    'train gate --optimizer adam --epochs 20000 --checkpoint-every 200 --backend cpu --no-report --quiet'.split(
      ' ',
    );
  const whole = join(directory, 'whole');
  expect((await zoo([...train, '--out', whole])).code).toBe(0);

  const killed = join(directory, 'killed');
  const exitCodes = { SIGKILL: 'SIGKILL', SIGTERM: 143 } as const;
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    const step = stepOf(killed);
    const child = start([...train, step < 0 ? '--out' : '--resume', killed]);
    await until(() => stepOf(killed) > step || child.exitCode !== null);
    child.kill(signal);
    expect(await ending(child)).toBe(exitCodes[signal]);
    expectWholeFiles(killed);
  }
  expect((await zoo([...train, '--resume', killed])).code).toBe(0);
  expect(readFileSync(join(killed, 'weights.json'), 'utf8')).toBe(
    readFileSync(join(whole, 'weights.json'), 'utf8'),
  );
  expect(readdirSync(killed).sort()).toEqual(readdirSync(whole).sort());
}, 120_000);
