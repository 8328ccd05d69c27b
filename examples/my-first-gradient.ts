/**
 * A model of your own, and the question whether its gradients are right. Check it with
 *
 *   npm run zoo -- gradcheck examples/my-first-gradient.ts
 *
 * It is a network of tanh units that tells two classes apart:
 *
 *   a = x·W₁ + b₁        hidden = tanh(a)
 *   z = hidden·W₂ + b₂   ŷ = σ(z)
 *   L = mean binary cross-entropy
 *
 * Now make a mistake: tanh′(a) = 1 − tanh²(a), but write 1 − hidden instead of 1 − hidden² where it says so below, and
 * check again.
 */
import {
  constant,
  defineModel,
  linear,
  matMulTransposed,
  normal,
  sigmoidCrossEntropy,
  sumRows,
  transposedMatMul,
  zeros,
} from 'backprop-zoo';

const units = 4;

export default defineModel({
  name: 'my-first-gradient',
  task: 'binary',

  initial: ({ features, random }) => ({
    hiddenWeights: normal([features, units], random, 0.5),
    hiddenBias: zeros([units]),
    outputWeights: normal([units, 1], random, 0.5),
    outputBias: zeros([1]),
  }),

  forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
    const hidden = linear(x, hiddenWeights, hiddenBias).tanh(); //  [batch, units]
    const logits = linear(hidden, outputWeights, outputBias); //    [batch, 1]
    return { hidden, logits };
  },

  loss: sigmoidCrossEntropy,

  gradients({ outputWeights }, x, y, { hidden, logits }) {
    const rows = x.shape[0];
    // ∂L/∂z = (ŷ − y) / m                            [batch, 1]
    const dLogits = logits
      .sigmoid()
      .sub(y)
      .mul(constant(1 / rows));
    // tanh′(a) = 1 − hidden²                         [batch, units]     ← the mistake to try: drop `.square()`
    const slope = hidden.square().neg().add(1);
    // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ tanh′(a)                 [batch, units]
    const dHidden = matMulTransposed(dLogits, outputWeights).mul(slope);
    return {
      hiddenWeights: transposedMatMul(x, dHidden), //       xᵀ·∂L/∂a
      hiddenBias: sumRows(dHidden), //                      Σ ∂L/∂a
      outputWeights: transposedMatMul(hidden, dLogits), //  hiddenᵀ·∂L/∂z
      outputBias: sumRows(dLogits), //                      Σ ∂L/∂z
    };
  },
});
