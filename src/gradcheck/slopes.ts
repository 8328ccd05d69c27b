/**
 * The numeric side of the check: central differences that know about kinks.
 *
 * Where a loss has a corner (relu at 0, |w| at 0) the slope from the left and the slope from the right differ, and
 * every number between them is a subgradient; a central difference gives their mean, which nobody need agree with.
 * What the zoo means there: relu′(0) = 0 and sign(0) = 0.
 */
import { defaultStep, lossAlong, lossAt, numericEntries } from '../model/gradients/numeric.ts';
import { relativeDistance } from './compare.ts';
import type { Problem } from './problem.ts';

export interface Slopes {
  values: Float64Array;
  /** How many entries lie on a kink, where the analytic value is accepted if it is a subgradient. */
  kinks: number;
}

/**
 * Slopes of the loss along some entries of a parameter.
 *
 * @param expected other gradients of these entries, to know where a second look is needed
 */
export function slopes(
  { model, parameters, x, y }: Problem,
  name: string,
  entries: ArrayLike<number>,
  expected: ArrayLike<number>[],
  { numeric: tolerance }: { numeric: number },
  floor: number,
): Slopes {
  const step = defaultStep();
  const slopesWith = (stepTaken: number, some: ArrayLike<number>) =>
    numericEntries(model, parameters, x, y, name, some, stepTaken);
  const values = slopesWith(step, entries);
  const mismatch = (value: number, i: number): number =>
    Math.min(...expected.map((gradient) => relativeDistance(gradient[i], value, floor)));

  let kinks = 0;
  for (let i = 0; i < values.length; i++) {
    if (mismatch(values[i], i) <= tolerance / 10) continue;
    // A second look: a shorter step stays clear of a kink nearby and cares less about curvature, a longer one drowns
    // out the rounding of the loss. A wrong gradient agrees with none of them.
    for (const other of [step / 16, step * 8]) {
      const [value] = slopesWith(other, [entries[i]]);
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
