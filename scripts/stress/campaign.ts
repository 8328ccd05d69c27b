/**
 * Kills training at random moments, resumes it, and compares what it ends with against a run that was left alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCheckpoint } from '../../src/saved/checkpoint.ts';
import { RandomState } from '../../src/core/random.ts';
import { parseRun } from '../../src/saved/run-record.ts';
import { parseWeights } from '../../src/saved/weights.ts';

const bin = fileURLToPath(new URL('../../bin/zoo.js', import.meta.url));
const signals = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
type Signal = (typeof signals)[number];

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
  kills: Record<Signal, number>;
  /** Signals that found the process while it wrote nothing yet, while it trained, and when it was over. */
  moments: { beforeCheckpoint: number; withCheckpoint: number; complete: number };
  runs: number;
  identical: number;
  failures: string[];
  seconds: number;
}

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
  sent: boolean;
  seconds: number;
}

/** Runs the command line, and sends a signal after some milliseconds unless it is over by then. */
function zoo(args: string[], kill?: { signal: Signal; after: number }): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const { NODE_OPTIONS: _options, ...env } = process.env;
    const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let [stderr, sent] = ['', false];
    const timer =
      kill && setTimeout(() => (sent = child.exitCode === null && child.kill(kill.signal)), kill.after);
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stderr, sent, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
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

const expectedCodes: Record<Signal, number | null> = { SIGKILL: null, SIGTERM: 143, SIGINT: 130 };

export async function campaign({ train, kills, seconds, seed, directory, log }: Campaign): Promise<Outcome> {
  const random = new RandomState(seed);
  const startedAt = performance.now();
  const passed = (): number => (performance.now() - startedAt) / 1000;
  const outcome: Outcome = {
    kills: { SIGKILL: 0, SIGTERM: 0, SIGINT: 0 },
    moments: { beforeCheckpoint: 0, withCheckpoint: 0, complete: 0 },
    runs: 0,
    identical: 0,
    failures: [],
    seconds: 0,
  };
  const fail = (what: string, { stderr }: Ending) => outcome.failures.push(`${what}: ${stderr.slice(-500)}`);

  const reference = join(directory, 'reference');
  const undisturbed = await zoo(['train', ...train, '--out', reference, '--quiet']);
  if (undisturbed.code !== 0) fail('the reference run failed', undisturbed);
  const wanted = () => readFileSync(join(reference, 'weights.json'));
  let killed = 0;
  while (killed < kills && passed() < seconds && outcome.failures.length < 5) {
    const out = join(directory, `run-${++outcome.runs}`);
    for (let complete = false; !complete;) {
      const goesOn = existsSync(join(out, 'checkpoint.json'));
      const signal = signals[random.randint(0, signals.length, 1)[0]];
      const after = random.random() * undisturbed.seconds * 1050;
      const spared = killed >= kills || passed() >= seconds;
      const ending = await zoo(
        ['train', ...train, goesOn ? '--resume' : '--out', out, '--quiet'],
        spared ? undefined : { signal, after },
      );
      outcome.failures.push(...(existsSync(out) ? faultsOf(out) : []));
      complete = isComplete(out);
      if (ending.sent) {
        killed++;
        outcome.kills[signal]++;
        outcome.moments[
          complete
            ? 'complete'
            : existsSync(join(out, 'checkpoint.json'))
              ? 'withCheckpoint'
              : 'beforeCheckpoint'
        ]++;
        // Before our handlers are in place the system's own end the process, and the last steps may be over already.
        const usual = ending.code === expectedCodes[signal] || ending.signal === signal;
        if (!usual && !(complete && ending.code === 0)) {
          fail(`${signal} after ${after.toFixed(0)} ms ended with ${ending.code}`, ending);
        }
      } else if (ending.code !== 0 || !complete) fail(`ended with ${ending.code} by itself`, ending);
      if (/unexpected error|^\s+at /m.test(ending.stderr)) fail('an unexpected error', ending);
      if (outcome.failures.length >= 5) break;
    }
    if (!isComplete(out)) break;
    if (wanted().equals(readFileSync(join(out, 'weights.json')))) outcome.identical++;
    else outcome.failures.push(`${out} ended with other weights`);
    log?.(`${killed} kills, ${outcome.runs} runs, ${outcome.identical} identical, ${passed().toFixed(0)} s`);
  }
  outcome.seconds = passed();
  return outcome;
}

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
