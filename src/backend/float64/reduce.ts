/** Reductions of one or more dimensions: sums, products, extremes and their indices. */
import { tf } from '../../utils/tf.ts';
import type { DataType } from '../../utils/tf.ts';
import { allocate, cast, doublesOf, sizeOf, type Kernel, type Kernels, type NdArray, map } from './loops.ts';
import { transpose } from './shape.ts';

export interface ReductionAttributes {
  axis?: number | number[];
  /** In the place of `axis`, for `max` and `min`. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** An array seen as `[outer, length, inner]`, to be reduced along the middle. */
export interface Reduction {
  values: Float64Array;
  outer: number;
  length: number;
  inner: number;
  /** The shape of the result. */
  shape: number[];
}

export function along(
  x: NdArray,
  { reductionIndices, axis = reductionIndices, keepDims }: ReductionAttributes,
): Reduction {
  // No axis means all axes.
  const axes = tf.util.parseAxisParam(axis!, x.shape).sort((a, b) => a - b);
  const reduced = new Set(axes);
  const shape = keepDims
    ? x.shape.map((length, d) => (reduced.has(d) ? 1 : length))
    : x.shape.filter((_, d) => !reduced.has(d));
  const first = axes[0] ?? 0;
  const last = axes.at(-1) ?? -1;
  if (last - first + 1 !== axes.length) {
    const kept = x.shape.map((_, d) => d).filter((d) => !reduced.has(d));
    const length = sizeOf(axes.map((d) => x.shape[d]));
    const values = doublesOf(transpose(x, [...kept, ...axes]));
    return { values, outer: sizeOf(shape), length, inner: 1, shape };
  }
  return {
    values: doublesOf(x),
    outer: sizeOf(x.shape.slice(0, first)),
    length: sizeOf(x.shape.slice(first, last + 1)),
    inner: sizeOf(x.shape.slice(last + 1)),
    shape,
  };
}

/**
 * The sum of neighboring elements as NumPy forms it, bit for bit: in halves down to 128 elements, and those
 * in eight interleaved parts. Its error grows with log(count), not count; central differences, which divide
 * the error of a loss by 1e-5, need that.
 */
export function pairwiseSum(values: Float64Array, start: number, count: number): number {
  if (count > 128) {
    const half = (count >>> 1) & ~7;
    return pairwiseSum(values, start, half) + pairwiseSum(values, start + half, count - half);
  }
  const end = start + count;
  const evenEnd = end - (count % 8);
  let sum = 0;
  let i = start;
  if (count >= 8) {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (; i < evenEnd; i += 8) {
      s0 += values[i];
      s1 += values[i + 1];
      s2 += values[i + 2];
      s3 += values[i + 3];
      s4 += values[i + 4];
      s5 += values[i + 5];
      s6 += values[i + 6];
      s7 += values[i + 7];
    }
    sum = s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
  }
  for (; i < end; i++) sum += values[i];
  return sum;
}

/** `out[n]` = Σ over the rows of `a[m, n]`, in doubles, row after row. */
function columnSums(a: Float64Array, out: Float64Array, m: number, n: number): void {
  const end = m * n;
  for (let column = 0; column < n; column += 2) {
    const next = column + 1 < n ? 1 : 0;
    let [first, second] = [0, 0];
    for (let i = column; i < end; i = (i + n) | 0) {
      first += a[i];
      second += a[(i + next) | 0];
    }
    out[column] = first;
    out[column + next] = second;
  }
}

/** Starts every result at `initial` and folds the elements in, row by row, in doubles whatever the dtype. */
function fold(
  { values, outer, length, inner, shape }: Reduction,
  dtype: DataType,
  initial: number,
  f: (result: number, value: number) => number,
): NdArray {
  const result = allocate(shape, 'float32');
  const target = result.values.fill(initial);
  for (let o = 0, source = 0; o < outer; o++) {
    for (let l = 0; l < length; l++) {
      for (let i = 0; i < inner; i++) {
        const at = o * inner + i;
        target[at] = f(target[at], values[source++]);
      }
    }
  }
  return cast(result, dtype);
}

/** More are read row by row, as they lie in memory. */
const fewColumns = 16;

function sum(x: NdArray, attributes: ReductionAttributes): NdArray {
  const { values, outer, length, inner, shape } = along(x, attributes);
  const sums = new Float64Array(outer * inner);
  if (inner === 1) {
    for (let o = 0; o < outer; o++) sums[o] = pairwiseSum(values, o * length, length);
  } else if (outer === 1 && inner <= fewColumns) {
    columnSums(values, sums, length, inner);
  } else {
    for (let o = 0, source = 0; o < outer; o++) {
      for (let l = 0; l < length; l++) {
        for (let i = o * inner; i < (o + 1) * inner; i++) sums[i] += values[source++];
      }
    }
  }
  return cast({ shape, dtype: 'float32', values: sums }, x.dtype === 'bool' ? 'int32' : x.dtype);
}

/** NaN wins over every number. */
const max = (a: number, b: number) => (b > a || Number.isNaN(b) ? b : a);
const min = (a: number, b: number) => (b < a || Number.isNaN(b) ? b : a);

const folding =
  (initial: number, f: (result: number, value: number) => number): Kernel<ReductionAttributes> =>
  ({ x }, attributes) =>
    fold(along(x, attributes), x.dtype, initial, f);

/** The index of the first best element; NaN is better than every number, as in NumPy. */
export const argument =
  (better: (value: number, best: number) => boolean): Kernel<ReductionAttributes> =>
  ({ x }, attributes) => {
    const { values, outer, length, inner, shape } = along(x, attributes);
    const result = allocate(shape, 'int32');
    for (let at = 0; at < outer * inner; at++) {
      const start = Math.floor(at / inner) * length * inner + (at % inner);
      let best = 0;
      for (let l = 1; l < length; l++) {
        const [value, found] = [values[start + l * inner], values[start + best * inner]];
        if (better(value, found) || (Number.isNaN(value) && !Number.isNaN(found))) best = l;
      }
      result.values[at] = best;
    }
    return result;
  };

/** Sums or products of the elements up to each one; `exclusive` leaves the element itself out. */
const running =
  (
    initial: number,
    f: (result: number, value: number) => number,
  ): Kernel<{ axis: number; exclusive: boolean; reverse: boolean }> =>
  ({ x }, { axis, exclusive, reverse }) => {
    const { values, outer, length, inner } = along(x, { axis });
    const result = allocate(x.shape, x.dtype);
    for (let at = 0; at < outer * inner; at++) {
      const start = Math.floor(at / inner) * length * inner + (at % inner);
      for (let l = 0, total = initial; l < length; l++) {
        const place = start + (reverse ? length - 1 - l : l) * inner;
        const next = f(total, values[place]);
        result.values[place] = exclusive ? total : next;
        total = next;
      }
    }
    return result;
  };

export const reductions: Kernels = {
  All: folding(1, (a, b) => Number(a && b)),
  Any: folding(0, (a, b) => Number(a || b)),
  ArgMax: argument((value, best) => value > best),
  ArgMin: argument((value, best) => value < best),
  Cumprod: running(1, (a, b) => a * b),
  Cumsum: running(0, (a, b) => a + b),
  Max: folding(-Infinity, max),
  Min: folding(Infinity, min),
  Prod: folding(1, (a, b) => a * b),
  Sum: ({ x }, attributes: ReductionAttributes) => sum(x, attributes),
  Mean: ({ x }, attributes: ReductionAttributes) => {
    const total = sum(cast(x, 'float32'), attributes);
    const count = x.values.length / total.values.length;
    return map(total, (value) => value / count);
  },
};
