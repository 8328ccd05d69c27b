/**
 * How the benchmark and the processes that train for it talk: one line of JSON at a time, over standard input and
 * output. First an assignment, answered by `Ready`; then, round after round, a number of steps, answered by `Round`.
 * The end of its input ends the process.
 */
import type { RandomStateSnapshot } from '../../core/random.ts';
import type { Workload } from './workloads.ts';

/** Who trains: an implementation, on one of its backends, with one of its gradient sources. */
export interface Contestant {
  workload: Workload;
  implementation: Implementation;
  backend: string;
  gradients?: 'manual' | 'autodiff';
}

export const implementations = [
  'zoo',
  'naive',
  'layers',
  'layers-batch',
  'numpy-float64',
  'numpy-float32',
  'torch',
  'keras',
  'keras-batch',
  'keras-steps',
] as const;
export type Implementation = (typeof implementations)[number];

export interface Assignment extends Contestant {
  /** Values as plain lists: Python reads them too. */
  initial: Record<string, { shape: number[]; values: number[] }>;
  random: RandomStateSnapshot;
}

export interface Ready {
  ready: true;
  /** Program and version. */
  about: string;
  dtype: 'float32' | 'float64';
}

export interface Round {
  seconds: number;
  /** Where a program makes several steps in one call, and so more of them than it was asked for. */
  steps?: number;
  /** Of the last step's batch, before its update; `null` stands for NaN. */
  loss: number | null;
  /** The most memory that the process has ever had, in bytes. */
  memory: number;
  /** Tensors made during the round; TensorFlow.js only. */
  tensors?: number;
}
