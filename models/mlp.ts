/**
 * A multilayer perceptron of any depth for any table: features → hidden units → … → hidden units → outputs. What it learns
 * follows from the data: two classes (one logit), more of them (a logit each), or a number (the output itself).
 *
 *   h₀ = x        aₖ = hₖ₋₁·Wₖ + bₖ        hₖ = activation(aₖ) ⊙ maskₖ        z = hₙ·W + b
 *   ŷ = σ(z), softmax(z) or z
 *   L = mean cross-entropy or ½·mean squared error, + 1/m · (l1·Σ|w| + l2/2·Σw²), w over all weight matrices
 *
 * Dropout (Srivastava et al., 2014): in training each hidden unit is silenced with probability p, and those that remain
 * count 1/(1 − p) times, so that what a layer passes on is on average the same. Its masks are drawn before each step.
 */
import {
  type Activations,
  addL1L2Gradient,
  constant,
  defineZooModel,
  defineModel,
  linear,
  matMulTransposed,
  type Model,
  mul,
  normal,
  type ParameterValues,
  defaultRecipe,
  type RandomState,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  square,
  squaredError,
  sub,
  sumRows,
  type Tensor,
  type Tensors,
  transposedMatMul,
  l1l2,
  zeros,
} from '../src/model/index.ts';

interface Options {
  hidden: number[];
  activation: string;
  l1: number;
  l2: number;
  dropout: number;
}

/** The activations, and their slopes by what they give: σ′ = h(1 − h), tanh′ = 1 − h², relu′ = 1 where h > 0, else 0. */
const activations: Record<string, { of: (a: Tensor) => Tensor; slope: (h: Tensor) => Tensor }> = {
  sigmoid: { of: sigmoid, slope: (h) => sub(h, square(h)) },
  tanh: { of: (a) => a.tanh(), slope: (h) => sub(constant(1), square(h)) },
  relu: { of: (a) => a.relu(), slope: (h) => h.step() },
};

/** What the outputs mean, by the number of classes in the data: 1 is a number to be predicted. */
function outputsFor(classes: number) {
  if (classes === 1)
    return {
      name: 'mlp (regression)',
      task: 'regression',
      loss: squaredError,
      answer: (z: Tensor) => z,
    } as const;
  if (classes === 2)
    return {
      name: 'mlp',
      task: 'binary',
      loss: sigmoidCrossEntropy,
      answer: sigmoid,
    } as const;
  const name = `mlp (${classes} classes)`;
  return { name, task: 'multiclass', loss: softmaxCrossEntropy, answer: (z: Tensor) => z.softmax() } as const;
}

