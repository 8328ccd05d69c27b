/** What `zoo doctor` finds: the form that `--json` prints. */
import type { Environment } from '../../core/environment.ts';
import type { BackendName, BackendState } from '../../backend/index.ts';

/** Where a difference was largest. */
export interface Place {
  gradients: 'manual' | 'autodiff';
  parameter: string;
  /** The point: parameters and rows, random or hard. */
  point: string;
}

/** Largest differences from double precision over all points: of the loss, relative; of gradients, normwise. */
export interface Parity {
  agrees: boolean;
  bound: number;
  loss: number;
  manual: number;
  autodiff: number;
  worst?: Place;
}

export interface Timing {
  median: number;
  min: number;
  max: number;
  repeats: number;
}

/** One step of training, on `rows` rows. */
export interface StepMeasure {
  rows: number;
  /** Tensors and data buffers more after a step than before it, by hand and by autodiff. */
  left: { manual: number; autodiff: number };
  microseconds: { manual: Timing; autodiff: Timing };
}

/** One model on one backend. What could not be found out, because the model does not run there, is missing. */
export interface ModelFinding {
  model: string;
  backend: BackendName;
  /** Kernels that a step of training calls and this backend lacks. */
  missingKernels: string[];
  /** Against `float64`; missing on `float64` itself. */
  parity?: Parity;
  step?: StepMeasure;
  /** Why it does not run. */
  failure?: string;
}

/** `fused.matMul` with a transposed operand and a bias, which wasm by itself gets wrong. */
export interface RepairFinding {
  /** Whether our multiplication is the one in use. */
  active: boolean;
  right: boolean;
  /** First entry of the product; all are the same. */
  wasm: number | null;
  cpu: number | null;
}

export interface Diagnosis {
  healthy: boolean;
  /** What is wrong, a sentence each. */
  problems: string[];
  environment: Environment;
  backends: BackendState[];
  /** The kernels that a step of training of each model calls, by hand and by autodiff. */
  kernels: Record<string, string[]>;
  /** Missing where wasm does not load or was not asked for. */
  matMulRepair?: RepairFinding;
  models: ModelFinding[];
}
