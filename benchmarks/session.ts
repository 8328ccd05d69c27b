/**
 * Trains implementations side by side, each in its own process, so that heaps, native libraries and just-in-time
 * compilers do not affect each other. In each round every implementation trains for a moment, in an order that rotates:
 * other load on the machine falls on all of them, so ratios within a round hold where times do not.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Assignment, Implementation, ImplementationName, Ready, Round } from './pace.ts';
import { startOf, type Workload } from './workloads.ts';

export interface SessionOptions {
  /** Rounds that count. */
  repeats: number;
  /** Approximate seconds of a round of one implementation. A round has at least one step. */
  seconds: number;
  /** Python interpreter of the baselines. */
  python: string;
}

export interface Measurement {
  implementation: Implementation;
  /** Library and version. */
  about: string;
  /** Microseconds per step of every round, in order. */
  microseconds: number[];
  /** Loss of step {@link comparedStep}, counted from the start that all share. */
  loss: number;
  /** Peak memory of the process, in bytes. */
  memory: number;
}

export interface Failure {
  implementation: Implementation;
  reason: string;
}

/** The step whose losses are compared: the last one of the first round. */
export const comparedStep = 20;

/** Just-in-time compilers need about a second; three rounds of half a second are enough. */
const warmUpRounds = 3;

/** Trains all implementations on one workload. One that fails is left out, with the reason. */
export async function measureTogether(
  workload: Workload,
  implementations: Implementation[],
  { repeats, seconds, python }: SessionOptions,
): Promise<{ measurements: Measurement[]; failures: Failure[] }> {
  const failures: Failure[] = [];
  const all = implementations.map((each) => new TrainingProcess(each, workload, python));
  let running = all;
  const inTurn = async (round: number, work: (process: TrainingProcess) => Promise<void>) => {
    const first = running.length && round % running.length;
    for (const process of [...running.slice(first), ...running.slice(0, first)]) {
      try {
        await work(process);
      } catch (error) {
        failures.push({ implementation: process.implementation, reason: (error as Error).message });
        running = running.filter((other) => other !== process);
      }
    }
  };
  try {
    // All of them start and load at once.
    await inTurn(0, (process) => process.ready());
    await inTurn(0, (process) => process.warmUp(seconds));
    for (let round = 0; round < repeats; round++) await inTurn(round, (process) => process.measure());
    return { measurements: running.map((process) => process.measurement()), failures };
  } finally {
    all.forEach((process) => process.stop());
  }
}

/** Libraries read these when they are loaded: each computes with one thread. */
const environment = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  NUMEXPR_NUM_THREADS: '1',
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

function commandFor({ name }: Implementation, python: string): [string, string[]] {
  const baseline = baselines[name];
  if (!baseline) return [process.execPath, ['--import', import.meta.resolve('tsx'), pathOf('child.ts')]];
  const [script, ...rest] = baseline;
  return [python, [pathOf(`baselines/${script}`), ...rest]];
}

class TrainingProcess {
  readonly implementation: Implementation;
  readonly #workload: Workload;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  readonly #rounds: Round[] = [];
  #stderr = '';
  #about = '';
  #steps = 1;
  #loss = NaN;

  constructor(implementation: Implementation, workload: Workload, python: string) {
    this.implementation = implementation;
    this.#workload = workload;
    const [command, parameters] = commandFor(implementation, python);
    this.#child = spawn(command, parameters, { env: { ...process.env, ...environment } });
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.#child.stderr!.on('data', (piece: Buffer) => {
      this.#stderr = (this.#stderr + piece.toString()).slice(-4000);
    });
    // A process that did not start or has died gives no answer: `#ask` reports that.
    this.#child.on('error', ({ message }) => (this.#stderr += `\n${message}`));
    this.#child.stdin!.on('error', () => undefined);
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#send(this.#assignment());
  }

  #assignment(): string {
    const { initial, random } = startOf(this.#workload);
    const lists = Object.entries(initial).map(
      ([name, { shape, values }]) => [name, { shape, values: Array.from(values) }] as const,
    );
    const assignment: Assignment = {
      ...this.implementation,
      workload: this.#workload,
      initial: Object.fromEntries(lists),
      random,
    };
    return JSON.stringify(assignment);
  }

  /** Resolves when the library is loaded and the data is prepared. */
  async ready(): Promise<void> {
    this.#about = (await this.#answer<Ready>()).about;
  }

  /** Trains for rounds that do not count, and finds how many steps a round takes. */
  async warmUp(seconds: number): Promise<void> {
    const fitSteps = (round: Round) => {
      const steps = round.steps ?? this.#steps;
      this.#steps = Math.max(1, Math.round((seconds * steps) / round.seconds));
    };
    this.#steps = comparedStep;
    const first = await this.#round();
    this.#loss = first.loss ?? NaN;
    fitSteps(first);
    for (let round = 0; round < warmUpRounds; round++) fitSteps(await this.#round());
  }

  async measure(): Promise<void> {
    this.#rounds.push(await this.#round());
  }

  measurement(): Measurement {
    return {
      implementation: this.implementation,
      about: this.#about,
      microseconds: this.#rounds.map(({ seconds, steps = this.#steps }) => (1e6 * seconds) / steps),
      loss: this.#loss,
      memory: this.#rounds.at(-1)!.memory,
    };
  }

  /** Ends the process by ending its input; kills it if it does not react within two seconds. */
  stop(): void {
    this.#child.stdin!.end();
    const timeout = setTimeout(() => this.#child.kill('SIGKILL'), 2000).unref();
    this.#child.once('close', () => clearTimeout(timeout));
  }

  #round(): Promise<Round> {
    this.#send(String(this.#steps));
    return this.#answer<Round>();
  }

  #send(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  async #answer<Answer>(): Promise<Answer> {
    for (;;) {
      const answer = await this.#answers.next();
      if (answer.done) throw new Error(await this.#causeOfDeath());
      // Libraries print other lines; ours are JSON.
      if (answer.value.startsWith('{')) return JSON.parse(answer.value) as Answer;
    }
  }

  async #causeOfDeath(): Promise<string> {
    await this.#closed;
    const lines = this.#stderr.split('\n').map((line) => line.trim());
    const cause = lines.findLast((line) => /^[\w.]*(Error|Exception)\b.*:|\bENOENT\b/.test(line));
    return (cause ?? lines.findLast(Boolean) ?? 'its process ended without a message').slice(0, 300);
  }
}