function network({ hidden, activation, l1, l2, dropout }: Options, classes: number): Model {
  const { name, task, loss, answer } = outputsFor(classes);
  const { of: activate, slope } = activations[activation];
  const layers = hidden.map((units, k) => ({ units, layer: `hidden${k + 1}` }));
  const matrices = [...layers.map(({ layer }) => `${layer}Weights`), 'outputWeights'];

  return defineModel({
    name,
    task,

    // Deviation √(2/inputs) keeps what ReLUs pass on as large as it was (He et al., 2015), √(1/inputs) what others do.
    initial({ features, classes, random }) {
      const gain = activation === 'relu' ? 2 : 1;
      const widths = [features, ...hidden];
      const outputs = task === 'multiclass' ? classes : 1;
      const parameters: Record<string, ParameterValues> = {};
      for (const [k, { units, layer }] of layers.entries()) {
        parameters[`${layer}Weights`] = normal([widths[k], units], random, Math.sqrt(gain / widths[k]));
        parameters[`${layer}Bias`] = zeros([units]);
      }
      const last = widths.at(-1)!;
      parameters.outputWeights = normal([last, outputs], random, Math.sqrt(1 / last));
      parameters.outputBias = zeros([outputs]);
      return parameters;
    },

    dropoutMasks: dropout === 0 ? undefined : (rows, random) => masks(rows, random),

    forward(parameters, x, noise): Activations {
      const kept: Tensors = {};
      let below = x;
      for (const { layer } of layers) {
        const sum = linear(below, parameters[`${layer}Weights`], parameters[`${layer}Bias`]);
        kept[layer] = activate(sum); //                                             [batch, units]
        below = noise ? mul(kept[layer], noise[layer]) : kept[layer];
        if (noise) Object.assign(kept, { [`${layer}Mask`]: noise[layer], [`${layer}Dropped`]: below });
      }
      const logits = linear(below, parameters.outputWeights, parameters.outputBias); // [batch, outputs]
      return { ...kept, logits };
    },

    loss,

    regularizer: l1l2(matrices, { l1, l2 }),

    gradients(parameters, x, y, kept) {
      const rows = x.shape[0];
      const gradients: Tensors = {};
      /** What a layer passes on: hₖ, masked in training. */
      const outOf = (layer: string): Tensor => kept[`${layer}Dropped`] ?? kept[layer];
      /** Of the layer with this name, from ∂L/∂ of its sums, which its inputs came in by. */
      const addLayer = (name: string, inputs: Tensor, dSums: Tensor): void => {
        const weights = parameters[`${name}Weights`];
        gradients[`${name}Weights`] = addL1L2Gradient(transposedMatMul(inputs, dSums), weights, rows, {
          l1,
          l2,
        }); // hᵀ·∂L/∂a + penalty′
        gradients[`${name}Bias`] = sumRows(dSums); //                                                 Σ ∂L/∂a
      };

      // ∂L/∂z = (ŷ − y) / m, for all three losses                           [batch, outputs]
      let dAbove = mul(sub(answer(kept.logits), y), constant(1 / rows));
      let weightsAbove = parameters.outputWeights;
      addLayer('output', layers.length > 0 ? outOf(layers.at(-1)!.layer) : x, dAbove);
      for (let k = layers.length - 1; k >= 0; k--) {
        const { layer } = layers[k];
        // ∂L/∂aₖ = (∂L/∂aₖ₊₁·Wₖ₊₁ᵀ) ⊙ maskₖ ⊙ activation′(aₖ)               [batch, units]
        const dOut = matMulTransposed(dAbove, weightsAbove);
        const mask = kept[`${layer}Mask`];
        dAbove = mul(mask ? mul(dOut, mask) : dOut, slope(kept[layer]));
        addLayer(layer, k > 0 ? outOf(layers[k - 1].layer) : x, dAbove);
        weightsAbove = parameters[`${layer}Weights`];
      }
      // In the order of the parameters.
      return Object.fromEntries(Object.keys(parameters).map((name) => [name, gradients[name]]));
    },
  });

  /** For every hidden layer `[rows, units]` of 0, or of 1/(1 − p) where the unit speaks. */
  function masks(rows: number, random: RandomState) {
    return Object.fromEntries(
      layers.map(({ units, layer }) => {
        const values = random.rand(rows * units).map((draw) => (draw < dropout ? 0 : 1 / (1 - dropout)));
        return [layer, { shape: [rows, units], values }];
      }),
    );
  }
}

export const mlp = defineZooModel({
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
    activation: {
      describe: 'of the hidden units',
      default: 'relu',
      choices: Object.keys(activations),
    },
    l1: { describe: 'weight of Σ|w| in the loss', default: 0, minimum: 0 },
    l2: { describe: 'weight of ½·Σw² in the loss', default: 0, minimum: 0 },
    dropout: {
      describe: 'share of silent hidden units in training',
      default: 0,
      minimum: 0,
      maximum: 0.9,
    },
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
    ...defaultRecipe,
    epochs: 200,
    batchSize: 32,
    optimizer: 'adam',
    learningRate: 0.003,
    decay: 'linear',
    seed: 1,
  },
  create: ({ classes = 2, ...options }) => network(options, classes),
});
