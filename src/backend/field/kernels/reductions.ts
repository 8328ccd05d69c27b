/** Kernels that turn one or more dimensions into one element: sums, products, extremes and where they are. */
import { tf } from '../../../utils/tf.ts';
import {
  allocate,
  sizeOf,
  type Kernel,
  type Kernels,
  type NdArray,
  apply,
  each,
} from '../../float64/loops.ts';
import { transpose } from '../../float64/shape.ts';
import type { Field } from '../field.ts';
import type { Functions } from '../functions.ts';

type Axes = number | number[] | undefined;

interface Reducing {
  axis: Axes;
  reductionIndices?: Axes;
  keepDims?: boolean;
}

/** What is reduced to one element each, row by row. */
interface Rows {
  values: ArrayLike<number>;
  length: number;
  /** The shape of the result. */
  shape: number[];
}

function rowsOf(x: NdArray, { reductionIndices, axis = reductionIndices, keepDims }: Reducing): Rows {
  const axes = new Set(tf.util.parseAxisParam(axis as number | number[], x.shape));
  const dimensions = x.shape.map((_, d) => d);
  const kept = dimensions.filter((d) => !axes.has(d));
  const { values } = transpose(x, [...kept, ...axes]);
  return {
    values,
    length: sizeOf([...axes].map((d) => x.shape[d])),
    shape: keepDims ? dimensions.map((d) => (axes.has(d) ? 1 : x.shape[d])) : kept.map((d) => x.shape[d]),
  };
}

export function reductions(field: Field, { one, larger, smaller }: Functions): Kernels {
  const folding =
    (f: (a: number, b: number) => number, ofNothing = 0): Kernel<Reducing> =>
    ({ x }, attributes) => {
      const { values, length, shape } = rowsOf(x, attributes);
      const result = allocate(shape, 'float32');
      for (let row = 0; row < result.values.length; row++) {
        let total = length > 0 ? values[row * length] : ofNothing;
        for (let i = 1; i < length; i++) total = f(total, values[row * length + i]);
        result.values[row] = total;
      }
      return result;
    };
  /** The place of the first best element. */
  const argument =
    (better: (a: number, b: number) => number): Kernel<{ axis: number }> =>
    ({ x }, attributes) => {
      const { values, length, shape } = rowsOf(x, attributes);
      const result = allocate(shape, 'int32');
      for (let row = 0; row < result.values.length; row++) {
        let best = 0;
        for (let i = 1; i < length; i++) {
          if (better(values[row * length + i], values[row * length + best]) > 0) best = i;
        }
        result.values[row] = best;
      }
      return result;
    };

  const sum = folding((a, b) => field.add(a, b));
  return {
    Sum: sum,
    Mean: ({ x }, attributes: Reducing) => {
      const total = sum({ x }, attributes) as NdArray;
      const count = field.constant(x.values.length / total.values.length);
      return apply(
        total,
        each((value) => field.divide(value, count)),
      );
    },
    Prod: folding((a, b) => field.multiply(a, b), one),
    Max: folding(larger),
    Min: folding(smaller),
    ArgMax: argument((a, b) => field.decide(field.subtract(a, b))),
    ArgMin: argument((a, b) => field.decide(field.subtract(b, a))),
  };
}
