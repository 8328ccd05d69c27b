/**
 * A GPT: attention over the tokens before, and a network of two layers at every position, `layers` times in turn. With RMSNorm and
 * ReLU it is Karpathy's microgpt (2026), with LayerNorm and GELU GPT-2 (A. Radford and others, 2019) without tied weights.
 *
 *   x = E[token] + P[position]      microgpt: x = norm(x)
 *   in each layer   a = norm(x)     q, k, v = a·Wqᵀ, a·Wkᵀ, a·Wvᵀ      in heads of d = width/heads columns
 *                   o = softmax(q·kᵀ/√d over the positions up to this one)·v      x ← x + o·Woᵀ
 *                   b = norm(x)     x ← x + f(b·W₁ᵀ)·W₂ᵀ               f = ReLU or GELU
 *   GPT-2: x = norm(x)              z = x·Wᵀ
 *   L = mean over the targets of −log softmax(z)[target]
 *
 * A position sees none behind it, so padding at the end of a row needs no mask. N = batch·T rows, one a position; E = width.
 */
import * as nn from '../src/model/index.ts';

interface Options {
  layers: number;
  heads: number;
  width: number;
  norm: string;
  activation: string;
}

function network({ layers, heads, width, norm, activation }: Options): nn.Model {
  if (width % heads !== 0) {
    throw new nn.InputError(
      `--width ${width} must be divisible by --heads ${heads}: all heads have equally many columns.`,
    );
  }
  const isRms = norm === 'rms';
  const layerNumbers = Array.from({ length: layers }, (_, l) => l + 1);
  const isRelu = activation === 'relu';
  const activate = isRelu ? (a: nn.Tensor) => nn.tf.relu(a) : nn.gelu;
  const activationGradient = isRelu ? nn.reluGradient : nn.geluGradient;

  /** The norm called `name`: y `[N, E]`, kept with what its gradient needs. */
  function normalize(name: string, x: nn.Tensor, p: nn.Tensors, kept: nn.Tensors): nn.Tensor {
    if (isRms) {
      const { y, scale } = nn.rmsNorm(x);
      Object.assign(kept, { [name]: y, [`${name}Scale`]: scale });
      return y;
    }
    const { y, normalized, scale } = nn.layerNorm(x, p[`${name}Gain`], p[`${name}Bias`]);
    Object.assign(kept, { [name]: y, [`${name}Normalized`]: normalized, [`${name}Scale`]: scale });
    return y;
  }

  /** ∂L/∂x of the norm, from ∂L/∂y `[N, E]`; adds the gradients of its gain and bias. */
  function normGradient(name: string, dy: nn.Tensor, p: nn.Tensors, kept: nn.Tensors, gradients: nn.Tensors) {
    if (isRms) return nn.rmsNormGradient(dy, kept[name], kept[`${name}Scale`]);
    const { x, gain, bias } = nn.layerNormGradient(
      dy,
      p[`${name}Gain`],
      kept[`${name}Normalized`],
      kept[`${name}Scale`],
    );
    Object.assign(gradients, { [`${name}Gain`]: gain, [`${name}Bias`]: bias });
    return x;
  }

  return nn.defineModel({
    name: 'gpt',
    task: 'next-token',

    // Row by row of `[out, in]`, in the order of microgpt, so that its random numbers give its weights.
    initial({ features: context, classes: symbols, random }) {
      const deviation = isRms ? 0.08 : 0.02;
      const matrix = (rows: number, columns: number, scale = 1) =>
        nn.normal([rows, columns], random, deviation * scale);
      // GPT-2: what is added to x grows with the layers, so that it begins smaller.
      const residual = isRms ? 1 : 1 / Math.sqrt(2 * layers);
      const parameters: Record<string, nn.ParameterValues> = {
        tokenEmbedding: matrix(symbols, width),
        positionEmbedding: matrix(context, width),
        outputWeights: matrix(symbols, width),
      };
      for (const l of layerNumbers) {
        for (const name of ['query', 'key', 'value']) parameters[`${name}${l}`] = matrix(width, width);
        parameters[`attentionOutput${l}`] = matrix(width, width, residual);
        parameters[`hidden${l}`] = matrix(4 * width, width);
        parameters[`projection${l}`] = matrix(width, 4 * width, residual);
      }
      if (isRms) return parameters;
      for (const name of [
        ...layerNumbers.flatMap((l) => [`attentionNorm${l}`, `hiddenNorm${l}`]),
        'lastNorm',
      ]) {
        parameters[`${name}Gain`] = nn.ones([width]);
        parameters[`${name}Bias`] = nn.zeros([width]);
      }
      return parameters;
    },

    forward(p, tokens): nn.Activations {
      const [batch, steps] = tokens.shape as [number, number];
      const shape = { batch, steps, heads };
      const kept: nn.Tensors = {};
      const ofTokens = nn.reshape(nn.embed(p.tokenEmbedding, tokens), [batch, steps, width]);
      const ofPositions = nn.tf.slice(p.positionEmbedding, [0, 0], [steps, width]);
      let x: nn.Tensor = nn.reshape(nn.add(ofTokens, ofPositions), [batch * steps, width]); // [N, E]
      if (isRms) x = normalize('firstNorm', x, p, kept);
      for (const l of layerNumbers) {
        const a = normalize(`attentionNorm${l}`, x, p, kept); //                     [N, E]
        const q = nn.matMulTransposed(a, p[`query${l}`]); //                         [N, E]
        const k = nn.matMulTransposed(a, p[`key${l}`]); //                           [N, E]
        const v = nn.matMulTransposed(a, p[`value${l}`]); //                         [N, E]
        const { out: o, weights } = nn.causalAttention(q, k, v, shape); //           [N, E], [batch, heads, T, T]
        x = nn.add(x, nn.matMulTransposed(o, p[`attentionOutput${l}`])); //          [N, E]
        const b = normalize(`hiddenNorm${l}`, x, p, kept); //                        [N, E]
        const sums = nn.matMulTransposed(b, p[`hidden${l}`]); //                     [N, 4E]
        const h = activate(sums); //                                                 [N, 4E]
        x = nn.add(x, nn.matMulTransposed(h, p[`projection${l}`])); //               [N, E]
        Object.assign(kept, {
          [`q${l}`]: q,
          [`k${l}`]: k,
          [`v${l}`]: v,
          [`attention${l}`]: weights,
          [`o${l}`]: o,
          [`sums${l}`]: sums,
          [`h${l}`]: h,
        });
      }
      const last = isRms ? x : normalize('lastNorm', x, p, kept); //                 [N, E]
      return { ...kept, last, logits: nn.matMulTransposed(last, p.outputWeights) }; // [N, symbols]
    },

    loss: nn.tokenCrossEntropy,

    gradients(p, tokens, y, kept) {
      const [batch, steps] = tokens.shape as [number, number];
      const shape = { batch, steps, heads };
      const g: nn.Tensors = {};
      const dLogits = nn.tokenCrossEntropyGradient(kept.logits, y); // (softmax(z) − onehot(y)) / n  [N, symbols]
      g.outputWeights = nn.transposedMatMul(dLogits, kept.last); // ∂L/∂zᵀ·x        [symbols, E]
      let dx: nn.Tensor = nn.matMul(dLogits, p.outputWeights); //                    [N, E]
      if (!isRms) dx = normGradient('lastNorm', dx, p, kept, g);
      for (const l of [...layerNumbers].reverse()) {
        // x + f(norm(x)·W₁ᵀ)·W₂ᵀ
        g[`projection${l}`] = nn.transposedMatMul(dx, kept[`h${l}`]); // ∂L/∂xᵀ·h    [E, 4E]
        const dH = nn.matMul(dx, p[`projection${l}`]); //                            [N, 4E]
        const dSums = activationGradient(dH, kept[`sums${l}`]); // ⊙ f′              [N, 4E]
        g[`hidden${l}`] = nn.transposedMatMul(dSums, kept[`hiddenNorm${l}`]); // ∂L/∂sumsᵀ·b  [4E, E]
        const dB = nn.matMul(dSums, p[`hidden${l}`]); //                             [N, E]
        dx = nn.add(dx, normGradient(`hiddenNorm${l}`, dB, p, kept, g)); //          [N, E]

        // x + attention(norm(x))·Woᵀ
        g[`attentionOutput${l}`] = nn.transposedMatMul(dx, kept[`o${l}`]); // ∂L/∂xᵀ·o  [E, E]
        const dO = nn.matMul(dx, p[`attentionOutput${l}`]); //                       [N, E]
        const [q, k, v, weights] = ['q', 'k', 'v', 'attention'].map((name) => kept[`${name}${l}`]);
        const d = nn.causalAttentionGradient(dO, q, k, v, weights, shape); //        [N, E] each
        const a = kept[`attentionNorm${l}`];
        g[`query${l}`] = nn.transposedMatMul(d.q, a); // ∂L/∂qᵀ·a                    [E, E]
        g[`key${l}`] = nn.transposedMatMul(d.k, a); // ∂L/∂kᵀ·a                      [E, E]
        g[`value${l}`] = nn.transposedMatMul(d.v, a); // ∂L/∂vᵀ·a                    [E, E]
        const throughQuery = nn.matMul(d.q, p[`query${l}`]);
        const throughKey = nn.matMul(d.k, p[`key${l}`]);
        const throughValue = nn.matMul(d.v, p[`value${l}`]);
        const dA = nn.add(nn.add(throughQuery, throughKey), throughValue); //        [N, E]
        dx = nn.add(dx, normGradient(`attentionNorm${l}`, dA, p, kept, g)); //       [N, E]
      }
      if (isRms) dx = normGradient('firstNorm', dx, p, kept, g);
      g.tokenEmbedding = nn.embedGradient(dx, tokens, p.tokenEmbedding.shape[0]); // rows added up by token
      const dPositions = nn.sumRows(nn.reshape(dx, [batch, steps * width])); // Σ over the batch
      const below = p.positionEmbedding.shape[0] - steps;
      g.positionEmbedding = nn.tf.pad(nn.reshape(dPositions, [steps, width]), [
        [0, below],
        [0, 0],
      ]); // [context, E]
      // In the order of the parameters.
      return Object.fromEntries(Object.keys(p).map((name) => [name, g[name]]));
    },
  });
}

