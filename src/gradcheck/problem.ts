import type { ParameterSet } from '../model/parameters.ts';
import type { Model, Parameters } from '../model/model.ts';
import type { Tensor } from '../utils/tf.ts';

/** A model at one point, on the backend: everything that a gradient depends on. */
export interface Problem {
  model: Model;
  parameters: Parameters;
  /** `[rows, features]` */
  x: Tensor;
  /** `[rows, outputs]` */
  y: Tensor;
}

/** The same on the host, with a name that says what is special about it. */
export interface Point {
  name: string;
  model: Model;
  parameters: ParameterSet;
  x: Float64Array;
  y: Float64Array;
  rows: number;
  /** Of the step, for a model that has any. */
  noise?: ParameterSet;
}
