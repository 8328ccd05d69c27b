/**
 * A multilayer perceptron of any depth for any table: features → hidden units → … → hidden units → outputs. What it learns
 * follows from the data: two classes (one logit), more classes (one logit each), or a number (the output itself).
 *
 *   h₀ = x        aₖ = hₖ₋₁·Wₖ + bₖ        hₖ = activation(aₖ) ⊙ maskₖ        z = hₙ·W + b
 *   ŷ = σ(z), softmax(z) or z
 *   L = mean cross-entropy or ½·mean squared error, + 1/m · (l1·Σ|w| + l2/2·Σw²), w over all weight matrices
 *
 * Dropout (Srivastava et al., 2014): each training step sets every hidden unit to 0 with probability p and multiplies the
 * others by 1/(1 − p), so that the mean of a layer's output stays the same. The masks are drawn before each step.
 */
import * as nn from '../src/model/index.ts';

interface Activation {
  of: (a: nn.Tensor) => nn.Tensor;
  derivative: (h: nn.Tensor) => nn.Tensor;
}

interface Options {
  hidden: number[];
  activation: string;
  l1: number;
  l2: number;
  dropout: number;
}

/** Activations h = f(a), and f′ in terms of h: σ′ = h(1 − h), tanh′ = 1 − h², relu′ = 1 where h > 0, else 0. */
const activations: Record<string, Activation> = {
  sigmoid: { of: nn.sigmoid, derivative: (h) => nn.sub(h, nn.square(h)) },
  tanh: { of: (a) => a.tanh(), derivative: (h) => nn.sub(nn.constant(1), nn.square(h)) },
  relu: { of: (a) => a.relu(), derivative: (h) => h.step() },
};

/** Task, loss and output function by the number of classes in the data; 1 means regression. */
function outputsFor(classes: number) {
  if (classes === 1) {
    const predict = (z: nn.Tensor) => z;
    return { name: 'mlp (regression)', task: 'regression', loss: nn.squaredError, predict } as const;
  }
  if (classes === 2) {
    return { name: 'mlp', task: 'binary', loss: nn.sigmoidCrossEntropy, predict: nn.sigmoid } as const;
  }
  const name = `mlp (${classes} classes)`;
  const predict = (z: nn.Tensor) => z.softmax();
  return { name, task: 'multiclass', loss: nn.softmaxCrossEntropy, predict } as const;
}

