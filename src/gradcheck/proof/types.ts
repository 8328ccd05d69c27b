/** What a proof finds: the form that `zoo prove --json` prints. */
import type { OptionValue } from '../../model/entry.ts';

export type Verdict = 'equal' | 'different' | 'undecided';

/** `slope` carries the exact derivative of the loss along with it; `autodiff` is `tf.variableGrads`. */
export type Referee = 'slope' | 'autodiff';

/** The first entry that was found to differ. */
export interface Difference {
  /** Counted from 1. */
  point: number;
  /** Row-major; absent where there is a `problem` instead. */
  index?: number;
  /** The same, counted along each axis. */
  position?: number[];
  /** The two remainders, modulo `prime`. */
  manual?: number;
  exact?: number;
  prime?: number;
  /** Why nothing could be compared: a gradient is missing, has another shape, or is no number. */
  problem?: string;
}

export interface ParameterProof {
  name: string;
  shape: number[];
  entries: number;
  verdict: Verdict;
  first?: Difference;
  /** What the gradient check in double precision says about a parameter that differs. */
  diagnosis?: string;
}

export interface ModelProof {
  model: string;
  options: Record<string, OptionValue>;
  /** Those of the options that are not what the model has by default. */
  settings: Record<string, OptionValue>;
  verdict: Verdict;
  /** Why it is undecided. */
  reason?: string;
  referee: Referee;
  /** What the other referee says, and at how many points its formulas were defined. */
  autodiff?: { verdict: Verdict; points: number; first?: Difference & { name: string } };
  points: number;
  /** The prime of each point, modulo which was compared. */
  primes: number[];
  /** Primes in a chain: exponentials within exponentials need longer ones. */
  chain: number;
  /** The chance that a difference went unseen is at most this. */
  bound: number;
  /** Of the difference of the two gradients as a formula; counted. */
  size: { degree: number; bits: number; comparisons: number };
  rows: number[];
  features: number;
  classes: number;
  /** Draws thrown away, because a logarithm or a quotient was not defined. */
  redrawn: number;
  /** What the proof cannot speak about. */
  notes: string[];
  /** Repeats the proof. */
  seed: string;
  seconds: number;
  parameters: ParameterProof[];
}
