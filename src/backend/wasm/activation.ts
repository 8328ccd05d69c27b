/**
 * The activation at the end of a fused kernel, and a bias that is no plain row.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly } from './assembly.ts';

/** The kernels of the activations that fused operations know. */
const activations: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  prelu: 'Prelu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  elu: 'Elu',
};

export interface Activated {
  activation?: string;
  leakyreluAlpha?: number;
}

/** What is left to do with the sums of a fused operation. @param sums are disposed of, if something is */
export function finished(
  { backend }: Assembly,
  sums: TensorInfo,
  { activation = 'linear', leakyreluAlpha = 0 }: Activated,
  { bias, slopes }: { bias?: TensorInfo; slopes?: TensorInfo },
): TensorInfo {
  let result = sums;
  const follow = (name: string, further: Record<string, TensorInfo | undefined>, attrs = {}): void => {
    const { kernelFunc } = tf.getKernel(name, 'wasm');
    const inputs = { ...further, x: result, a: result } as Record<string, TensorInfo>;
    const next = kernelFunc({ inputs, backend, attrs }) as TensorInfo;
    backend.disposeData(result.dataId);
    result = next;
  };
  if (bias) follow('Add', { b: bias });
  if (activation !== 'linear') follow(activations[activation], { alpha: slopes }, { alpha: leakyreluAlpha });
  return result;
}
