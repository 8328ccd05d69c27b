/** Reductions of one or more dimensions: sums, products, extremes and their indices. */
import { allocate, map, type Kernel, type Kernels, type NdArray } from '../../float64/loops.ts';
import { along, argument, type ReductionAttributes } from '../../float64/reduce.ts';
import type { Field } from '../field.ts';
import type { Functions } from '../functions.ts';

export function reductions(field: Field, { one, larger, smaller }: Functions): Kernels {
  const folding =
    (f: (a: number, b: number) => number, ofNothing = 0): Kernel<ReductionAttributes> =>
    ({ x }, attributes) => {
      const { values, length, inner, shape } = along(x, attributes);
      const result = allocate(shape, 'float32');
      for (let at = 0; at < result.values.length; at++) {
        const start = Math.floor(at / inner) * length * inner + (at % inner);
        let total = length > 0 ? values[start] : ofNothing;
        for (let i = 1; i < length; i++) total = f(total, values[start + i * inner]);
        result.values[at] = total;
      }
      return result;
    };

  const sum = folding((a, b) => field.add(a, b));
  return {
    Sum: sum,
    Mean: ({ x }, attributes: ReductionAttributes) => {
      const total = sum({ x }, attributes) as NdArray;
      const count = field.constant(x.values.length / total.values.length);
      return map(total, (value) => field.divide(value, count));
    },
    Prod: folding((a, b) => field.multiply(a, b), one),
    Max: folding(larger),
    Min: folding(smaller),
    ArgMax: argument((a, b) => field.decide(field.subtract(a, b)) > 0),
    ArgMin: argument((a, b) => field.decide(field.subtract(b, a)) > 0),
  };
}
