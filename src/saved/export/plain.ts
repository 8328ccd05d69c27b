/**
 * Parameters as any language reads them: nested lists in JSON, arrays in NumPy's format.
 */
import { formatJson } from '../json.ts';
import type { WeightsFile } from '../weights.ts';
import type { Arrays, NamedArray } from '../formats/arrays.ts';
import { encodeNpz } from '../formats/npz.ts';
import { encodeSafetensors } from '../formats/safetensors.ts';

type Nested = number | Nested[];

/** The parameters as nested lists, row by row, with what is needed to prepare inputs and to name outputs. */
export function plainJson({ model, classNames, preprocessing, target, parameters }: WeightsFile): string {
  const nested = Object.entries(parameters).map(([name, { shape, values }]) => [name, nest(values, shape)]);
  return formatJson({
    model,
    classNames,
    preprocessing,
    target,
    parameters: Object.fromEntries(nested) as object,
  });
}

function nest(values: readonly number[], [length, ...inner]: readonly number[]): Nested {
  if (length === undefined) return values[0];
  if (inner.length === 0) return [...values];
  const size = values.length / length;
  return Array.from({ length }, (_, i) => nest(values.slice(i * size, (i + 1) * size), inner));
}

/**
 * One array a parameter; beside them `mean` and `scale`, or `divisor`, where inputs are to be prepared so, and
 * `targetMean` and `targetScale` where the answer is mean + scale · output.
 */
export function plainNpz({ preprocessing, target, parameters }: WeightsFile): Uint8Array {
  const vector = (values: number[]): NamedArray => ({ shape: [values.length], dtype: 'float64', values });
  const number = (value: number): NamedArray => ({ shape: [], dtype: 'float64', values: [value] });
  const beside: Arrays = {
    ...(preprocessing.kind === 'standardise' && {
      mean: vector(preprocessing.mean),
      scale: vector(preprocessing.scale),
    }),
    ...(preprocessing.kind === 'image' && { divisor: number(preprocessing.divisor) }),
    ...(target && { targetMean: number(target.mean), targetScale: number(target.scale) }),
  };
  return encodeNpz({ ...parameters, ...beside });
}

/** One array a parameter; everything else of the weights file, as JSON, in the metadata. */
export function plainSafetensors({ parameters, ...rest }: WeightsFile): Uint8Array {
  const metadata = { producer: 'backprop-zoo', model: rest.model, weights: JSON.stringify(rest) };
  return encodeSafetensors({ arrays: parameters, metadata });
}