function network({ hidden, activation, l1, l2, dropout }: Options, classes: number): nn.Model {
  const { name, task, loss, predict } = outputsFor(classes);
  const { of: activate, derivative } = activations[activation];
  const layers = hidden.map((units, k) => ({ units, layer: `hidden${k + 1}` }));
  const strengths = { l1, l2 };
  const matrices = [...layers.map(({ layer }) => `${layer}Weights`), 'outputWeights'];

  return nn.defineModel({
    name,
    task,

    // Deviation √(2/inputs) keeps the scale of activations constant through ReLUs (He et al., 2015), √(1/inputs) through others.
    initial({ features, classes, random }) {
      const gain = activation === 'relu' ? 2 : 1;
      const widths = [features, ...hidden];
      const outputs = task === 'multiclass' ? classes : 1;
      const parameters: Record<string, nn.ParameterValues> = {};
      for (const [k, { units, layer }] of layers.entries()) {
        parameters[`${layer}Weights`] = nn.normal([widths[k], units], random, Math.sqrt(gain / widths[k]));
        parameters[`${layer}Bias`] = nn.zeros([units]);
      }
      const last = widths.at(-1)!;
      parameters.outputWeights = nn.normal([last, outputs], random, Math.sqrt(1 / last));
      parameters.outputBias = nn.zeros([outputs]);
      return parameters;
    },

    dropoutMasks: dropout === 0 ? undefined : drawMasks,

    forward(parameters, x, masks): nn.Activations {
      const kept: nn.Tensors = {};
      let below = x;
      for (const { layer } of layers) {
        const sum = nn.linear(below, parameters[`${layer}Weights`], parameters[`${layer}Bias`]);
        kept[layer] = activate(sum); // [batch, units]
        below = masks ? nn.mul(kept[layer], masks[layer]) : kept[layer];
        if (masks) Object.assign(kept, { [`${layer}Mask`]: masks[layer], [`${layer}Dropped`]: below });
      }
      const logits = nn.linear(below, parameters.outputWeights, parameters.outputBias); // [batch, outputs]
      return { ...kept, logits };
    },

    loss,

    regularizer: nn.l1l2(matrices, strengths),

    gradients(parameters, x, y, kept) {
      const rows = x.shape[0];
      const gradients: nn.Tensors = {};
      /** A layer's output hₖ, masked in training. */
      const outputOf = (layer: string): nn.Tensor => kept[`${layer}Dropped`] ?? kept[layer];
      /** Adds the gradients of one layer, given its inputs and the gradient of its sums. */
      const addLayer = (name: string, inputs: nn.Tensor, dSums: nn.Tensor): void => {
        const weights = parameters[`${name}Weights`];
        const dWeights = nn.transposedMatMul(inputs, dSums); // hᵀ·∂L/∂a, without the regularizer
        gradients[`${name}Weights`] = nn.addL1L2Gradient(dWeights, weights, rows, strengths);
        gradients[`${name}Bias`] = nn.sumRows(dSums); // Σ ∂L/∂a
      };

      // ∂L/∂z = (ŷ − y) / m, for all three losses                           [batch, outputs]
      let dAbove = nn.mul(nn.sub(predict(kept.logits), y), nn.constant(1 / rows));
      let weightsAbove = parameters.outputWeights;
      addLayer('output', layers.length > 0 ? outputOf(layers.at(-1)!.layer) : x, dAbove);
      for (let k = layers.length - 1; k >= 0; k--) {
        const { layer } = layers[k];
        const dOut = nn.matMulTransposed(dAbove, weightsAbove); // ∂L/∂hₖ = ∂L/∂aₖ₊₁·Wₖ₊₁ᵀ
        const mask = kept[`${layer}Mask`];
        // ∂L/∂aₖ = ∂L/∂hₖ ⊙ maskₖ ⊙ activation′(aₖ)                         [batch, units]
        dAbove = nn.mul(mask ? nn.mul(dOut, mask) : dOut, derivative(kept[layer]));
        addLayer(layer, k > 0 ? outputOf(layers[k - 1].layer) : x, dAbove);
        weightsAbove = parameters[`${layer}Weights`];
      }
      // In the order of the parameters.
      return Object.fromEntries(Object.keys(parameters).map((name) => [name, gradients[name]]));
    },
  });

  /** For every hidden layer `[rows, units]` of 0, or of 1/(1 − p) where the unit is kept. */
  function drawMasks(rows: number, random: nn.RandomState) {
    return Object.fromEntries(
      layers.map(({ units, layer }) => {
        const values = random.rand(rows * units).map((draw) => (draw < dropout ? 0 : 1 / (1 - dropout)));
        return [layer, { shape: [rows, units], values }];
      }),
    );
  }
}

export const mlp = nn.defineZooModel({
  name: 'mlp',
  title: 'any table by hidden layers: classes or a number, with L1, L2 and dropout',
  document: '–',
  dataset: 'breast-cancer',
  options: {
    hidden: {
      describe: 'units of each hidden layer, with commas between',
      default: [64, 32],
      maxNumbers: 32,
      integer: true,
      minimum: 1,
      maximum: 4096,
    },
    activation: { describe: 'of the hidden units', default: 'relu', choices: Object.keys(activations) },
    l1: { describe: 'weight of Σ|w| in the loss', default: 0, minimum: 0 },
    l2: { describe: 'weight of ½·Σw² in the loss', default: 0, minimum: 0 },
    dropout: { describe: 'dropout rate', default: 0, minimum: 0, maximum: 0.9 },
  },
  size: { features: 30, classes: 2 },
  otherClasses: [3, 1],
  alsoChecked: [
    { activation: 'sigmoid', l2: 0.1 },
    { activation: 'tanh', l1: 0.1 },
    { activation: 'tanh', dropout: 0.5 },
  ],
  provedAt: { options: { hidden: [3, 2] }, size: { features: 5, classes: 2 } },
  recipe: {
    ...nn.defaultRecipe,
    epochs: 200,
    batchSize: 32,
    optimizer: 'adam',
    learningRate: 0.003,
    decay: 'linear',
    seed: 1,
  },
  create: ({ classes = 2, ...options }) => network(options, classes),
});
