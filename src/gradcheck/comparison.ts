/**
 * The three gradients at one point, compared in pairs: differences, tolerances, and central differences at kinks.
 */
import { analyticGradients } from './analytic.ts';
import type { Problem } from './points.ts';
import { type GradientSourceName, epsilon, lossAlong, lossAt, numericEntries } from '../model/gradients.ts';
import type { RandomState } from '../utils/random.ts';
import { isDoublePrecision, type Values } from '../utils/tensors.ts';

/** How far two gradients of one parameter are apart. */
export interface Difference {
  /** max |a − b| */
  maxAbsolute: number;
  /** max |a − b| / max(|a|, |b|, floor), entry by entry. */
  maxRelative: number;
  /** ‖a − b‖ / max(‖a‖, ‖b‖, floor), in the Euclidean norm. */
  normwise: number;
}

export interface Comparison extends Difference {
  /** Position in the compared arrays at which the relative difference is largest. */
  worst: number;
}

/** |a − b|; infinite as soon as one of them is not a finite number, also where both are infinite. */
export const distance = (a: number, b: number): number =>
  Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Infinity;

/** |a − b| / max(|a|, |b|, floor) */
export function relativeDistance(a: number, b: number, floor: number): number {
  const absolute = distance(a, b);
  return absolute === Infinity ? Infinity : absolute / Math.max(Math.abs(a), Math.abs(b), floor);
}

/** Compares two arrays of equal length, entry by entry and as vectors. */
export function compare(a: ArrayLike<number>, b: ArrayLike<number>, floor: number): Comparison {
  let maxAbsolute = 0;
  let maxRelative = 0;
  let worst = 0;
  let squares = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const absolute = distance(a[i], b[i]);
    const relative = relativeDistance(a[i], b[i], floor);
    maxAbsolute = Math.max(maxAbsolute, absolute);
    if (relative > maxRelative) {
      maxRelative = relative;
      worst = i;
    }
    squares += absolute * absolute;
    squaresA += a[i] * a[i];
    squaresB += b[i] * b[i];
  }
  const normwise =
    maxAbsolute === Infinity
      ? Infinity
      : Math.sqrt(squares) / Math.max(Math.sqrt(squaresA), Math.sqrt(squaresB), floor);
  return { maxAbsolute, maxRelative, normwise, worst };
}

/**
 * When two gradients count as equal. This is the only place that decides it.
 *
 * The difference of an entry is taken relative to the larger of the two values, but never to less than `floor`.
 * Some floor is needed because a gradient may be 0, and relative to 0 every rounding error is infinite. Its size
 * follows from how the numbers arise: σ(z) − y, softmax(z) − y and σ(z)·(1 − σ(z)) are made of numbers near 1, each
 * known to one unit roundoff u, and so is a sum of them over a batch, however small it turns out to be. A central
 * difference in addition carries the rounding of the loss, about u·|loss|/ε. Hence the floor is a fixed share of
 * max(1, |loss|); below it differences count absolutely. It does not grow with the number of entries.
 *
 *              u           rounding / floor          ε       (u·|loss|/ε + ε²) / floor
 *   float64    1·10⁻¹⁶     ≈ 10⁻¹⁵ / 0.01 = 10⁻¹³    10⁻⁵    ≈ 10⁻¹⁰ / 0.01 = 10⁻⁸
 *   float32    6·10⁻⁸      ≈ 10⁻⁷ / 0.1 = 10⁻⁶       5·10⁻³  ≈ 10⁻⁴ / 0.1 = 10⁻³
 *
 * The tolerances leave a factor of ten or more above these. JAX and PyTorch allow about 10⁻⁵ in double precision;
 * here a relative error of 10⁻⁷ fails.
 */
export interface Tolerances {
  /** Between `manual` and `autodiff`: the same derivative, computed twice. */
  analytic: number;
  /** Between either of them and central differences. */
  numeric: number;
  /** Smallest magnitude, per unit of max(1, |loss|), that a difference is taken relative to. */
  floor: number;
}

const tolerancesByDtype = {
  float64: { analytic: 1e-10, numeric: 1e-7, floor: 0.01 },
  float32: { analytic: 1e-5, numeric: 1e-2, floor: 0.1 },
} satisfies Record<string, Tolerances>;

