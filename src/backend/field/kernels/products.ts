/** Kernels that layers are made of: products of matrices, alone or with bias and activation, and softmax. */
import { WorkError } from '../../../utils/errors.ts';
import { tf } from '../../../utils/tf.ts';
import { UnsupportedError } from '../../kernels.ts';
import {
  allocate,
  broadcastStrides,
  forEachRun,
  stridesOf,
  type Kernels,
  type NdArray,
  apply,
  combine,
  each,
  eachPair,
} from '../../float64/loops.ts';
import type { Transposition } from '../../float64/matmul.ts';
import type { Field } from '../field.ts';
import type { Functions } from '../functions.ts';

interface Fused extends Transposition {
  activation: string;
  leakyreluAlpha: number;
}

export function products(field: Field, functions: Functions): Kernels {
  /** `[…, m, k] · […, k, n] → […, m, n]`; the dimensions before the matrices broadcast. */
  function matMul(a: NdArray, b: NdArray, { transposeA, transposeB }: Transposition): NdArray {
    const [aRows, aColumns] = a.shape.slice(-2);
    const [bRows, bColumns] = b.shape.slice(-2);
    const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
    if (inner !== k) throw new WorkError(`matMul: the inner lengths ${k} and ${inner} differ`);
    const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    const batch = tf.backend_util.assertAndGetBroadcastShape(aBatch, bBatch);
    const result = allocate([...batch, m, n], 'float32');
    // How far apart neighbours lie along the inner length, and along the outer one.
    const [aStep, aOuter] = transposeA ? [m, 1] : [1, k];
    const [bStep, bOuter] = transposeB ? [1, k] : [n, 1];

    const product = (aStart: number, bStart: number, start: number): void => {
      for (let i = 0; i < m; i++) {
        const xs = { values: a.values, start: aStart + i * aOuter, step: aStep };
        for (let j = 0; j < n; j++) {
          const ys = { values: b.values, start: bStart + j * bOuter, step: bStep };
          result.values[start + i * n + j] = field.dot({ length: k, xs, ys });
        }
      }
    };
    const strides = [broadcastStrides(aBatch, batch), broadcastStrides(bBatch, batch), stridesOf(batch)];
    forEachRun(batch, strides, ({ length, starts: [i, j, at], steps: [iStep, jStep, step] }) => {
      for (let index = 0; index < length; index++, i += iStep, j += jStep, at += step) {
        product(i * m * k, j * k * n, at * m * n);
      }
    });
    return result;
  }

  function activate(x: NdArray, { activation, leakyreluAlpha }: Fused, upstream?: NdArray): NdArray {
    if (activation === 'linear') return x;
    if (activation === 'relu') return apply(x, each(functions.relu));
    if (activation === 'sigmoid') return apply(x, each(functions.sigmoid));
    if (activation === 'prelu' && upstream) return combine(x, upstream, eachPair(functions.leakyRelu));
    if (activation === 'leakyrelu') {
      const slope = field.constant(leakyreluAlpha);
      return apply(
        x,
        each((value) => functions.leakyRelu(value, slope)),
      );
    }
    throw new UnsupportedError(`the field backend has no activation '${activation}' in fused products`);
  }

  return {
    BatchMatMul: ({ a, b }, transposition: Transposition) => matMul(a, b, transposition),
    _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attributes: Fused) => {
      const product = matMul(a, b, attributes);
      const sum = bias
        ? combine(
            product,
            bias,
            eachPair((x, y) => field.add(x, y)),
          )
        : product;
      return activate(sum, attributes, preluActivationWeights);
    },
    /** eᶻ / Σeᶻ along the last dimension. */
    Softmax: ({ logits }) => {
      const result = apply(
        logits,
        each((z) => field.exp(z)),
      );
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
