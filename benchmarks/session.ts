/**
 * Trains implementations side by side, each in its own process, so that heaps, native libraries and just-in-time
 * compilers do not affect each other. In each round every implementation trains for a moment, in an order that rotates:
 * other load on the machine falls on all of them, so ratios within a round hold where times do not.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Assignment, Implementation, ImplementationName, Ready, Round } from './pace.ts';
import { startOf, type Workload } from './workloads.ts';

interface SessionOptions {
  /** Rounds that count. */
  repeats: number;
  /** Approximate seconds of a round of one implementation. A round has at least one step. */
  seconds: number;
  /** Python interpreter of the baselines. */
  python: string;
  /** Whether to measure the processor's time. */
  cpu?: boolean;
}

export interface Measurement {
  implementation: Implementation;
  /** Microseconds per step of every round, in order. */
  microseconds: number[];
  /** Loss of step {@link comparedStep}, counted from the start that all share. */
  loss: number;
  /** Peak memory of the process, in bytes. */
  memory: number;
}

/** The step whose losses are compared: the last one of the first round. */
export const comparedStep = 20;

/** Just-in-time compilers need about a second; three rounds of half a second are enough. */
const warmUpRounds = 3;

/** Trains all implementations on one workload. One that fails is left out, with the reason. */
export async function measureTogether(
  workload: Workload,
  implementations: Implementation[],
  { repeats, seconds, python, cpu = false }: SessionOptions,
): Promise<{ measurements: Measurement[]; failures: { implementation: Implementation; reason: string }[] }> {
  const failures: { implementation: Implementation; reason: string }[] = [];
  // All of them start and load at once.
  let running = implementations.map((implementation) => ({
    ...startProcess(implementation, workload, python, cpu),
    measurement: { implementation, microseconds: new Array<number>(), loss: NaN, memory: 0 },
    stepsPerRound: comparedStep,
  }));
  const all = running;
  type Process = (typeof running)[number];

  const inTurn = async (round: number, work: (process: Process) => Promise<unknown>) => {
    const first = running.length && round % running.length;
    for (const process of [...running.slice(first), ...running.slice(0, first)]) {
      try {
        await work(process);
      } catch (error) {
        const { implementation } = process.measurement;
        failures.push({ implementation, reason: (error as Error).message });
        running = running.filter((other) => other !== process);
      }
    }
  };
  /** One round: microseconds per step, and the number of steps that would fill the time. */
  const train = async ({ ask, stepsPerRound, measurement }: Process) => {
    const round = await ask<Round>(String(stepsPerRound));
    const secondsPerStep = round.seconds / (round.steps ?? stepsPerRound);
    measurement.memory = round.memory;
    return { ...round, secondsPerStep, fitting: Math.max(1, Math.round(seconds / secondsPerStep)) };
  };
  const warmUp = async (process: Process) => {
    for (let round = 0; round <= warmUpRounds; round++) {
      const { loss, fitting } = await train(process);
      if (round === 0) process.measurement.loss = loss ?? NaN;
      process.stepsPerRound = fitting;
    }
  };
  try {
    await inTurn(0, (process) => process.ready);
    await inTurn(0, warmUp);
    for (let round = 0; round < repeats; round++) {
      await inTurn(round, async (process) =>
        process.measurement.microseconds.push(1e6 * (await train(process)).secondsPerStep),
      );
    }
    return { measurements: running.map(({ measurement }) => measurement), failures };
  } finally {
    all.forEach((process) => process.stop());
  }
}

/** Libraries read these when they are loaded: each computes with one thread. */
const environment = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  VECLIB_MAXIMUM_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
  // Keeps __pycache__ out of the sources.
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Baselines in Python: the script, with its arguments. */
const baselines: Partial<Record<ImplementationName, string[]>> = {
  'numpy-float64': ['numpy_baseline.py', 'float64'],
  'numpy-float32': ['numpy_baseline.py', 'float32'],
  torch: ['torch_baseline.py'],
  keras: ['keras_baseline.py', 'batch'],
  'keras-steps': ['keras_baseline.py', 'steps'],
};

export const isBaseline = (name: ImplementationName): boolean => name in baselines;

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const tokenBaselines: typeof baselines = {
  torch: ['torch_tokens.py'],
  'numpy-float64': ['numpy_tokens.py'],
};

/** Starts one implementation; `ask` sends it how many steps to make, and returns its answer. */
export function startProcess(
  implementation: Implementation,
  workload: Workload,
  python: string,
  cpu = false,
) {
  const [script, ...rest] = (workload.tokens ? tokenBaselines : baselines)[implementation.name] ?? [];
  const child = spawn(
    script ? python : process.execPath,
    script
      ? [
          pathOf(`baselines/${script}`),
          ...rest,
          ...(workload.tokens && implementation.backend === 'float64' ? ['float64'] : []),
        ]
      : ['--import', 'tsx', pathOf('child.ts')],
    { env: { ...process.env, ...environment } },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = new Promise((resolve) => child.once('close', resolve));
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString()).slice(-4000)));
  // A process that did not start or has died gives no answer: `ask` reports that.
  child.on('error', ({ message }) => (stderr += `\n${message}`));
  child.stdin.on('error', () => undefined);

  const ask = async <Answer>(line: string): Promise<Answer> => {
    child.stdin.write(`${line}\n`);
    for (;;) {
      const answer = await answers.next();
      if (answer.done) {
        await closed;
        throw new Error(stderr.trim().split('\n').at(-1) || 'its process ended without a message');
      }
      // Libraries print other lines; ours are JSON.
      if (answer.value.startsWith('{')) return JSON.parse(answer.value) as Answer;
    }
  };
  const { initial, random } = startOf(workload);
  const lists = Object.entries(initial).map(
    ([name, { shape, values }]) => [name, { shape, values: Array.from(values) }] as const,
  );
  const assignment: Assignment = {
    ...{ ...implementation, cpu, workload, random },
    initial: Object.fromEntries(lists),
  };
  const ready = ask<Ready>(JSON.stringify(assignment));
  // It is awaited later: a failure until then is not an unhandled one.
  ready.catch(() => undefined);
  return { ready, ask, stop: () => child.kill() };
}