/** Those of the backend in use; a tolerance that is given replaces both. */
export function tolerancesInUse(tolerance?: number): Tolerances {
  const { analytic, numeric, floor } = tolerancesByDtype[isDoublePrecision() ? 'float64' : 'float32'];
  return { analytic: tolerance ?? analytic, numeric: tolerance ?? numeric, floor };
}

/** The floor at a point where the loss has this value. */
export const floorAt = ({ floor }: Tolerances, loss: number): number =>
  floor * Math.max(1, Number.isFinite(loss) ? Math.abs(loss) : 1);

export interface CentralDifferences {
  values: Float64Array;
  /** How many entries lie on a kink, where the analytic value is accepted if it is a subgradient. */
  kinks: number;
}

/**
 * Central differences of the loss along some entries of a parameter.
 *
 * At a kink of the loss (relu at 0, |w| at 0) the derivatives from the left and from the right differ, and every
 * number between them is a subgradient; a central difference gives their mean. The zoo defines relu′(0) = 0 and
 * sign(0) = 0.
 *
 * @param expected other gradients of these entries, which show where another step is needed
 */
export function centralDifferences(
  { model, parameters, x, y }: Problem,
  name: string,
  entries: ArrayLike<number>,
  expected: ArrayLike<number>[],
  { numeric: tolerance }: { numeric: number },
  floor: number,
): CentralDifferences {
  const step = epsilon();
  const values = numericEntries(model, parameters, x, y, name, entries, step);
  const mismatch = (value: number, i: number): number =>
    Math.min(...expected.map((gradient) => relativeDistance(gradient[i], value, floor)));

  let kinks = 0;
  for (let i = 0; i < values.length; i++) {
    if (mismatch(values[i], i) <= tolerance / 10) continue;
    // A shorter step avoids a kink nearby and errors by curvature, a longer one errors by rounding of the loss.
    // A wrong gradient agrees with none of them.
    for (const other of [step / 16, step * 8]) {
      const [value] = numericEntries(model, parameters, x, y, name, [entries[i]], other);
      if (mismatch(value, i) < mismatch(values[i], i)) values[i] = value;
    }
    if (mismatch(values[i], i) <= tolerance) continue;
    const kink = kinkAt(entries[i]);
    if (!kink) continue;
    const subgradient = expected
      .map((gradient) => clamp(gradient[i], kink))
      .find((v) => mismatch(v, i) <= tolerance);
    if (subgradient === undefined) continue;
    values[i] = subgradient;
    kinks++;
  }
  return { values, kinks };

  /** The interval of subgradients if the loss has a kink at this very point. */
  function kinkAt(entry: number): [low: number, high: number] | undefined {
    const lossAfter = lossAlong(model, parameters, x, y, name);
    const here = { value: lossAfter(entry, 0).value, loss: lossAt(model, parameters, x, y) };
    const sided = (move: number): number => {
      const there = lossAfter(entry, move);
      return (there.loss - here.loss) / (there.value - here.value);
    };
    const wide = [sided(-step), sided(step)];
    const narrow = [sided(-step / 4), sided(step / 4)];
    // In a smooth loss the two sides differ in proportion to the step, at a kink they do not.
    if (Math.abs(narrow[1] - narrow[0]) < Math.abs(wide[1] - wide[0]) / 2) return undefined;
    return [Math.min(...narrow), Math.max(...narrow)];
  }
}

const clamp = (value: number, [low, high]: [number, number]): number => Math.min(Math.max(value, low), high);

export const pairs = {
  manualVsAutodiff: ['manual', 'autodiff'],
  manualVsNumeric: ['manual', 'numeric'],
  autodiffVsNumeric: ['autodiff', 'numeric'],
} as const satisfies Record<string, [GradientSourceName, GradientSourceName]>;

export type PairName = keyof typeof pairs;

export const toleranceOf = (pair: PairName, { analytic, numeric }: Tolerances): number =>
  pair === 'manualVsAutodiff' ? analytic : numeric;

export interface PointOptions {
  tolerances: Tolerances;
  sources: readonly GradientSourceName[];
  /** Most entries of a parameter that central differences are taken of. */
  entries: number;
  /** Draws which entries, where a parameter has more. */
  random: RandomState;
}

