/**
 * How the benchmark and its training processes communicate: one line of JSON at a time, over standard input and output.
 * The benchmark sends an assignment, answered by {@link Ready}; then, for each round, a number of steps, answered by
 * {@link Round}. A process ends when its input ends. `baselines/common.py` does the same in Python.
 */
import { createInterface } from 'node:readline';
import type { RandomStateSnapshot } from '../src/utils/random.ts';
import type { Workload } from './workloads.ts';

export const implementationNames = [
  'zoo',
  'naive',
  'layers',
  'numpy-float64',
  'numpy-float32',
  'torch',
  'keras',
  'keras-steps',
] as const;
export type ImplementationName = (typeof implementationNames)[number];

/** A program that trains, on one of its backends, with one source of gradients. */
export interface Implementation {
  name: ImplementationName;
  backend: string;
  gradients?: 'manual' | 'autodiff';
}

export interface Assignment extends Implementation {
  /** Whether times are the processor's: those of all threads of the process. */
  cpu: boolean;
  workload: Workload;
  /** Values as plain lists, because Python reads them too. */
  initial: Record<string, { shape: number[]; values: number[] }>;
  /** The generator that shuffles the rows. */
  random: RandomStateSnapshot;
}

/** Everything is prepared. */
export interface Ready {
  ready: true;
}

export interface Round {
  seconds: number;
  /** Steps made, where a library makes several in one call and so more than requested. */
  steps?: number;
  /** Loss of the last step's batch, before its update; `null` stands for NaN. */
  loss: number | null;
  /** Peak memory of the process so far, in bytes. */
  memory: number;
}

/** Milliseconds. */
const wallTime = (): number => performance.now();
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Runs in a training process: pauses training between rounds and times each round. */
export class Pace {
  readonly #lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  #stepsLeft = 0;
  #startedAt = 0;
  #now = wallTime;
  #seconds = NaN;

  async assignment(): Promise<Assignment> {
    const assignment = JSON.parse(await this.#line()) as Assignment;
    this.#now = assignment.cpu ? processorTime : wallTime;
    return assignment;
  }

  /** Reports that everything is prepared; resolves when training may begin. */
  async begin(): Promise<void> {
    write({ ready: true });
    await this.#nextRound();
  }

  /** Call it after every step. It returns `true` after the last step of a round: then call {@link roundOver}. */
  stepDone(): boolean {
    if (--this.#stepsLeft > 0) return false;
    this.#seconds = (this.#now() - this.#startedAt) / 1000;
    return true;
  }

  /** Reports the round and waits for the next one. */
  async roundOver(loss: number): Promise<void> {
    write({ seconds: this.#seconds, loss, memory: process.resourceUsage().maxRSS * 1024 });
    await this.#nextRound();
  }

  async #nextRound(): Promise<void> {
    this.#stepsLeft = Number(await this.#line());
    this.#startedAt = this.#now();
  }

  async #line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) process.exit(0);
    return next.value;
  }
}

const write = (message: Ready | Round): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};
