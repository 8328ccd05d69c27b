/**
 * Points at which gradients are compared: parameters, inputs and labels that are elements of a field.
 */
import type { FieldBackend } from '../../backend/field/index.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { RandomState } from '../../utils/random.ts';
import { tf, type Tensor } from '../../utils/tf.ts';

/** The shapes that a proof is about. */
export interface ProofShape {
  features: number;
  classes: number;
  /** Columns of the logits. */
  rows: number;
  parameters: Record<string, number[]>;
}

export interface ProofPoint {
  parameters: Tensors;
  /** `[rows, features]` */
  x: Tensor;
  /** `[rows, 1]` of 0 and 1, or one-hot `[rows, classes]`. */
  y: Tensor;
  /** Of the step, for a model that has any. */
  noise: Record<string, Tensor>;
}

/** Where slopes have their kinks: relu′(0), |w|′ at 0. */
const shareOfZeros = 0.25;

const sizeOf = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);

/**
 * A random point. With zeros, a quarter of all parameters and inputs are 0, and so is the whole first row: where a bias
 * is 0 as well, a unit's sum is exactly 0.
 */
export function drawPoint(
  backend: FieldBackend,
  model: Model,
  { features, classes, rows, parameters }: ProofShape,
  random: () => number,
  withZeros: boolean,
): ProofPoint {
  const { field } = backend;
  const draw = (shape: number[]): Tensor => {
    const elements = Float64Array.from({ length: sizeOf(shape) }, () =>
      withZeros && random() < shareOfZeros ? 0 : field.variable(),
    );
    return backend.tensorOf(elements, shape);
  };
  const x = draw([rows, features]);
  return {
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, shape]) => [name, draw(shape)])),
    x: withZeros ? tf.concat([tf.zeros([1, features]), x.slice([1, 0])]) : x,
    y: model.task === 'regression' ? draw([rows, 1]) : drawLabels(backend, model, rows, classes, random),
    noise: drawNoise(backend, model, rows, random),
  };
}

function drawNoise(
  backend: FieldBackend,
  model: Model,
  rows: number,
  random: () => number,
): Record<string, Tensor> {
  const drawn = model.noise?.(rows, new RandomState(Math.floor(random() * 2 ** 32))) ?? {};
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, values }]) => [
      name,
      backend.tensorOf(
        values.map((value) => backend.field.constant(value)),
        shape,
      ),
    ]),
  );
}

function drawLabels(
  backend: FieldBackend,
  { task }: Model,
  rows: number,
  classes: number,
  random: () => number,
): Tensor {
  const one = backend.field.constant(1);
  const columns = task === 'binary' ? 1 : classes;
  const y = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * Math.max(2, columns));
    if (columns > 1) y[row * columns + label] = one;
    else if (label === 1) y[row] = one;
  }
  return backend.tensorOf(y, [rows, columns]);
}
