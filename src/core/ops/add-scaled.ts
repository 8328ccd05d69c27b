import { scalarOf } from '../tensors.ts';
import { tf, type Tensor } from '../tf.ts';
import { runKernel } from './run-kernel.ts';

/** a + factor·b of one shape, in one pass where the backend has a kernel for it. */
export function addScaled(a: Tensor, b: Tensor, factor: number): Tensor {
  if (tf.getKernel('AddScaled', tf.getBackend())) return runKernel('AddScaled', { a, b }, { factor });
  const scalar = scalarOf(factor);
  const scaled = runKernel('Multiply', { a: b, b: scalar });
  const sum = runKernel('Add', { a, b: scaled });
  tf.dispose([scalar, scaled]);
  return sum;
}
