import { lossOnHost } from '../total-loss.ts';
import { valuesOf, type Values } from '../../utils/tensors.ts';
import { tf } from '../../utils/tf.ts';
import type { GradientSource, LossAndGradients } from './source.ts';

/** The model's own hand-written gradients, with the activations of one forward pass. */
export const manual: GradientSource = (model, parameters, x, y) => {
  let loss = NaN;
  let logits: Values = new Float64Array();
  const gradients = tf.tidy(() => {
    const activations = model.forward(parameters, x);
    logits = valuesOf(activations.logits);
    loss = lossOnHost(model, parameters, logits, y);
    return model.gradients(parameters, x, y, activations);
  });
  return { loss, logits, gradients } satisfies LossAndGradients;
};
