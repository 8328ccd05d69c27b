import type { Model } from '../../model/model.ts';
import { tf, type Tensor, type Tensor2D } from '../../utils/tf.ts';

/** ŷ: probabilities, or the number itself. */
export function answerOf({ task }: Model, logits: Tensor): Tensor {
  if (task === 'regression') return logits;
  return task === 'binary' ? tf.sigmoid(logits) : tf.softmax(logits as Tensor2D);
}
