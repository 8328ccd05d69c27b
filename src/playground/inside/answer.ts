import type { Model } from '../../core/model.ts';
import { tf, type Tensor, type Tensor2D } from '../../core/tf.ts';

/** ŷ: probabilities, or the number itself. */
export function answerOf({ task }: Model, logits: Tensor): Tensor {
  if (task === 'regression') return logits;
  return task === 'binary' ? tf.sigmoid(logits) : tf.softmax(logits as Tensor2D);
}
