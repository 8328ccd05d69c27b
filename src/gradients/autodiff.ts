import { lossAsTensor } from '../loss-of-model.ts';
import { tf, type Tensor } from '../tf.ts';
import type { GradientSource } from './index.ts';

/** `tf.variableGrads` over the model's forward pass and loss. */
export const autodiff: GradientSource = (model, parameters, x, y) => {
  const { value, grads } = tf.variableGrads(
    () => lossAsTensor(model, parameters, x, y),
    Object.values(parameters),
  );
  const loss = value.dataSync()[0];
  value.dispose();
  const gradients: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) gradients[name] = grads[parameter.name];
  return { loss, gradients };
};
