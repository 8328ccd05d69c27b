/**
 * Are hand-written gradients right? A model's gradients by hand, by autodiff and by central differences, compared.
 *
 * In double precision on the zoo's own `float64` backend unless told otherwise, so that "equal" means ten digits.
 */
import { type BackendName, onBackend } from '../backend/index.ts';
import { gradientsAt, tolerancesInUse } from './comparison.ts';
import { drawParameters, inferSize, type ModelSize, type Point, pointsFor, tensorsOf } from './points.ts';
import { Collector, type ModelReport, reportText } from './report.ts';
import { type GradientSourceName, gradientSources } from '../model/gradients.ts';
import { validateModel, type Model } from '../model/model.ts';
import { withDropoutMasks } from '../model/dropout-masks.ts';
import { disposeAll, initialOf, type ParameterSet, toVariables } from '../model/parameters.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { RandomState } from '../utils/random.ts';
import { valuesOf } from '../utils/tensors.ts';
import { type Tensor, tf } from '../utils/tf.ts';

export type { ModelReport, ModelSize };
export { reportText };

/** Rows of numbers: a tensor of rank 2, or an array of rows. */
export type Rows = Tensor | readonly (readonly number[])[];

export interface CheckData {
  /** `[rows, features]` */
  x: Rows;
  /** `[rows, 1]` for binary models, one-hot `[rows, classes]` for others. */
  y: Rows;
  /** The only point to check; without it, the model's parameters are drawn at random, `draws` times. */
  parameters?: ParameterSet;
}

export interface BackendOption {
  /** Without it `float64`. Afterwards the program's own backend is active again. */
  backend?: BackendName;
}

/**
 * Compares a model's gradients on your data: by hand, by autodiff and by central differences, for every parameter.
 *
 * @param data x `[rows, features]`, and y `[rows, 1]` of 0 and 1 or one-hot `[rows, classes]`
 * @returns what `zoo gradcheck --json` prints for a model: `agrees`, and for each parameter the largest differences and
 * the worst entry with its three values
 * @throws InputError where x and y are no matrices of equally many rows
 *
 * @example
 * ```ts
 * const report = await checkGradients(model, { x: [[0.2, -1.3], [0.7, 0.1]], y: [[1], [0]] });
 * if (!report.agrees) console.log(reportText([report]));
 * ```
 */
export async function checkGradients(
  model: Model,
  data: CheckData,
  given: CheckOptions & BackendOption = {},
): Promise<ModelReport> {
  validateModel(model);
  z.checkFields('data', data, { parameters: z.optional(z.plainObject) });
  checkOptions(given);
  const { x, y, parameters } = data;
  const { backend = 'float64', ...options } = given;
  const [inputs, targets] = [hostRows(x, 'x'), hostRows(y, 'y')];
  if (inputs.rows !== targets.rows) {
    throw new InputError(
      `x has ${inputs.rows} rows and y has ${targets.rows}; give one row of y for each of x.`,
    );
  }
  const { seed = checkDefaults.seed, draws = checkDefaults.draws } = options;
  const random = new RandomState(seed);
  const classes = model.task === 'regression' ? 1 : Math.max(2, targets.columns);
  const size = { features: inputs.columns, classes };
  const point = (name: string, set: ParameterSet): Point => ({
    name,
    model,
    parameters: set,
    x: inputs.values,
    y: targets.values,
    rows: inputs.rows,
    ...(model.dropoutMasks && { noise: model.dropoutMasks(inputs.rows, random) }),
  });
  const initial = initialOf(model, size, random);
  for (const name of Object.keys(parameters ? initial : {})) {
    z.checkFields(`data.parameters.${name}`, parameters?.[name], { shape: z.list, values: numbers });
  }
  const points = parameters
    ? [point('given', parameters)]
    : Array.from({ length: draws }, (_, i) => point(`draw ${i + 1}`, drawParameters(initial, random)));
  return onBackend(backend, {}, () => checkPoints(model.name, points, options));
}

/**
 * {@link checkGradients} for use inside tests, jest's or any other's: resolves where the gradients agree.
 *
 * @throws Error with the whole report where they do not
 * @throws InputError where x and y are no matrices of equally many rows
 *
 * @example
 * ```ts
 * test('my gradients are right', () => expectGradientsToAgree(model, { x, y }));
 * ```
 */
export async function expectGradientsToAgree(
  model: Model,
  data: CheckData,
  options: CheckOptions & BackendOption = {},
): Promise<void> {
  const report = await checkGradients(model, data, options);
  if (!report.agrees) throw new Error(`The gradients of ${model.name} disagree.\n\n${reportText([report])}`);
}

export interface ModelCheckOptions extends CheckOptions, BackendOption {
  /** Columns of x and number of classes; found by trial where left out. */
  size?: Partial<ModelSize>;
  /** The same model with other settings, by what tells them apart; checked at points of their own. */
  variants?: Record<string, Model>;
}