export const gpt = nn.defineZooModel({
  name: 'gpt',
  title: 'a transformer that predicts the next character, as microgpt and nanoGPT do',
  document: '–',
  dataset: 'sequences',
  options: {
    corpus: nn.corpusOption,
    context: nn.contextOption,
    layers: { describe: 'layers', default: 1, integer: true, minimum: 1, maximum: 48 },
    heads: { describe: 'heads of attention', default: 4, integer: true, minimum: 1, maximum: 64 },
    width: {
      describe: 'numbers that represent a position',
      default: 16,
      integer: true,
      minimum: 1,
      maximum: 1024,
    },
    norm: { describe: 'rms as in microgpt, or layer as in GPT-2', default: 'rms', choices: ['rms', 'layer'] },
    activation: { describe: 'of the hidden layer', default: 'relu', choices: ['relu', 'gelu'] },
  },
  alsoChecked: [{ layers: 1, norm: 'layer', activation: 'gelu' }],
  provedAt: { options: { context: 3, layers: 2, width: 6, heads: 2 }, size: { features: 3, classes: 5 } },
  // microgpt's, with more rows a step.
  recipe: {
    ...nn.defaultRecipe,
    steps: 1000,
    batchSize: 16,
    optimizer: 'adam',
    learningRate: 0.01,
    decay: 'linear',
    beta1: 0.85,
    beta2: 0.99,
    epsilon: 1e-8,
  },
  presets: {
    microgpt: { batchSize: 1 },
    // nanoGPT's setting for processors without a GPU (config/train_shakespeare_char.py), with a cosine that ends at 0.
    nano: {
      ...{ corpus: 'text', layers: 4, heads: 4, width: 128, context: 64, norm: 'layer', activation: 'gelu' },
      ...{ steps: 2000, batchSize: 12, learningRate: 1e-3, decay: 'cosine', warmupSteps: 100 },
      ...{ beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 },
    },
  },
  create: (options) => network(options),
});
