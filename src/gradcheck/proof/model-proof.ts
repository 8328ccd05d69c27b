/** What a proof finds: the form that `zoo prove --json` prints. */
import type { OptionValue } from '../../model/definition.ts';

export type Verdict = 'equal' | 'different' | 'undecided';

/** `slope` is the exact directional derivative, computed along with the loss; `autodiff` is `tf.variableGrads`. */
export type Reference = 'slope' | 'autodiff';

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
  /** Why nothing could be compared: a gradient is missing, has another shape, or is NaN. */
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
  referee: Reference;
  /** What autodiff says, and at how many points its formulas were defined. */
  autodiff?: { verdict: Verdict; points: number; first?: Difference & { name: string } };
  points: number;
  /** The prime of each point, modulo which was compared. */
  primes: number[];
  /** Primes in a chain: exponentials within exponentials need longer ones. */
  chain: number;
  /** The chance that a difference went unseen is at most this, for the signs that occurred. */
  bound: number;
  /** Which labels and dropout masks it holds for; none for a regression without dropout, nor for sequences. */
  labels?: LabelCoverage;
  /** Patterns of tokens and targets that occurred, of sequences. */
  tokens?: number;
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

export interface LabelCoverage {
  /** Whether the gradients are equal for any numbers as labels and dropout masks, or only for those that occurred. */
  areVariables: boolean;
  /** Ways to label the rows; 1 for a regression. */
  patterns: number;
  /** Those that occurred. */
  tried: number;
  /** The chance that a difference went unseen that one of the patterns alone has; 1 unless all were tried. */
  bound: number;
}
