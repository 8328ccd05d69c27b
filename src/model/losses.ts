/**
 * Losses of a network's outputs: cross-entropy of logits, squared error. Each is defined twice: `tensor` in
 * differentiable operations, for autodiff, and `value` in plain doubles, for reporting.
 *
 * Cross-entropies start from logits z, never from probabilities: log(σ(z)) is −∞ for z = −800 and loses half its digits
 * long before, log(1 + eᶻ) written as `softplus` does not.
 */
import { exp, log, expOfMinus } from '../utils/math.ts';
import { sigmoid } from './operations.ts';
import { constant, type Values } from '../utils/tensors.ts';
import { tf, type Scalar, type Tensor } from '../utils/tf.ts';

export interface Loss {
  name: string;
  /** `mean`: averaged over the rows of a batch; `sum`: added up. */
  reduction: 'mean' | 'sum';
  /** Differentiable: logits and y `[rows, outputs]` → scalar. */
  tensor(logits: Tensor, y: Tensor): Scalar;
  /** The same number in doubles: logits and y row-major, `rows` rows. */
  value(logits: Values, y: Values, rows: number): number;
  /** What class weights need, see `withClassWeights`; a loss without it cannot be weighted. */
  weighting?: {
    /** Differentiable: the terms of which the loss is the sum (or by the rows the mean), `[rows, outputs]`. */
    terms(logits: Tensor, y: Tensor): Tensor;
    /** ŷ, where ∂L/∂z is ŷ − y times a constant. */
    output(logits: Tensor): Tensor;
  };
}

const binaryCrossEntropyOf = (logits: Tensor, y: Tensor): Tensor =>
  tf.add(tf.mul(y, tf.softplus(tf.neg(logits))), tf.mul(tf.sub(1, y), tf.softplus(logits)));

/** So many factors between 1 and 2 stay below the largest double. */
const factorsPerLogarithm = 1000;

/**
 * Σ of −y·log σ(z) − (1−y)·log(1 − σ(z)) = max(z, 0) − y·z + log(1 + e^−|z|) over all logits.
 *
 * Full batches take this for every row of every step, so the logarithms are taken of products:
 * Σ log(1 + eᵢ) = log Π(1 + eᵢ). What is carried along is the product less 1, which loses no small eᵢ.
 */
function sumOfBinaryCrossEntropy(logits: Values, y: Values): number {
  // XORNet has two outputs for one target: y is broadcast along them as NumPy does.
  const outputsPerTarget = logits.length / y.length;
  let sum = 0;
  for (let start = 0; start < logits.length; start += factorsPerLogarithm) {
    const end = Math.min(start + factorsPerLogarithm, logits.length);
    let productLessOne = 0;
    for (let i = start; i < end; i++) {
      const z = logits[i];
      const target = outputsPerTarget === 1 ? y[i] : y[Math.floor(i / outputsPerTarget)];
      sum += (z > 0 ? z : 0) - target * z;
      productLessOne += expOfMinus(Math.abs(z)) * (1 + productLessOne);
    }
    sum += Math.log1p(productLessOne);
  }
  return sum;
}

/** Mean over the rows of binary cross-entropy. Documents 000, 001 and 003. ∂L/∂z = (σ(z) − y)/m. */
export const sigmoidCrossEntropy: Loss = {
  name: 'mean binary cross-entropy',
  reduction: 'mean',
  tensor: (logits, y) => tf.mul(tf.sum(binaryCrossEntropyOf(logits, y)), constant(1 / logits.shape[0])),
  value: (logits, y, rows) => sumOfBinaryCrossEntropy(logits, y) / rows,
  weighting: { terms: binaryCrossEntropyOf, output: sigmoid },
};

/** ½·Σ of binary cross-entropy, document 004's `cross_entropy_error_for_bin`. ∂L/∂z = ½(σ(z) − y). */
export const halfSumSigmoidCrossEntropy: Loss = {
  name: '½·Σ binary cross-entropy',
  reduction: 'sum',
  tensor: (logits, y) => tf.mul(tf.sum(binaryCrossEntropyOf(logits, y)), 0.5),
  value: (logits, y) => sumOfBinaryCrossEntropy(logits, y) / 2,
  weighting: { terms: (logits, y) => tf.mul(binaryCrossEntropyOf(logits, y), 0.5), output: sigmoid },
};

/**
 * Mean over the rows of −Σ_k y_k·log softmax(z)_k = log Σ_k e^{z_k} − Σ_k y_k·z_k (for Σ_k y_k = 1).
 * ∂L/∂z = (softmax(z) − y)/m.
 */
export const softmaxCrossEntropy: Loss = {
  name: 'mean softmax cross-entropy',
  reduction: 'mean',
  tensor: (logits, y) => tf.mul(tf.sum(tf.mul(y, tf.logSoftmax(logits))), constant(-1 / logits.shape[0])),
  value(logits, y, rows) {
    const classes = logits.length / rows;
    let sum = 0;
    for (let start = 0; start < logits.length; start += classes) {
      let largest = -Infinity;
      for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[start + k]);
      let exponentials = 0;
      let target = 0;
      for (let k = 0; k < classes; k++) {
        const shifted = logits[start + k] - largest;
        exponentials += exp(shifted);
        target += y[start + k] * shifted;
      }
      sum += log(exponentials) - target;
    }
    return sum / rows;
  },
  weighting: {
    terms: (logits, y) => tf.neg(tf.mul(y, tf.logSoftmax(logits))),
    output: (logits) => tf.softmax(logits),
  },
};

/**
 * ½ · mean over the rows of (z − y)², z being the prediction itself: the loss of a regression, scikit-learn's too.
 * ∂L/∂z = (z − y)/m.
 */
export const squaredError: Loss = {
  name: '½·mean squared error',
  reduction: 'mean',
  tensor: (predicted, y) =>
    tf.mul(tf.sum(tf.square(tf.sub(predicted, y))), constant(1 / 2 / predicted.shape[0])),
  value(predicted, y, rows) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (predicted[i] - y[i]) ** 2;
    return sum / 2 / rows;
  },
};
