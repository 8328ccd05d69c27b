/**
 * Kills training at random moments, resumes it, and compares what it ends with against a run that was left alone.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint } from '../../src/saved/checkpoint.ts';
import { RandomState } from '../../src/core/random.ts';
import { parseRun } from '../../src/saved/run-record.ts';
import { parseWeights } from '../../src/saved/weights.ts';
import { run, ways, type Ending } from './ways.ts';

export interface Campaign {
  /** Of `zoo train`, without `--out` and `--resume`. */
  train: string[];
  kills: number;
  /** No run is killed any more after so many seconds. */
  seconds: number;
  seed: number;
  /** Empty; runs go into it. */
  directory: string;
  log?: (line: string) => void;
}

export interface Outcome {
  /** By the way in which they were done. */
  kills: Record<string, number>;
  /** Kills that found the process while it wrote nothing yet, while it trained, and when it was over. */
  moments: { beforeCheckpoint: number; withCheckpoint: number; complete: number };
  runs: number;
  identical: number;
  failures: string[];
  seconds: number;
}

/** Every file of a run directory must be whole, whatever happened. */
function faultsOf(directory: string): string[] {
  const readers = {
    'weights.json': parseWeights,
    'run.json': parseRun,
    'checkpoint.json': parseCheckpoint,
  };
  return Object.entries(readers).flatMap(([name, parse]) => {
    const path = join(directory, name);
    if (!existsSync(path)) return [];
    try {
      parse(readFileSync(path, 'utf8'), name);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

export async function campaign({ train, kills, seconds, seed, directory, log }: Campaign): Promise<Outcome> {
  const random = new RandomState(seed);
  await run(['--help']); // builds, if the sources are newer
  const startedAt = performance.now();
  const passed = (): number => (performance.now() - startedAt) / 1000;
  const outcome: Outcome = {
    kills: Object.fromEntries(Object.keys(ways).map((name) => [name, 0])),
    moments: { beforeCheckpoint: 0, withCheckpoint: 0, complete: 0 },
    runs: 0,
    identical: 0,
    failures: [],
    seconds: 0,
  };
  const fail = (what: string, { stderr }: Ending) => outcome.failures.push(`${what}: ${stderr.slice(-500)}`);

  const reference = join(directory, 'reference');
  const undisturbed = await run(['train', ...train, '--out', reference, '--quiet']);
  if (undisturbed.code !== 0) fail('the reference run failed', undisturbed);
  const wholeRun = passed();
  const wanted = () => readFileSync(join(reference, 'weights.json'));
  let killed = 0;
  while (killed < kills && passed() < seconds && outcome.failures.length < 5) {
    const out = join(directory, `run-${++outcome.runs}`);
    const endings: Ending[] = [];
    for (let complete = false; !complete;) {
      const goesOn = existsSync(join(out, 'checkpoint.json'));
      const args = ['train', ...train, goesOn ? '--resume' : '--out', out];
      const name = Object.keys(ways)[killed % Object.keys(ways).length];
      const before = changedAt(out);
      const after = random.random() * wholeRun * 1050;
      const spared = killed >= kills || passed() >= seconds;
      const ending = spared
        ? await run([...args, '--quiet'])
        : await ways[name].end(args, after, mkdtempSync(join(directory, 'scratch-')));
      endings.push(ending);
      outcome.failures.push(...(existsSync(out) ? faultsOf(out) : []));
      complete = isComplete(out);
      if (ending.sent) {
        killed++;
        outcome.kills[name]++;
        outcome.moments[
          complete
            ? 'complete'
            : existsSync(join(out, 'checkpoint.json'))
              ? 'withCheckpoint'
              : 'beforeCheckpoint'
        ]++;
        // Node.js itself ends, in its own ways, before our handlers are in place; and the last steps may be over already.
        const { code, signal } = ways[name];
        const isUsual = (code !== undefined && ending.code === code) || ending.signal === signal;
        const isEarly = changedAt(out) === before;
        if (!isUsual && !isEarly && !(complete && ending.code === 0)) {
          fail(`${name} after ${after.toFixed(0)} ms ended with ${ending.code ?? ending.signal}`, ending);
        }
      } else if ((ending.code ?? 0) !== 0 || !complete) fail(`ended with ${ending.code} by itself`, ending);
      if (/unexpected error|^\s+at /m.test(ending.stderr)) fail('an unexpected error', ending);
      if (outcome.failures.length >= 5) break;
    }
    for (const { release } of endings) release?.();
    if (!isComplete(out)) break;
    if (wanted().equals(readFileSync(join(out, 'weights.json')))) outcome.identical++;
    else outcome.failures.push(`${out} ended with other weights`);
    log?.(`${killed} kills, ${outcome.runs} runs, ${outcome.identical} identical, ${passed().toFixed(0)} s`);
  }
  outcome.seconds = passed();
  return outcome;
}

/** When a file in a directory was last made, renamed or removed; 0 where there is none. */
const changedAt = (directory: string): number => (existsSync(directory) ? statSync(directory).mtimeMs : 0);

const isComplete = (out: string): boolean =>
  existsSync(join(out, 'run.json')) &&
  !existsSync(join(out, 'checkpoint.json')) &&
  parseRun(readFileSync(join(out, 'run.json'), 'utf8'), 'run.json').status === 'complete';

/** What a run directory holds beside what belongs there. */
export const leftovers = (directory: string): string[] =>
  readdirSync(directory).filter(
    (name) =>
      !/^((weights|run)\.json|(learning-curve|decision-boundary)\.(svg|png)|report\.html)$/.test(name),
  );
