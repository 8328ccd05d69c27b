/**
 * A model and data of your own: softmax regression on three heaps of points, its gradients checked before training.
 *
 *   npx tsx examples/own-data.ts
 *
 *   z = x·W + b   ŷ = softmax(z)   L = mean cross-entropy
 */
import {
  checkGradients,
  constant,
  dataFromRows,
  defineZooModel,
  defineModel,
  linear,
  defaultRecipe,
  predict,
  RandomState,
  softmaxCrossEntropy,
  sumRows,
  train,
  transposedMatMul,
  zeros,
  type UserRows,
} from 'backprop-zoo';

const softmaxRegression = defineModel({
  name: 'heaps',
  task: 'multiclass',
  initial: ({ features, classes }) => ({ weights: zeros([features, classes]), bias: zeros([classes]) }),
  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }), // [batch, classes]
  loss: softmaxCrossEntropy,
  gradients(_, x, y, { logits }) {
    // ∂L/∂z = (ŷ − y) / m                          [batch, classes]
    const dLogits = logits
      .softmax()
      .sub(y)
      .mul(constant(1 / x.shape[0]));
    return {
      weights: transposedMatMul(x, dLogits), //      xᵀ·∂L/∂z
      bias: sumRows(dLogits), //                     Σ ∂L/∂z
    };
  },
});

const heaps = defineZooModel({
  name: 'heaps',
  title: 'softmax regression on heaps of points',
  document: 'own',
  dataset: 'heaps',
  options: {},
  recipe: { ...defaultRecipe, epochs: 200, learningRate: 0.5 },
  create: () => softmaxRegression,
});

const random = new RandomState(1);
const centres = [
  [0, 2],
  [2, -1],
  [-2, -1],
];
/** As many points around every centre. */
function draw(perClass: number): UserRows {
  const labels = centres.flatMap((_, label) => new Array<number>(perClass).fill(label));
  const inputs = labels.map((label) => centres[label].map((at) => at + 0.5 * random.gaussian()));
  return { inputs, labels };
}

const check = await checkGradients(softmaxRegression, {
  x: [
    [0.3, -1.2],
    [2.0, 0.4],
  ],
  y: [
    [1, 0, 0],
    [0, 0, 1],
  ],
});
console.log(`gradients agree: ${check.agrees}`);

const trained = await train(heaps, {
  data: dataFromRows({
    name: 'heaps',
    classNames: ['top', 'right', 'left'],
    train: draw(100),
    test: draw(50),
    standardise: true,
  }),
});
console.log(`test accuracy: ${trained.metrics.test.accuracy.toFixed(3)}`);
const [{ label }] = await predict(trained, [[1.9, -0.8]]);
console.log(`(1.9, -0.8) is in the heap: ${label}`);
