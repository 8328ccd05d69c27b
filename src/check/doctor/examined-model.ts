/**
 * A model as the doctor sees it: at points that double precision has judged, and on a batch to step on.
 */
import { analyticGradients, type AnalyticGradients } from '../gradients/analytic.ts';
import { inferSize } from '../gradients/infer-size.ts';
import { drawParameters, pointsFor, targets } from '../gradients/points.ts';
import type { Point, Problem } from '../gradients/problem.ts';
import type { Model } from '../../core/model.ts';
import { disposeAll, toVariables, type ParameterSet } from '../../core/parameters.ts';
import { RandomState } from '../../core/random.ts';
import { markUnchanging, tensorOf } from '../../core/tensors.ts';
import { tf } from '../../core/tf.ts';
import { defaultsOf, type OptionValue, type ZooEntry } from '../../core/entry.ts';
import { type Recipe } from '../../core/recipe.ts';

export interface ExaminedModel {
  name: string;
  model: Model;
  recipe: Recipe;
  /** A batch of training and where training starts. */
  batch: Point;
  points: { point: Point; manual: AnalyticGradients; autodiff: AnalyticGradients }[];
}

/** Rows of the batch that is timed; full batches of the datasets have 4 to 10 000. */
export const rowsOfStep = 100;

/** Prepares a model. The `float64` backend must be in use. */
export function prepareModel(
  entry: ZooEntry,
  seed: number,
  options: Record<string, OptionValue> = {},
): ExaminedModel {
  // Heavy models as small as they are proved at, for a step of lenet on cpu takes seconds.
  const small = Object.keys(options).length === 0 ? entry.provedAt : undefined;
  const model = entry.create({ ...defaultsOf(entry), ...small?.options, ...options, asPrinted: false });
  const size = inferSize(model, small?.size ?? entry.size);
  const points = pointsFor(model, size, seed, 1).map((point) => ({
    point,
    ...withPoint(point, entry.recipe, (problem) => ({
      manual: analyticGradients('manual', problem),
      autodiff: analyticGradients('autodiff', problem),
    })),
  }));
  const random = new RandomState(seed);
  const parameters: ParameterSet = drawParameters(model.initial({ ...size, random }), random);
  const labels = Array.from(random.randint(0, size.classes, rowsOfStep));
  const batch: Point = {
    name: 'batch',
    model,
    parameters,
    rows: rowsOfStep,
    x: random.randn(rowsOfStep * size.features),
    y: targets(labels, model.task === 'binary' ? 1 : size.classes),
  };
  return { name: entry.name, model, recipe: entry.recipe, batch, points };
}

/**
 * Puts a point on the backend in use, works on it and takes it away again. As in training, rows that every step takes
 * are known to stay as they are, and a backend may keep what it makes of them.
 */
export function withPoint<T>(
  { model, parameters: set, x, y, rows }: Point,
  { batchSize }: Pick<Recipe, 'batchSize'>,
  work: (problem: Problem) => T,
): T {
  const problem: Problem = {
    model,
    parameters: toVariables(set),
    x: tensorOf(x, [rows, x.length / rows]),
    y: tensorOf(y, [rows, y.length / rows]),
  };
  if (batchSize === 'full') [problem.x, problem.y].forEach(markUnchanging);
  try {
    return work(problem);
  } finally {
    tf.dispose([problem.x, problem.y]);
    disposeAll(problem.parameters);
  }
}
