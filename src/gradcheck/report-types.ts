/** What a gradient check finds: the form that `zoo gradcheck --json` prints. */
import type { BackendName } from '../backend/index.ts';
import type { GradientSourceName } from '../model/gradients/index.ts';
import type { PairName } from './at-point.ts';
import type { Difference } from './compare.ts';
import type { Tolerances } from './tolerances.ts';

export interface WorstEntry {
  /** Row-major. */
  index: number;
  /** The same, counted along each axis. */
  position: number[];
  /** The point at which it was found. */
  point: string;
  manual: number | null;
  autodiff: number | null;
  numeric: number | null;
}

/** A difference that is infinite or NaN, because a gradient was, is `Number.MAX_VALUE` here: JSON has no infinity. */
export interface ParameterReport extends Partial<Record<PairName, Difference>> {
  name: string;
  shape: number[];
  /** Entries compared at every point; central differences are taken of `sampled` of them. */
  entries: number;
  sampled: number;
  /** Entries at which the loss has a kink and a subgradient was accepted, over all points. */
  kinks: number;
  agrees: boolean;
  worst: WorstEntry;
  /** On disagreement: what it looks like. */
  hint?: string;
}

export interface ModelReport {
  model: string;
  backend: BackendName;
  agrees: boolean;
  seed: number;
  points: string[];
  sources: GradientSourceName[];
  tolerances: Tolerances;
  /** The loss itself in its two forms, where they differ most. */
  loss: { agrees: boolean; point: string; measured: number | null; differentiable: number | null };
  parameters: ParameterReport[];
  seconds: number;
}
