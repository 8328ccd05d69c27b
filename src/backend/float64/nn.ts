/**
 * Kernels that layers of a network are made of: matrix products, alone or with bias and activation, and softmax.
 */
import { WorkError } from '../../utils/errors.ts';
import {
  doublesOf,
  type Kernel,
  type Kernels,
  type NdArray,
  add,
  apply,
  combine,
  elu,
  leakyRelu,
  prelu,
  relu,
  relu6,
  sigmoid,
} from './loops.ts';
import { matMul } from './matmul.ts';
import type { Transposition } from './matmul.ts';
import { pairwiseSum } from './reduce.ts';

/** eᶻ / Σeᶻ along the last dimension, shifted by the largest z so that nothing overflows. */
const softmax: Kernel = ({ logits }) => {
  const { shape } = logits;
  const values = doublesOf(logits);
  const target = new Float64Array(values.length);
  const classes = shape.at(-1) ?? 1;
  for (let start = 0; start < values.length; start += classes) {
    const end = start + classes;
    let largest = -Infinity;
    for (let i = start; i < end; i++) largest = Math.max(largest, values[i]);
    for (let i = start; i < end; i++) target[i] = Math.exp(values[i] - largest);
    const total = pairwiseSum(target, start, classes);
    for (let i = start; i < end; i++) target[i] /= total;
  }
  return { shape, dtype: 'float32', values: target };
};

/** What a fused kernel does last. */
export interface Activation {
  activation?: string;
  leakyreluAlpha: number;
}

interface Fused extends Transposition, Activation {}

/** @param upstream of `prelu` */
export function activate(
  x: NdArray,
  { activation = 'linear', leakyreluAlpha }: Activation,
  upstream?: NdArray,
): NdArray {
  if (activation === 'linear') return x;
  if (activation === 'relu') return apply(x, relu);
  if (activation === 'relu6') return apply(x, relu6);
  if (activation === 'sigmoid') return apply(x, sigmoid);
  if (activation === 'elu') return apply(x, elu);
  if (activation === 'leakyrelu') return apply(x, leakyRelu(leakyreluAlpha));
  if (activation === 'prelu' && upstream) return combine(x, upstream, prelu);
  throw new WorkError(`a fused kernel on the float64 backend has no activation '${activation}'`);
}

export const layers: Kernels = {
  BatchMatMul: ({ a, b }, transposition: Transposition) => matMul(a, b, transposition),
  Softmax: softmax,
  _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attributes: Fused) => {
    const logits = matMul(a, b, attributes);
    return activate(bias ? plusBias(logits, bias) : logits, attributes, preluActivationWeights);
  },
};

/** Adds a bias to logits that nobody else has, in their place where it is a plain row of numbers. */
function plusBias(logits: NdArray, bias: NdArray): NdArray {
  const { values } = logits;
  const columns = logits.shape.at(-1)!;
  const isRow = bias.shape.length === 1 && bias.shape[0] === columns;
  if (!isRow || !(values instanceof Float64Array)) return combine(logits, bias, add);
  const row = doublesOf(bias);
  for (let i = 0, column = 0; i < values.length; i++) {
    values[i] += row[column];
    column = column + 1 < columns ? column + 1 : 0;
  }
  return logits;
}
