/**
 * Points at which a model is checked: random ones, and those where derivations and programs go wrong.
 */
import type { Model, Parameters } from '../model/model.ts';
import { initialOf, type ParameterSet, withParameters } from '../model/parameters.ts';
import { InputError } from '../utils/errors.ts';
import { messageWithPlace } from '../utils/user-code.ts';
import { RandomState } from '../utils/random.ts';
import { tensorFor } from '../data/batches.ts';
import { valuesOf } from '../utils/tensors.ts';
import { type Tensor, tf } from '../utils/tf.ts';

export interface ModelSize {
  features: number;
  classes: number;
}

const rowsOfBatch = 6;

/** `draws` random points and the hard ones. Everything follows from the seed. */
export function pointsFor(model: Model, size: ModelSize, seed: number, draws: number): Point[] {
  const random = new RandomState(seed);
  const initial = initialOf(model, size, random);
  const { features, classes } = size;
  const isSequence = model.task === 'next-token';
  const outputs = model.task === 'binary' ? 1 : classes;
  const drawTargets = (rows: number): Float64Array => {
    if (model.task === 'regression') return random.randn(rows);
    // Some tokens have no target; the first always has one.
    if (isSequence) return random.randint(-1, classes, rows * features).map((y, i) => (i === 0 ? 0 : y));
    return targets(Array.from(random.randint(0, classes, rows)), outputs);
  };
  const draw = (name: string, rows = rowsOfBatch): Point => ({
    name,
    model,
    rows,
    parameters: drawParameters(initial, random),
    x: isSequence ? random.randint(0, classes, rows * features) : random.randn(rows * features),
    y: drawTargets(rows),
    ...(model.dropoutMasks && { noise: model.dropoutMasks(rows, random) }),
  });
  const labeled = (name: string, label: number): Point => ({
    ...draw(name),
    y: isSequence
      ? new Float64Array(rowsOfBatch * features).fill(label)
      : targets(new Array<number>(rowsOfBatch).fill(label), outputs),
  });

  const points: Point[] = [];
  for (let i = 1; i <= draws; i++) points.push(draw(`draw ${i}`));
  points.push(
    { ...draw('initial values'), parameters: initial },
    { ...draw('all zero'), parameters: mapValues(initial, () => 0) },
    draw('one row', 1),
    labeled('labels all first', 0),
    labeled('labels all last', Math.max(1, size.classes - 1)),
    saturated(draw('saturated')),
  );
  if (outputs > 1) points.push(tied(draw('tied logits'), outputs));
  points.push(draw('three rows', 3), draw('five rows', 5));
  return points;
}

/** Weights of deviation 1/√inputs, so that sums stay near 1; biases of deviation ½. */
export function drawParameters(like: ParameterSet, random: RandomState): ParameterSet {
  return Object.fromEntries(
    Object.entries(like).map(([name, { shape, values }]) => {
      const deviation = shape.length > 1 ? 1 / Math.sqrt(shape[0]) : 0.5;
      return [name, { shape, values: random.normal(0, deviation, values.length) }];
    }),
  );
}

/** `[rows, 1]` of 0 and 1, or one-hot `[rows, outputs]`. */
export function targets(labels: number[], outputs: number): Float64Array {
  if (outputs === 1) return Float64Array.from(labels);
  const y = new Float64Array(labels.length * outputs);
  labels.forEach((label, row) => (y[row * outputs + label] = 1));
  return y;
}

const mapValues = (set: ParameterSet, change: (value: number) => number): ParameterSet =>
  Object.fromEntries(
    Object.entries(set).map(([name, { shape, values }]) => [name, { shape, values: values.map(change) }]),
  );

/** Largest |logit| of a saturated point: σ(40) = 1 − 4·10⁻¹⁸ is 1 in double precision. */
const saturatedLogit = 40;

/** All parameters enlarged until the largest |logit| is 40, or as near as it gets. */
function saturated(point: Point): Point {
  const scaled = (factor: number): Point => ({
    ...point,
    parameters: mapValues(point.parameters, (value) => factor * value),
  });
  let low = 1;
  let high = 1;
  while (high < 1e4 && largestLogit(scaled(high)) < saturatedLogit) high *= 2;
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (largestLogit(scaled(middle)) < saturatedLogit) low = middle;
    else high = middle;
  }
  return scaled(low);
}

function largestLogit(point: Point): number {
  return withParameters(point.parameters, (parameters) =>
    tf.tidy(() => {
      const { x } = tensorsOf(point);
      return valuesOf(tf.max(tf.abs(point.model.forward(parameters, x).logits)))[0];
    }),
  );
}

/** Everything that has an entry per output gets the same entry for all: every row's logits are equal. */
function tied(point: Point, outputs: number): Point {
  const parameters = Object.fromEntries(
    Object.entries(point.parameters).map(([name, { shape, values }]) => [
      name,
      shape.at(-1) === outputs
        ? { shape, values: values.map((_, i) => values[i - (i % outputs)]) }
        : { shape, values },
    ]),
  );
  return { ...point, parameters };
}

/** A model at one point, on the backend: everything that a gradient depends on. */
export interface Problem {
  model: Model;
  parameters: Parameters;
  /** `[rows, features]`; of tokens int32 `[rows, T]` */
  x: Tensor;
  /** `[rows, outputs]`; of tokens int32 `[rows, T]` */
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
  /** Dropout masks, for a model that has any. */
  noise?: ParameterSet;
}

/** x and y of a point, int32 for tokens. The caller disposes them. */
export function tensorsOf({ model, x, y, rows }: Pick<Point, 'model' | 'x' | 'y' | 'rows'>): {
  x: Tensor;
  y: Tensor;
} {
  const tensor = (values: Float64Array): Tensor => tensorFor(model, values, [rows, values.length / rows]);
  return { x: tensor(x), y: tensor(y) };
}

/** For models of any number of features. */
const defaultSize = { features: 5, classes: 3 };

/**
 * Columns of x and number of classes that a model takes. Where its parameters have fixed shapes, the number of columns
 * is the first of their lengths with which the forward pass runs.
 *
 * @throws InputError if no size fits
 */
export function inferSize(model: Model, given: Partial<ModelSize> = {}): ModelSize {
  const classes =
    model.task === 'regression' ? 1 : (given.classes ?? (model.task === 'binary' ? 2 : defaultSize.classes));
  const shown = { features: defaultSize.features, classes };
  const lengths = Object.values(initialOf(model, shown)).flatMap(({ shape }) => shape);
  const candidates =
    given.features === undefined ? [defaultSize.features, ...new Set(lengths)] : [given.features];
  let problem: unknown;
  for (const features of candidates) {
    try {
      const outputs = outputsOf(model, { features, classes });
      return { features, classes: model.task === 'binary' ? classes : outputs };
    } catch (error) {
      // No other number of features helps.
      if (error instanceof ReferenceError) throw error;
      problem = error;
    }
  }
  throw new InputError(
    `${model.name}: its forward pass fails for ${candidates.join(', ')} features: ${messageWithPlace(problem)}; ` +
      'give the right number with --features.',
  );
}

/** Columns of the logits for one row of ones. */
function outputsOf(model: Model, size: ModelSize): number {
  return withParameters(initialOf(model, size), (parameters) =>
    tf.tidy(() => {
      const { x } = tensorsOf({
        model,
        x: new Float64Array(size.features).fill(1),
        y: new Float64Array(1),
        rows: 1,
      });
      return model.forward(parameters, x).logits.shape[1] ?? 1;
    }),
  );
}
