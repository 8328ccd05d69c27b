import { tf, type Tensor } from '../tf.ts';

/**
 * One kernel of the backend, as the operations of `tf` run it, but without their checks and scopes, which take as long as
 * the work on small tensors. Autodiff follows it in the same way.
 *
 * @param inputs float32 tensors, of shapes that go together
 */
export const runKernel = (
  name: '_FusedMatMul' | 'BatchMatMul' | 'Sum' | 'Add' | 'Multiply' | 'AddScaled',
  inputs: Record<string, Tensor>,
  attributes?: Record<string, string | number | boolean | number[]>,
): Tensor => tf.engine().runKernel<Tensor>(name, inputs, attributes);
