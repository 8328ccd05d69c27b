/**
 * A small LeNet (LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998) for square
 * pictures: two convolutions, each with ReLU and 2×2 max-pooling, and a layer that decides.
 *
 *   p₁ = pool(relu(x ∗ F₁ + b₁))     28×28×1 → 24×24×f₁ → 12×12×f₁
 *   p₂ = pool(relu(p₁ ∗ F₂ + b₂))    12×12×f₁ → 8×8×f₂ → 4×4×f₂
 *   z = p₂·W + b   ŷ = softmax(z)    16·f₂ → 10
 *
 * A convolution takes a sum of products at every place, `(x ∗ F)[i, j, o] = Σ_u Σ_v Σ_c x[i + u, j + v, c]·F[u, v, c, o]`, and of
 * each 2×2 of them pooling keeps the largest. As ReLU never turns an order round, the largest is taken first: for the loss only
 * the winner's place counts. The gradients below go back to the maxIndices' windows and nowhere else. Autodiff, which knows each
 * operation alone, fills the other three places of four with zeros and multiplies by them.
 */
import {
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  filterGradient,
  inputGradient,
  linear,
  matMulTransposed,
  type Model,
  mul,
  normal,
  pooledConvolution,
  reluGradient,
  softmaxCrossEntropy,
  sub,
  sumRows,
  sumSpatial,
  transposedMatMul,
  zeros,
} from '../src/model/index.ts';

/** Of every filter, both ways. */
const size = 5;

/** Grey values of MNIST have this mean and deviation; so brought to 0 and 1, they teach both layers about equally fast. */
const [mean, deviation] = [0.1307, 0.3081];

const sideAfter = (side: number): number => (side - size + 1) >> 1;

const network = ([f1, f2]: number[]): Model =>
  defineModel({
    name: 'lenet',
    task: 'multiclass',

    initial({ features, classes, random }) {
      const side = sideAfter(sideAfter(Math.sqrt(features)));
      // Deviation √(2/inputs) keeps what ReLUs pass on as large as it was (He et al., 2015).
      return {
        firstFilters: normal([size, size, 1, f1], random, Math.sqrt(2 / size ** 2)),
        firstBias: zeros([f1]),
        secondFilters: normal([size, size, f1, f2], random, Math.sqrt(2 / (size ** 2 * f1))),
        secondBias: zeros([f2]),
        outputWeights: normal([side ** 2 * f2, classes], random, Math.sqrt(1 / (side ** 2 * f2))),
        outputBias: zeros([classes]),
      };
    },

    forward({ firstFilters, firstBias, secondFilters, secondBias, outputWeights, outputBias }, x) {
      const [batch, features] = x.shape;
      const side = Math.sqrt(features);
      const scaled = mul(sub(x, constant(mean)), constant(1 / deviation));
      const pictures = scaled.reshape([batch, side, side, 1]); //                 [batch, 28, 28, 1]
      const first = pooledConvolution(pictures, firstFilters, firstBias); //      [batch, 12, 12, f₁]
      const second = pooledConvolution(first.pooled, secondFilters, secondBias); // [batch, 4, 4, f₂]
      const flat = second.pooled.reshape([batch, -1]); //                         [batch, 16·f₂]
      const logits = linear(flat, outputWeights, outputBias); //                  [batch, 10]
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

    loss: softmaxCrossEntropy,

    gradients({ firstFilters, secondFilters, outputWeights }, x, y, activations) {
      const { pictures, first, firstMaxIndices, second, secondMaxIndices, flat, logits } = activations;
      const rows = x.shape[0];
      // ∂L/∂z = (softmax(z) − y) / m                                       [batch, 10]
      const dLogits = mul(sub(logits.softmax(), y), constant(1 / rows));
      // ∂L/∂s₂ = (∂L/∂z·Wᵀ) ⊙ relu′, of the largest sums s₂                 [batch, 4, 4, f₂]
      const dFlat = matMulTransposed(dLogits, outputWeights);
      const dSecond = reluGradient(dFlat.reshape(second.shape), second);
      // ∂L/∂s₁ = (Σ over maxIndices ∂L/∂s₂·F₂, at their windows) ⊙ relu′       [batch, 12, 12, f₁]
      const dFirst = reluGradient(inputGradient(first, secondMaxIndices, dSecond, secondFilters), first);
      return {
        firstFilters: filterGradient(pictures, firstMaxIndices, dFirst, firstFilters), // Σ over maxIndices ∂L/∂s₁·their windows of x
        firstBias: sumSpatial(dFirst), //                                               Σ ∂L/∂s₁
        secondFilters: filterGradient(first, secondMaxIndices, dSecond, secondFilters), // Σ over maxIndices ∂L/∂s₂·their windows of p₁
        secondBias: sumSpatial(dSecond), //                                             Σ ∂L/∂s₂
        outputWeights: transposedMatMul(flat, dLogits), //                             p₂ᵀ·∂L/∂z
        outputBias: sumRows(dLogits), //                                               Σ ∂L/∂z
      };
    },
  });

export const lenet = defineZooModel({
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
    ...defaultRecipe,
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
