import { lossOnHost } from '../loss-of-model.ts';
import { tf } from '../tf.ts';
import type { GradientSource, LossAndGradients } from './index.ts';

/** The model's own hand-written gradients, with the activations of one forward pass. */
export const manual: GradientSource = (model, parameters, x, y) => {
  let loss = NaN;
  const gradients = tf.tidy(() => {
    const activations = model.forward(parameters, x);
    loss = lossOnHost(model, parameters, activations.logits, y);
    return model.gradients(parameters, x, y, activations);
  });
  return { loss, gradients } satisfies LossAndGradients;
};
