/** Normalization and resizing of pictures `[batch, height, width, channels]`. */
import { doublesOf, type Kernels, type NdArray } from './loops.ts';

/** `(x − mean) / √(variance + ε)·scale + offset`, channel by channel. */
function batchNormalization(
  { x, mean, variance, offset, scale }: Record<string, NdArray | undefined>,
  varianceEpsilon: number,
): NdArray {
  const values = doublesOf(x!);
  const [m, v] = [doublesOf(mean!), doublesOf(variance!)];
  const [o, s] = [offset && doublesOf(offset), scale && doublesOf(scale)];
  const at = (row: Float64Array, i: number): number => row[i % row.length];
  const normalized = values.map(
    (value, i) =>
      ((value - at(m, i)) / Math.sqrt(at(v, i) + varianceEpsilon)) * (s ? at(s, i) : 1) + (o ? at(o, i) : 0),
  );
  return { shape: x!.shape, dtype: 'float32', values: normalized };
}

export const pictures: Kernels = {
  FusedBatchNorm: (inputs, { varianceEpsilon }: { varianceEpsilon: number }) =>
    batchNormalization(inputs, varianceEpsilon),
};
