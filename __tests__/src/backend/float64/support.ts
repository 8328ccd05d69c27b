import { expect, jest } from '@jest/globals';
import fc from 'fast-check';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { tf } from '../../../../src/utils/tf.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';

registerFloat64Backend();
fc.configureGlobal({ numRuns: 30 });
// A busy machine is not a failure.
jest.setTimeout(60_000);

/** A tensor of doubles on the current backend, which must be float64. */
export const doubles = (values: ArrayLike<number>, shape: number[] = [values.length]): Tensor =>
  // The declared type knows no doubles.
  tf.engine().makeTensor(Float64Array.from(values) as never, shape, 'float32');

export const valuesOf = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** Expects every difference, relative to the expected value or to 1 where that is smaller, to be within tolerance. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 4e-16) {
  const far = (value: number, i: number) =>
    !Object.is(actual[i], value) &&
    !(Math.abs(actual[i] - value) <= tolerance * Math.max(1, Math.abs(value)));
  expect(actual).toHaveLength(expected.length);
  const wrong = Array.from(expected).findIndex(far);
  if (wrong >= 0) expect({ at: wrong, value: actual[wrong] }).toEqual({ at: wrong, value: expected[wrong] });
}

/** Runs `compute` on float64 and on cpu and expects shapes, dtypes and, as far as float32 goes, values to agree. */
export async function expectSameAsCpu(compute: () => Tensor | Tensor[]) {
  const results = [];
  for (const backend of ['cpu', 'float64']) {
    await tf.setBackend(backend);
    const tensors = tf.tidy(() => [compute()].flat());
    results.push(tensors.map((t) => ({ shape: t.shape, dtype: t.dtype, values: valuesOf(t) })));
    tf.dispose(tensors);
  }
  const [cpu, float64] = results;
  expect(float64.map(({ shape, dtype }) => [shape, dtype])).toEqual(
    cpu.map(({ shape, dtype }) => [shape, dtype]),
  );
  cpu.forEach(({ values }, i) => expectClose(float64[i].values, values, 2e-5));
}

export interface PlainArray {
  shape: number[];
  values: number[];
}

/** A tensor on whichever backend is current. */
export const tensorOf = (
  { shape, values }: PlainArray,
  dtype: 'float32' | 'int32' | 'bool' = 'float32',
): Tensor => tf.tensor(values, shape, dtype);

const sizeOf = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

/** Sixteenths: exact in float32 and often equal, so that comparisons see ties. */
export const sixteenths = fc.integer({ min: -48, max: 48 }).map((n) => n / 16);

export const shapes = (minLength = 0, maxLength = 4) =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength, maxLength });

export const arrayOf = (
  shape: number[],
  element: fc.Arbitrary<number> = sixteenths,
): fc.Arbitrary<PlainArray> =>
  fc
    .array(element, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((values) => ({ shape, values }));

export const arrays = (element: fc.Arbitrary<number> = sixteenths, minRank = 0) =>
  shapes(minRank).chain((shape) => arrayOf(shape, element));

/** Two arrays that broadcast: each may lack leading dimensions and have length 1 where the common shape has more. */
export const broadcastPairs = (element: fc.Arbitrary<number> = sixteenths) =>
  shapes().chain((common) => {
    const part = fc
      .tuple(fc.nat(common.length), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
      .map(([drop, keep]) => common.map((length, d) => (keep[d] ? length : 1)).slice(drop))
      .chain((shape) => arrayOf(shape, element));
    return fc.tuple(part, part);
  });

/** An array and some of its dimensions. */
export const reductions = (element: fc.Arbitrary<number> = sixteenths) =>
  arrays(element, 1).chain((array) =>
    fc.record({
      array: fc.constant(array),
      axes: fc.subarray(
        array.shape.map((_, d) => d),
        { minLength: 1 },
      ),
      keepDims: fc.boolean(),
    }),
  );
