import { tf, type Tensor } from '../tf.ts';

/** The one there is; asking for it again takes a while, too. */
const engine = tf.engine();

/** Whether autodiff records what is computed now. */
export const isRecorded = (): boolean => engine.state.gradientDepth > 0;

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
): Tensor => engine.runKernel<Tensor>(name, inputs, attributes);