/**
 * Compares a model's gradients at random points and at hard ones: saturated sigmoids, zero weights, 1, 3 and 5 rows,
 * labels all alike, tied logits.
 *
 * @throws InputError where the forward pass runs with no number of features that its parameters suggest
 */
export async function checkModel(model: Model, options: ModelCheckOptions = {}): Promise<ModelReport> {
  validateModel(model);
  checkOptions(options);
  z.checkFields('options', options, { size: z.optional(z.plainObject), variants: z.optional(z.plainObject) });
  const { backend = 'float64', size, variants = {}, ...rest } = options;
  z.checkFields('options.size', size ?? {}, { features: z.optional(z.count), classes: z.optional(z.count) });
  for (const [name, variant] of Object.entries(variants)) validateModel(variant, `options.variants.${name}`);
  const { seed = checkDefaults.seed, draws = checkDefaults.draws } = options;
  return onBackend(backend, {}, () => {
    const pointsOf = (which: Model) => pointsFor(which, inferSize(which, size), seed, draws);
    const points = pointsOf(model);
    for (const [setting, variant] of Object.entries(variants)) {
      points.push(...pointsOf(variant).map((point) => ({ ...point, name: `${setting}, ${point.name}` })));
    }
    return checkPoints(model.name, points, rest);
  });
}

const numbers = z.kind('an array of numbers', (value) => ArrayBuffer.isView(value));

/** @throws InputError naming the option that is wrong */
function checkOptions(options: CheckOptions): void {
  z.checkFields('options', options, {
    seed: z.optional(z.seed),
    draws: z.optional(z.count),
    entries: z.optional(z.count),
    tolerance: z.optional(z.number().check(z.positive())),
    sources: z.optional(z.array(z.literal(Object.keys(gradientSources)))),
  });
}

function hostRows(rows: Rows, name: string): { values: Float64Array; rows: number; columns: number } {
  if (rows instanceof tf.Tensor) {
    if (rows.rank !== 2)
      throw new InputError(`${name} must be [rows, columns], not [${rows.shape.join(', ')}].`);
    return { values: Float64Array.from(valuesOf(rows)), rows: rows.shape[0], columns: rows.shape[1] ?? 0 };
  }
  z.checkValue(
    name,
    rows,
    z.array(z.kind('a list of numbers', (row) => Array.isArray(row) || ArrayBuffer.isView(row))),
  );
  const columns = rows[0]?.length ?? 0;
  if (columns === 0) throw new InputError(`${name} needs at least one row with at least one number.`);
  if (!rows.every((row) => row.length === columns))
    throw new InputError(`The rows of ${name} differ in length.`);
  const values = Float64Array.from(rows.flatMap((row) => Array.from(row)));
  if (!values.every(Number.isFinite)) throw new InputError(`Not all of ${name} are finite numbers.`);
  return { values, rows: rows.length, columns };
}

export interface CheckOptions {
  /** Fixes every random choice; without it 1. */
  seed?: number;
  /** Random points; without it 3. */
  draws?: number;
  /** Most entries of a parameter that central differences are taken of, at every point; 12 by default. */
  entries?: number;
  /** Largest relative difference; by default 10⁻¹⁰ by formula and 10⁻⁷ by central differences in double precision. */
  tolerance?: number;
  /** Which gradients to compare, at least two; without it all three. */
  sources?: readonly GradientSourceName[];
}

export const checkDefaults = {
  seed: 1,
  draws: 3,
  entries: 12,
  sources: ['manual', 'autodiff', 'numeric'],
} as const satisfies CheckOptions;

/** Compares gradients at every point, on the backend in use. Leaves no tensor behind. */
export function checkPoints(name: string, points: Point[], options: CheckOptions = {}): ModelReport {
  const { seed = checkDefaults.seed, entries = checkDefaults.entries } = options;
  const { sources = checkDefaults.sources } = options;
  const tolerances = tolerancesInUse(options.tolerance);
  const startedAt = performance.now();
  const random = new RandomState(seed);
  const collector = new Collector(tolerances);
  for (const point of points) {
    const parameters = toVariables(point.parameters);
    const { x, y } = tensorsOf(point);
    try {
      const found = withDropoutMasks(
        point.model,
        () => point.noise ?? {},
        (model) => gradientsAt({ model, parameters, x, y }, { tolerances, sources, entries, random }),
      );
      collector.add(point, found);
    } finally {
      tf.dispose([x, y]);
      disposeAll(parameters);
    }
  }
  const { parameters, loss, failure } = collector;
  return {
    model: name,
    backend: tf.getBackend() as BackendName,
    agrees: loss.agrees && parameters.every(({ agrees }) => agrees),
    ...(failure && { failure }),
    seed,
    points: points.map(({ name }) => name),
    sources: [...sources],
    tolerances,
    loss,
    parameters,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
