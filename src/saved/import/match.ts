/** Which array of a file is which parameter of a model: by their names, or else by their order and shapes. */
import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import type { ParameterSet } from '../../core/parameters.ts';
import { channelsLast, transposed } from './onnx-source.ts';
import type { FoundArray } from './found.ts';

export interface Match {
  parameter: string;
  /** Name of the array in the file. */
  array: string;
  by: 'name' | 'shape';
  turned?: 'transposed' | 'channels last';
}

export interface Matched {
  parameters: ParameterSet;
  matches: Match[];
  /** Arrays that no parameter took. */
  unused: string[];
  /** An array of filters had its channels first. */
  hadChannelsFirst: boolean;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

interface Fit {
  array: FoundArray['array'];
  turned?: Match['turned'];
}

/** An array in a parameter's shape, if it can be that parameter. @param isTurned matrices stand as `[out, in]` in the file */
function fit(
  { array, hadChannelsFirst }: FoundArray,
  shape: readonly number[],
  isTurned: boolean,
): Fit | undefined {
  const { shape: found } = array;
  if (shape.length === 2 && found.length === 2 && same(found.toReversed(), shape)) {
    if (isTurned || !same(found, shape)) return { array: transposed(array), turned: 'transposed' };
  }
  if (same(found, shape)) return { array, ...(hadChannelsFirst && { turned: 'channels last' }) };
  const [h, w, channels, out] = shape;
  if (shape.length === 4 && same(found, [out, channels, h, w]))
    return { array: channelsLast(array), turned: 'channels last' };
  const isFlat = sizeOf(found) === sizeOf(shape) && (found.at(-1) ?? 1) === shape.at(-1);
  return isFlat ? { array: { ...array, shape } } : undefined;
}

/** `hiddenWeights`, `hidden/kernel` and `hidden.weight` are one. */
const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(kernel|weights?|filters?)$/, ' weights')
    .replace(/bias(es)?$/, ' bias');

/**
 * @param expected the model's parameters, for their names and shapes
 * @throws InputError that names the first parameter for which there is no array
 */
export function matchParameters(expected: ParameterSet, found: readonly FoundArray[], name: string): Matched {
  // PyTorch's layers keep [out, in] and call it `weight`; where one matrix fits only so, all are so.
  const isTurned =
    found.some(({ name: key, array }) => /\.weight$/.test(key) && array.shape.length === 2) ||
    (!everyFits(expected, found, false) && everyFits(expected, found, true));
  const byName = pair(
    expected,
    found,
    isTurned,
    (parameter, { name: key }) => keyOf(parameter) === keyOf(key),
  );
  const pairs = byName.size === Object.keys(expected).length ? byName : pair(expected, found, isTurned);
  const parameters: ParameterSet = {};
  const matches: Match[] = [];
  for (const [parameter, { shape }] of Object.entries(expected)) {
    const [array, fitting] = pairs.get(parameter) ?? [];
    if (!array || !fitting) {
      const shapes = found
        .slice(0, 12)
        .map((each) => `${printable(each.name, 40)} [${each.array.shape.join(', ')}]`);
      throw new InputError(
        `${name} has no array for ${parameter} [${shape.join(', ')}]; it has ${shapes.join(', ')}${found.length > 12 ? ', …' : ''}.`,
      );
    }
    parameters[parameter] = { shape: [...shape], values: Float64Array.from(fitting.array.values) };
    const by = pairs === byName ? 'name' : 'shape';
    matches.push({ parameter, array: array.name, by, ...(fitting.turned && { turned: fitting.turned }) });
  }
  const used = new Set(matches.map(({ array }) => array));
  return {
    parameters,
    matches,
    unused: found.map((each) => each.name).filter((each) => !used.has(each)),
    hadChannelsFirst: matches.some(({ turned }) => turned === 'channels last'),
  };
}

const everyFits = (expected: ParameterSet, found: readonly FoundArray[], isTurned: boolean): boolean =>
  pair(expected, found, isTurned).size === Object.keys(expected).length;

/** Each parameter with the first array that is left and can be it. */
function pair(
  expected: ParameterSet,
  found: readonly FoundArray[],
  isTurned: boolean,
  mayBe: (parameter: string, array: FoundArray) => boolean = () => true,
): Map<string, [FoundArray, Fit]> {
  const left = new Set(found);
  const pairs = new Map<string, [FoundArray, Fit]>();
  for (const [parameter, { shape }] of Object.entries(expected)) {
    for (const array of left) {
      const fitting = mayBe(parameter, array) ? fit(array, shape, isTurned) : undefined;
      if (!fitting) continue;
      left.delete(array);
      pairs.set(parameter, [array, fitting]);
      break;
    }
  }
  return pairs;
}
