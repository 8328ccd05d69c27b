/** Kernels of dense layers: matrix products, alone or with bias and activation, and softmax. */
import { map, type Kernels, type NdArray } from '../../float64/loops.ts';
import { matMul, type Sizes, type Transposition } from '../../float64/matmul.ts';
import { activate, type Activation } from '../../float64/nn.ts';
import type { Field } from '../field.ts';

/** @param elementwise the kernels that add a bias and activate */
export function products(field: Field, elementwise: Kernels): Kernels {
  function multiply(a: Float64Array, b: Float64Array, out: Float64Array, sizes: Sizes): void {
    const { m, n, k, transposeA, transposeB } = sizes;
    // How far apart neighbors lie along the inner length, and along the outer one.
    const [aStep, aOuter] = transposeA ? [m, 1] : [1, k];
    const [bStep, bOuter] = transposeB ? [1, k] : [n, 1];
    for (let i = 0; i < m; i++) {
      const xs = { values: a, start: i * aOuter, step: aStep };
      for (let j = 0; j < n; j++) {
        const ys = { values: b, start: j * bOuter, step: bStep };
        out[i * n + j] = field.dot({ length: k, xs, ys });
      }
    }
  }

  return {
    BatchMatMul: ({ a, b }, transposition: Transposition) => matMul(a, b, transposition, multiply),
    _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attributes: Transposition & Activation) => {
      const product = matMul(a, b, attributes, multiply);
      const sum = bias ? (elementwise.Add({ a: product, b: bias }, undefined as never) as NdArray) : product;
      return activate(sum, attributes, preluActivationWeights, elementwise);
    },
    /** eᶻ / Σeᶻ along the last dimension; 0 for the constant −∞, which masks. */
    Softmax: ({ logits }) => {
      const masked = field.constant(-Infinity);
      const result = map(logits, (z) => (z === masked ? 0 : field.exp(z)));
      const values = result.values as Float64Array;
      const classes = logits.shape.at(-1) ?? 1;
      for (let start = 0; start < values.length; start += classes) {
        const row = values.subarray(start, start + classes);
        const total = row.reduce((sum, e) => field.add(sum, e), 0);
        row.forEach((e, i) => (row[i] = field.divide(e, total)));
      }
      return result;
    },
  };
}
