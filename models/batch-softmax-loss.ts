/**
 * The loss of document 004's digits program as its text has it: one softmax over the whole batch, and the
 * binary cross-entropy of every one of its entries.
 *
 *   p = softmax over all rows·classes logits (they add up to 1 together, where each row's should)
 *   L = ½·Σ (−y·log p − (1 − y)·log(1 − p))
 *
 * Kept beside the right loss so that it can be seen, trained and differentiated; see docs/errata.md.
 */
import { type Loss, type Tensor, tf } from '../src/model/index.ts';

/** log p of every entry, `[rows, classes]`. */
const logBatchSoftmax = (logits: Tensor): Tensor =>
  tf.reshape(tf.logSoftmax(tf.reshape(logits, [1, -1])), logits.shape);

export const batchSoftmaxBinaryCrossEntropy: Loss = {
  name: '½·Σ binary cross-entropy of a softmax over the batch',
  reduction: 'sum',
  tensor(logits, y) {
    const logP = logBatchSoftmax(logits);
    const logOfRest = tf.log1p(tf.neg(tf.exp(logP))); // log(1 − p)
    return tf.mul(tf.sum(tf.add(tf.mul(y, logP), tf.mul(tf.sub(1, y), logOfRest))), -0.5);
  },
  value(logits, y) {
    let largest = -Infinity;
    for (const z of logits) largest = Math.max(largest, z);
    let exponentials = 0;
    for (const z of logits) exponentials += Math.exp(z - largest);
    const logSum = Math.log(exponentials) + largest;
    let sum = 0;
    for (let i = 0; i < logits.length; i++) {
      const logP = logits[i] - logSum;
      sum -= y[i] * logP + (y[i] === 1 ? 0 : (1 - y[i]) * Math.log(-Math.expm1(logP)));
    }
    return sum / 2;
  },
};

/**
 * Its derivative with respect to the logits, by hand. With ∂L/∂p = ½(p − y)/(p(1 − p)) and ∂p_i/∂z_j = p_i(δ_ij − p_j):
 *
 *   ∂L/∂z = q − p·Σq   where q = p·∂L/∂p = ½(p − y)/(1 − p)
 */
export function batchSoftmaxGradient(logits: Tensor, y: Tensor): Tensor {
  const p = tf.reshape(tf.softmax(tf.reshape(logits, [1, -1])), logits.shape);
  const q = tf.mul(tf.div(tf.sub(p, y), tf.sub(1, p)), 0.5);
  return tf.sub(q, tf.mul(p, tf.sum(q)));
}
