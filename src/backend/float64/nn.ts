/** Kernels of dense layers: matrix products, alone or with bias and activation, and softmax. */
import { WorkError } from '../../utils/errors.ts';
import { elementwise } from './elementwise.ts';
import { add, combine, doublesOf, type Kernel, type Kernels, type NdArray } from './loops.ts';
import { matMul, type Transposition } from './matmul.ts';
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

/** The last step of a fused kernel. */
export interface Activation {
  activation?: string;
  leakyreluAlpha: number;
}

interface Fused extends Transposition, Activation {}

const activations: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
  elu: 'Elu',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/**
 * @param alpha the slopes of `prelu`
 * @param kernels the element-wise ones
 */
export function activate(
  x: NdArray,
  { activation = 'linear', leakyreluAlpha = 0.2 }: Activation,
  alpha?: NdArray,
  kernels = elementwise,
): NdArray {
  if (activation === 'linear') return x;
  const kernel = kernels[activations[activation]] as Kernel<{ alpha: number }> | undefined;
  if (!kernel || (activation === 'prelu' && !alpha))
    throw new WorkError(`a fused kernel has no activation '${activation}'`);
  return kernel(alpha ? { x, alpha } : { x }, { alpha: leakyreluAlpha }) as NdArray;
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
