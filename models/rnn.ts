/**
 * A recurrent network (J. Elman, 1990): its state h carries what it has read.
 *
 *   xₜ = E[tokenₜ]      aₜ = xₜ·Wₓ + hₜ₋₁·W_h + b      hₜ = tanh(aₜ)      zₜ = hₜ·W + c      h before the first token: 0
 *   L = mean over the targets of −log softmax(z)[target]
 *
 * Backpropagation through time: hₜ acts on zₜ and on aₜ₊₁, so ∂L/∂hₜ = ∂L/∂zₜ·Wᵀ + ∂L/∂aₜ₊₁·W_hᵀ, from the last token to the
 * first. It is truncated to the tokens of a row. The products that do not depend on the step before are made for all steps at
 * once; their rows are N = batch·T.
 */
import * as nn from '../src/model/index.ts';

function network(embedding: number, hidden: number): nn.Model {
  return nn.defineModel({
    name: 'rnn',
    task: 'next-token',

    initial({ classes: symbols, random }) {
      const bound = 1 / Math.sqrt(hidden);
      return {
        embedding: nn.normal([symbols, embedding], random),
        inputWeights: nn.uniform([embedding, hidden], random, -bound, bound),
        hiddenWeights: nn.uniform([hidden, hidden], random, -bound, bound),
        bias: nn.zeros([hidden]),
        outputWeights: nn.uniform([hidden, symbols], random, -bound, bound),
        outputBias: nn.zeros([symbols]),
      };
    },

    forward(p, tokens): nn.Activations {
      const [batch, steps] = tokens.shape as [number, number];
      const x = nn.embed(p.embedding, tokens); //                                    [N, embedding]
      const fromInput = nn.linear(x, p.inputWeights, p.bias); //                     [N, hidden]
      const states: nn.Tensor[] = [nn.tf.zeros([batch, hidden])];
      for (let t = 0; t < steps; t++) {
        const fromState = nn.matMul(states[t], p.hiddenWeights); //                  [batch, hidden]
        states.push(nn.tf.tanh(nn.add(nn.atStep(fromInput, t, steps), fromState)));
      }
      const before = nn.fromSteps(states.slice(0, steps)); // hₜ₋₁                   [N, hidden]
      const h = nn.fromSteps(states.slice(1)); //                                    [N, hidden]
      return { x, before, h, logits: nn.linear(h, p.outputWeights, p.outputBias) }; // [N, symbols]
    },

    loss: nn.tokenCrossEntropy,

    gradients(p, tokens, y, { x, before, h, logits }) {
      const [batch, steps] = tokens.shape as [number, number];
      const dLogits = nn.tokenCrossEntropyGradient(logits, y); // ∂L/∂z              [N, symbols]
      const dOut = nn.matMulTransposed(dLogits, p.outputWeights); // ∂L/∂z·Wᵀ        [N, hidden]
      const slope = nn.sub(nn.constant(1), nn.square(h)); // tanh′ = 1 − h²          [N, hidden]
      const dSteps: nn.Tensor[] = [];
      let dNext: nn.Tensor = nn.tf.zeros([batch, hidden]); // ∂L/∂aₜ₊₁·W_hᵀ
      for (let t = steps - 1; t >= 0; t--) {
        const dH = nn.add(nn.atStep(dOut, t, steps), dNext); // ∂L/∂hₜ               [batch, hidden]
        dSteps[t] = nn.mul(dH, nn.atStep(slope, t, steps)); // ∂L/∂aₜ = ∂L/∂hₜ ⊙ tanh′
        dNext = nn.matMulTransposed(dSteps[t], p.hiddenWeights);
      }
      const dSums = nn.fromSteps(dSteps); // ∂L/∂a                                   [N, hidden]
      return {
        // xₜ reaches the loss through aₜ alone: the rows of a token are added up.
        embedding: nn.embedGradient(nn.matMulTransposed(dSums, p.inputWeights), tokens, p.embedding.shape[0]),
        inputWeights: nn.transposedMatMul(x, dSums), // Σₜ xₜᵀ·∂L/∂aₜ
        hiddenWeights: nn.transposedMatMul(before, dSums), // Σₜ hₜ₋₁ᵀ·∂L/∂aₜ
        bias: nn.sumRows(dSums),
        outputWeights: nn.transposedMatMul(h, dLogits), // Σₜ hₜᵀ·∂L/∂zₜ
        outputBias: nn.sumRows(dLogits),
      };
    },
  });
}

/** Of the three recurrent networks. */
export const recurrentOptions = {
  corpus: nn.corpusOption,
  context: nn.contextOption,
  embedding: {
    describe: 'numbers that represent a token',
    default: 32,
    integer: true,
    minimum: 1,
    maximum: 1024,
  },
  hidden: { describe: 'numbers in the state', default: 128, integer: true, minimum: 1, maximum: 1024 },
} as const;

export const recurrentRecipe: nn.Recipe = {
  ...nn.defaultRecipe,
  steps: 2000,
  batchSize: 50,
  optimizer: 'adam',
  learningRate: 0.003,
  decay: 'linear',
  clipNorm: 5,
};

export const rnn = nn.defineZooModel({
  name: 'rnn',
  title: 'a recurrent network with one tanh layer',
  document: '–',
  dataset: 'sequences',
  options: recurrentOptions,
  provedAt: { options: { context: 4, embedding: 3, hidden: 7 }, size: { features: 4, classes: 5 } },
  recipe: recurrentRecipe,
  create: ({ embedding, hidden }) => network(embedding, hidden),
});