/** One parameter's gradients at one point. */
export interface ParameterAtPoint {
  name: string;
  shape: number[];
  manual?: Values;
  autodiff?: Values;
  /** Central differences of the entries numbered `sampled`. */
  numeric?: Float64Array;
  sampled: Uint32Array;
  kinks: number;
  /** Why a gradient could not be compared at all: it is missing or has another shape. */
  problem?: string;
  /** `worst` counts entries of the parameter, not of the sample. */
  comparisons: Partial<Record<PairName, Comparison>>;
}

export interface AtPoint {
  /** The loss in plain doubles, by `loss.value`, … */
  measured: number;
  /** … and in tensor operations, by `loss.tensor`. */
  differentiable?: number;
  /** Why there are no gradients by hand, or none by autodiff. */
  failure?: string;
  parameters: ParameterAtPoint[];
}

/** Computes the gradients of every parameter and compares them in pairs. */
export function gradientsAt(problem: Problem, options: PointOptions): AtPoint {
  const { model, parameters, x, y } = problem;
  const { sources, tolerances } = options;
  const measured = lossAt(model, parameters, x, y);
  const manual = sources.includes('manual') ? analyticGradients('manual', problem) : undefined;
  const autodiff = sources.includes('autodiff') ? analyticGradients('autodiff', problem) : undefined;
  const floor = floorAt(tolerances, measured);

  const checked = Object.keys(parameters).map((name) => {
    const found = {
      name,
      manual: manual?.values[name],
      autodiff: autodiff?.values[name],
      problem: manual?.problems[name] ?? autodiff?.problems[name],
    };
    return compareGradients(problem, found, options, floor);
  });
  const failure = manual?.failure ?? autodiff?.failure;
  return { measured, differentiable: autodiff?.loss, ...(failure && { failure }), parameters: checked };
}

/** Compares the gradients of one parameter, and with central differences if these are among the sources. */
export function compareGradients(
  problem: Problem,
  found: Pick<ParameterAtPoint, 'name' | 'manual' | 'autodiff' | 'problem'>,
  { sources, tolerances, entries, random }: PointOptions,
  floor: number,
): ParameterAtPoint {
  const { shape, size } = problem.parameters[found.name];
  const parameter: ParameterAtPoint = {
    ...found,
    shape,
    sampled: new Uint32Array(),
    kinks: 0,
    comparisons: {},
  };
  const sampled = sample(size, entries, random);
  const analytic =
    parameter.manual && parameter.autodiff && compare(parameter.manual, parameter.autodiff, floor);
  if (analytic) parameter.comparisons.manualVsAutodiff = analytic;
  if (sources.includes('numeric')) {
    // Where manual and autodiff differ, central differences check their worst entry, too.
    const isDoubtful =
      analytic && analytic.maxRelative > tolerances.analytic && !sampled.includes(analytic.worst);
    parameter.sampled = isDoubtful ? Uint32Array.of(...sampled, analytic.worst) : sampled;
    compareNumerically(problem, parameter, tolerances, floor);
  }
  return parameter;
}

/** All entries if there are at most `limit`; otherwise `limit` different ones, in ascending order. */
function sample(size: number, limit: number, random: RandomState): Uint32Array {
  if (size <= limit) return Uint32Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>();
  while (chosen.size < limit) chosen.add(random.randint(0, size, 1)[0]);
  return Uint32Array.from(chosen).sort();
}

/** Adds central differences of the sampled entries, and their comparisons with the other gradients. */
function compareNumerically(
  problem: Problem,
  parameter: ParameterAtPoint,
  tolerances: Tolerances,
  floor: number,
): void {
  const { name, sampled, comparisons } = parameter;
  const pick = (values?: Values): Float64Array | undefined =>
    values && Float64Array.from(sampled, (entry) => values[entry]);
  const manual = pick(parameter.manual);
  const autodiff = pick(parameter.autodiff);
  const expected = [autodiff, manual].filter((values) => values !== undefined);
  const { values: numeric, kinks } = centralDifferences(problem, name, sampled, expected, tolerances, floor);
  Object.assign(parameter, { numeric, kinks });
  const against = (values: Float64Array): Comparison => {
    const comparison = compare(values, numeric, floor);
    return { ...comparison, worst: sampled[comparison.worst] };
  };
  if (manual) comparisons.manualVsNumeric = against(manual);
  if (autodiff) comparisons.autodiffVsNumeric = against(autodiff);
}
