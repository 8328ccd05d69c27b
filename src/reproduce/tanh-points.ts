/**
 * The network for points with a mistake planted: tanh in its hidden layer where the document has σ.
 */
import { models } from '../../models/index.ts';
import type { Model } from '../model/model.ts';
import { constant, linear, matMulTransposed, sumRows, transposedMatMul } from '../model/operations.ts';
import { tf } from '../utils/tf.ts';

export const tanhPoints = {
  ...models.points,
  create: (options: Parameters<typeof models.points.create>[0]): Model => ({
    ...models.points.create(options),

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const hidden = linear(x, hiddenWeights, hiddenBias).tanh();
      return { hidden, logits: linear(hidden, outputWeights, outputBias) };
    },

    gradients({ outputWeights }, x, y, { hidden, logits }) {
      const dLogits = logits
        .sigmoid()
        .sub(y)
        .mul(constant(1 / x.shape[0]));
      // tanh′ = 1 − tanh²
      const dHidden = matMulTransposed(dLogits, outputWeights).mul(tf.sub(1, hidden.square()));
      return {
        hiddenWeights: transposedMatMul(x, dHidden),
        hiddenBias: sumRows(dHidden),
        outputWeights: transposedMatMul(hidden, dLogits),
        outputBias: sumRows(dLogits),
      };
    },
  }),
};
