/**
 * The three gradients at one point, compared in pairs.
 */
import type { GradientSourceName } from '../model/gradients/index.ts';
import { lossAt } from '../model/gradients/numeric.ts';
import type { RandomState } from '../utils/random.ts';
import type { Values } from '../utils/tensors.ts';
import { analyticGradients } from './analytic.ts';
import { compare, type Comparison } from './compare.ts';
import type { Problem } from './problem.ts';
import { slopes } from './slopes.ts';
import { floorAt, type Tolerances } from './tolerances.ts';

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
  /** The loss in plain doubles, by `loss.measure`, … */
  measured: number;
  /** … and in tensor operations, by `loss.of`. */
  differentiable?: number;
  parameters: ParameterAtPoint[];
}

/** Computes the gradients of every parameter and compares them in pairs. */
export function gradientsAt(problem: Problem, options: PointOptions): AtPoint {
  const { model, parameters, x, y } = problem;
  const { sources, tolerances, random } = options;
  const measured = lossAt(model, parameters, x, y);
  const manual = sources.includes('manual') ? analyticGradients('manual', problem) : undefined;
  const autodiff = sources.includes('autodiff') ? analyticGradients('autodiff', problem) : undefined;
  const floor = floorAt(tolerances, measured);

  const checked = Object.entries(parameters).map(([name, { shape, size }]): ParameterAtPoint => {
    const parameter: ParameterAtPoint = {
      name,
      shape,
      manual: manual?.values[name],
      autodiff: autodiff?.values[name],
      sampled: new Uint32Array(),
      kinks: 0,
      problem: manual?.problems[name] ?? autodiff?.problems[name],
      comparisons: {},
    };
    const sampled = sample(size, options.entries, random);
    compareFully(parameter, floor);
    if (sources.includes('numeric')) {
      const doubtful = doubtfulEntry(parameter, tolerances);
      parameter.sampled =
        doubtful === undefined || sampled.includes(doubtful) ? sampled : Uint32Array.of(...sampled, doubtful);
      compareWithSlopes(problem, parameter, tolerances, floor);
    }
    return parameter;
  });
  return { measured, differentiable: autodiff?.loss, parameters: checked };
}

/** All entries where they are few enough, else that many different ones, in ascending order. */
function sample(size: number, most: number, random: RandomState): Uint32Array {
  if (size <= most) return Uint32Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>();
  while (chosen.size < most) chosen.add(random.randint(0, size, 1)[0]);
  return Uint32Array.from(chosen).sort();
}

function compareFully(parameter: ParameterAtPoint, floor: number): void {
  const { manual, autodiff, comparisons } = parameter;
  if (manual && autodiff) comparisons.manualVsAutodiff = compare(manual, autodiff, floor);
}

/** The entry about which by hand and autodiff disagree most, if they do: central differences shall judge it. */
function doubtfulEntry({ comparisons }: ParameterAtPoint, { analytic }: Tolerances): number | undefined {
  const comparison = comparisons.manualVsAutodiff;
  return comparison && comparison.maxRelative > analytic ? comparison.worst : undefined;
}

function compareWithSlopes(
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
  const { values: numeric, kinks } = slopes(problem, name, sampled, expected, tolerances, floor);
  parameter.numeric = numeric;
  parameter.kinks = kinks;
  const against = (values: Float64Array): Comparison => {
    const comparison = compare(values, numeric, floor);
    return { ...comparison, worst: sampled[comparison.worst] };
  };
  if (manual) comparisons.manualVsNumeric = against(manual);
  if (autodiff) comparisons.autodiffVsNumeric = against(autodiff);
}
