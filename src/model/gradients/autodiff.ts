import { lossAsTensor } from '../total-loss.ts';
import { valuesOf, type Values } from '../../utils/tensors.ts';
import { tf, type Tensor } from '../../utils/tf.ts';
import type { GradientSource } from './source.ts';

/** `tf.variableGrads` over the model's forward pass and loss. */
export const autodiff: GradientSource = (model, parameters, x, y) => {
  let logits: Values = new Float64Array();
  const { value, grads } = tf.variableGrads(() => {
    const forward = model.forward(parameters, x);
    logits = valuesOf(forward.logits);
    return lossAsTensor(model, parameters, forward.logits, y);
  }, Object.values(parameters));
  const loss = valuesOf(value)[0];
  value.dispose();
  const gradients: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    // There is none where the loss does not depend on the parameter.
    gradients[name] = grads[parameter.name] ?? tf.zerosLike(parameter);
  }
  return { loss, logits, gradients };
};
