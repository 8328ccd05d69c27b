/**
 * A small LeNet (LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998) for square
 * pictures: two convolutions, each with ReLU and 2×2 max-pooling, and a linear layer.
 *
 *   p₁ = pool(relu(x ∗ F₁ + b₁))     28×28×1 → 24×24×f₁ → 12×12×f₁
 *   p₂ = pool(relu(p₁ ∗ F₂ + b₂))    12×12×f₁ → 8×8×f₂ → 4×4×f₂
 *   z = p₂·W + b   ŷ = softmax(z)    16·f₂ → 10
 *
 * A convolution takes a sum of products at every place, `(x ∗ F)[i, j, o] = Σ_u Σ_v Σ_c x[i + u, j + v, c]·F[u, v, c, o]`, and of
 * each 2×2 of them pooling keeps the largest. ReLU preserves order, so the maximum can be taken first: the loss depends on its
 * place alone. The gradients below go to the windows of these maxima (maxIndices) only. Autodiff, which differentiates one
 * operation at a time, fills the other three of four places with zeros and multiplies by them.
 */
import * as nn from '../src/model/index.ts';

/** Height and width of every filter. */
const size = 5;

/** Mean and deviation of MNIST's gray values; standardized, they let both layers learn about equally fast. */
const [mean, deviation] = [0.1307, 0.3081];

const sideAfter = (side: number): number => (side - size + 1) >> 1;

const network = ([f1, f2]: number[]): nn.Model =>
  nn.defineModel({
    name: 'lenet',
    task: 'multiclass',

    initial({ features, classes, random }) {
      const side = sideAfter(sideAfter(Math.sqrt(features)));
      // Deviation √(2/inputs) keeps the scale of activations constant through ReLUs (He et al., 2015).
      return {
        firstFilters: nn.normal([size, size, 1, f1], random, Math.sqrt(2 / size ** 2)),
        firstBias: nn.zeros([f1]),
        secondFilters: nn.normal([size, size, f1, f2], random, Math.sqrt(2 / (size ** 2 * f1))),
        secondBias: nn.zeros([f2]),
        outputWeights: nn.normal([side ** 2 * f2, classes], random, Math.sqrt(1 / (side ** 2 * f2))),
        outputBias: nn.zeros([classes]),
      };
    },

    forward({ firstFilters, firstBias, secondFilters, secondBias, outputWeights, outputBias }, x) {
      const [batch, features] = x.shape;
      const side = Math.sqrt(features);
      const scaled = nn.mul(nn.sub(x, nn.constant(mean)), nn.constant(1 / deviation));
      const pictures = scaled.reshape([batch, side, side, 1]); //               [batch, 28, 28, 1]
      const first = nn.pooledConvolution(pictures, firstFilters, firstBias); // [batch, 12, 12, f₁]
      const second = nn.pooledConvolution(first.pooled, secondFilters, secondBias); // [batch, 4, 4, f₂]
      const flat = second.pooled.reshape([batch, -1]); //           [batch, 16·f₂]
      const logits = nn.linear(flat, outputWeights, outputBias); // [batch, 10]
      return {
        pictures,
        first: first.pooled,
        firstMaxIndices: first.maxIndices,
        second: second.pooled,
        secondMaxIndices: second.maxIndices,
        flat,
        logits,
      };
    },

    loss: nn.softmaxCrossEntropy,

    gradients({ firstFilters, secondFilters, outputWeights }, x, y, activations) {
      const { pictures, first, firstMaxIndices, second, secondMaxIndices, flat, logits } = activations;
      const rows = x.shape[0];
      // ∂L/∂z = (softmax(z) − y) / m                                       [batch, 10]
      const dLogits = nn.mul(nn.sub(logits.softmax(), y), nn.constant(1 / rows));
      const dFlat = nn.matMulTransposed(dLogits, outputWeights); // ∂L/∂p₂ = ∂L/∂z·Wᵀ
      // ∂L/∂s₂ = ∂L/∂p₂ ⊙ relu′, of the largest sums s₂                     [batch, 4, 4, f₂]
      const dSecond = nn.reluGradient(dFlat.reshape(second.shape), second);
      // ∂L/∂s₁ = (Σ over maxIndices ∂L/∂s₂·F₂, at their windows) ⊙ relu′       [batch, 12, 12, f₁]
      const dFirst = nn.reluGradient(
        nn.inputGradient(first, secondMaxIndices, dSecond, secondFilters),
        first,
      );
      return {
        firstFilters: nn.filterGradient(pictures, firstMaxIndices, dFirst, firstFilters), // Σ over maxIndices ∂L/∂s₁·their windows of x
        firstBias: nn.sumSpatial(dFirst), // Σ ∂L/∂s₁
        secondFilters: nn.filterGradient(first, secondMaxIndices, dSecond, secondFilters), // Σ over maxIndices ∂L/∂s₂·their windows of p₁
        secondBias: nn.sumSpatial(dSecond), // Σ ∂L/∂s₂
        outputWeights: nn.transposedMatMul(flat, dLogits), // p₂ᵀ·∂L/∂z
        outputBias: nn.sumRows(dLogits), //                   Σ ∂L/∂z
      };
    },
  });

export const lenet = nn.defineZooModel({
  name: 'lenet',
  title: 'handwritten digits by convolutions: two of 5×5, ReLU, pooling, then 10 outputs, minibatches',
  document: '–',
  dataset: 'mnist',
  options: {
    filters: {
      describe: 'filters of both convolutions',
      default: [16, 32],
      length: 2,
      integer: true,
      minimum: 1,
      maximum: 512,
    },
  },
  size: { features: 784, classes: 10 },
  featureMaps: ['first', 'second'],
  provedAt: { options: { filters: [2, 2] }, size: { features: 256, classes: 3 } },
  recipe: {
    ...nn.defaultRecipe,
    epochs: 3,
    batchSize: 50,
    optimizer: 'momentum',
    learningRate: 0.03,
    decay: 'one-cycle',
    seed: 1,
    validation: 0.05,
  },
  presets: {
    accurate: { filters: [32, 64], epochs: 8 },
    // For digits that the program draws itself. Chosen on training rows of MNIST, which they are to resemble.
    drawn: { learningRate: 0.01 },
  },
  create: ({ filters }) => network(filters),
});
