/**
 * What the numbers say about gradients that differ: which of the three sources is wrong, and whether the difference looks
 * like a common mistake.
 */
import type { Values } from '../utils/tensors.ts';
import {
  toleranceOf,
  type PairName,
  type ParameterAtPoint,
  type Comparison,
  type Tolerances,
} from './comparison.ts';

/** Both relative measures must stay within the tolerance; NaN never does. */
export const withinTolerance = (pair: PairName, comparison: Comparison, tolerances: Tolerances): boolean =>
  comparison.maxRelative <= toleranceOf(pair, tolerances) &&
  comparison.normwise <= toleranceOf(pair, tolerances);

/** One to three sentences about a parameter whose gradients differ at a point with that many rows. */
export function diagnose(
  parameter: ParameterAtPoint,
  values: Values,
  rows: number,
  tolerances: Tolerances,
): string {
  if (parameter.problem) return parameter.problem;
  const { manual, autodiff, numeric } = parameter;
  const reference = autodiff ?? (numeric?.length === values.length ? numeric : undefined);
  const compared = autodiff ? 'manualVsAutodiff' : 'manualVsNumeric';
  const isWrong =
    parameter.comparisons[compared] &&
    !withinTolerance(compared, parameter.comparisons[compared], tolerances);
  const clue = isWrong && manual && reference ? guessMistake(manual, reference, values, rows) : undefined;
  return [sentenceAboutSources(parameter, tolerances), clue].filter(Boolean).join(' ');
}

function sentenceAboutSources({ comparisons }: ParameterAtPoint, tolerances: Tolerances): string {
  const differs = (pair: PairName): boolean | undefined => {
    const comparison = comparisons[pair];
    return comparison && !withinTolerance(pair, comparison, tolerances);
  };
  const manualVsAutodiff = differs('manualVsAutodiff');
  const manualVsNumeric = differs('manualVsNumeric');
  const autodiffVsNumeric = differs('autodiffVsNumeric');
  if (manualVsAutodiff && manualVsNumeric && autodiffVsNumeric) return 'All three differ.';
  if (manualVsAutodiff && manualVsNumeric)
    return 'manual differs from both others: the gradient by hand is wrong.';
  if (manualVsAutodiff && autodiffVsNumeric)
    return 'autodiff differs from both others: does loss.tensor compute what loss.value does?';
  if (manualVsNumeric && autodiffVsNumeric)
    return 'numeric differs from both others: loss.value and loss.tensor differ, or the loss jumps near this point.';
  if (manualVsAutodiff && manualVsNumeric === false)
    return 'manual and autodiff differ by less than central differences can tell.';
  return 'The two differ.';
}

/** A few roundings of 32-bit numbers. */
const singlePrecision = 2 ** -22;

const roundedNumber =
  'It looks like a plain number, which TensorFlow.js rounds to 32 bits: write x.mul(constant(0.1)), ' +
  'and tf.prelu(x, constant(0.1)) for tf.leakyRelu(x, 0.1).';

/** A guess at the mistake, from how the wrong gradient relates to the right one. */
function guessMistake(manual: Values, right: Values, parameter: Values, rows: number): string | undefined {
  const size = right.length;
  const largest = Math.max(maxMagnitude(right), maxMagnitude(manual));
  const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * largest;
  const indices = Array.from(right.keys());
  const everywhere = (holds: (i: number) => boolean): boolean => indices.every(holds);

  const bad = indices.find((i) => !Number.isFinite(manual[i]));
  if (bad !== undefined) return `manual is ${manual[bad]} at entry ${bad}.`;
  if (everywhere((i) => manual[i] === 0)) return 'manual is 0 everywhere.';

  if (everywhere((i) => Math.abs(manual[i] - right[i]) <= singlePrecision * largest)) return roundedNumber;

  const ratio = dot(manual, right) / dot(right, right);
  if (everywhere((i) => close(manual[i], ratio * right[i]))) {
    if (close(ratio * largest, -largest)) return 'Its sign is wrong.';
    if (rows > 1 && Math.abs(ratio / rows - 1) < 1e-3)
      return `It is m = ${rows} times too large: 1/m is missing.`;
    if (rows > 1 && Math.abs(ratio * rows - 1) < 1e-3)
      return `It is m = ${rows} times too small: 1/m is there twice.`;
    return `It is ${Number(ratio.toPrecision(4))} times what it should be.`;
  }
  const total = indices.reduce((sum, i) => sum + right[i], 0);
  if (size > 1 && everywhere((i) => Math.abs(manual[i] - total) <= 1e-4 * Math.max(largest, Math.abs(total))))
    return 'Each entry of manual is the sum of all entries: sum over the rows only, not over the units too.';

  const difference = right.map((value, i) => manual[i] - value);
  for (const [shape, name] of [
    [parameter, 'the parameter: look for a missing or doubled L2 term'],
    [parameter.map(Math.sign), "the parameter's sign: look for a missing or doubled L1 term"],
  ] as const) {
    const factor = dot(difference, shape) / dot(shape, shape);
    if (
      size > 1 &&
      everywhere((i) => Math.abs(difference[i] - factor * shape[i]) <= 1e-4 * maxMagnitude(difference))
    )
      return `The difference is ${Number(factor.toPrecision(4))} times ${name}.`;
  }
  const wrong = indices.filter((i) => !close(manual[i], right[i])).length;
  return wrong > 0 && wrong < size ? `${wrong} of ${size} entries are wrong.` : undefined;
}

function dot(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function maxMagnitude(values: Values): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
