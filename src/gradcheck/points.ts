/**
 * Points at which a model is checked: random ones, and those where derivations and programs go wrong.
 */
import { disposeAll, toVariables, type ParameterSet } from '../model/parameters.ts';
import type { Model } from '../model/model.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import type { Point } from './problem.ts';

export interface ModelSize {
  features: number;
  classes: number;
}

const rowsOfBatch = 6;

/** `draws` random points and the hard ones. Everything follows from the seed. */
export function pointsFor(model: Model, size: ModelSize, seed: number, draws: number): Point[] {
  const random = new RandomState(seed);
  const initial = model.initial({ ...size, random });
  const outputs = model.task === 'binary' ? 1 : size.classes;
  const draw = (name: string, rows = rowsOfBatch): Point => ({
    name,
    model,
    rows,
    parameters: drawParameters(initial, random),
    x: random.randn(rows * size.features),
    y:
      model.task === 'regression'
        ? random.randn(rows)
        : targets(Array.from(random.randint(0, size.classes, rows)), outputs),
    ...(model.noise && { noise: model.noise(rows, random) }),
  });
  const labelled = (name: string, label: number): Point => ({
    ...draw(name),
    y: targets(new Array<number>(rowsOfBatch).fill(label), outputs),
  });

  const points: Point[] = [];
  for (let i = 1; i <= draws; i++) points.push(draw(`draw ${i}`));
  points.push(
    { ...draw('initial values'), parameters: initial },
    { ...draw('all zero'), parameters: mapValues(initial, () => 0) },
    draw('one row', 1),
    labelled('labels all first', 0),
    labelled('labels all last', Math.max(1, size.classes - 1)),
    saturated(draw('saturated')),
  );
  if (outputs > 1) points.push(tied(draw('tied logits'), outputs));
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
  const parameters = toVariables(point.parameters);
  const largest = tf.tidy(() => {
    const x = tensorOf(point.x, [point.rows, point.x.length / point.rows]);
    return valuesOf(tf.max(tf.abs(point.model.forward(parameters, x).logits)))[0];
  });
  disposeAll(parameters);
  return largest;
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
