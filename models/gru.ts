/**
 * A GRU (K. Cho and others, 2014), with PyTorch's order of gates and its reset gate behind the product with h.
 *
 *   xₜ = E[tokenₜ]      aₜ = xₜ·Wₓ + b      uₜ = hₜ₋₁·W_h + c      r, z = σ(a + u)      n = tanh(a + r ⊙ u)
 *   hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁      logitsₜ = hₜ·W + b′      h before the first token: 0
 *   L = mean over the targets of −log softmax(logits)[target]
 *
 * Backpropagation through time: hₜ acts on the logits, on uₜ₊₁ and, through z, on hₜ₊₁. It is truncated to the tokens of a row. The
 * products that do not depend on the step before are made for all steps at once; their rows are N = batch·T.
 */
import * as nn from '../src/model/index.ts';
import { recurrentOptions, recurrentRecipe } from './rnn.ts';

function network(embedding: number, hidden: number): nn.Model {
  return nn.defineModel({
    name: 'gru',
    task: 'next-token',

    initial({ classes: symbols, random }) {
      const bound = 1 / Math.sqrt(hidden);
      return {
        embedding: nn.normal([symbols, embedding], random),
        inputWeights: nn.uniform([embedding, 3 * hidden], random, -bound, bound),
        inputBias: nn.zeros([3 * hidden]),
        hiddenWeights: nn.uniform([hidden, 3 * hidden], random, -bound, bound),
        hiddenBias: nn.zeros([3 * hidden]),
        outputWeights: nn.uniform([hidden, symbols], random, -bound, bound),
        outputBias: nn.zeros([symbols]),
      };
    },

    forward(p, tokens): nn.Activations {
      const [batch, steps] = tokens.shape as [number, number];
      const x = nn.embed(p.embedding, tokens); //                                    [N, embedding]
      const fromInput = nn.linear(x, p.inputWeights, p.inputBias); // a              [N, 3·hidden]
      const states: nn.Tensor[] = [nn.tf.zeros([batch, hidden])];
      const [sums, gates]: nn.Tensor[][] = [[], []];
      for (let t = 0; t < steps; t++) {
        sums.push(nn.linear(states[t], p.hiddenWeights, p.hiddenBias)); // uₜ        [batch, 3·hidden]
        const cell = nn.gruCell(nn.atStep(fromInput, t, steps), sums[t], states[t]);
        states.push(cell.h);
        gates.push(cell.gates);
      }
      const h = nn.fromSteps(states.slice(1)); //                                    [N, hidden]
      return {
        ...nn.named('state', states), // h before each step, and after the last      [batch, hidden] each
        ...nn.named('sum', sums), // u                                               [batch, 3·hidden] each
        ...nn.named('gates', gates), // r, z, n                                      [batch, 3·hidden] each
        x,
        before: nn.fromSteps(states.slice(0, steps)), // hₜ₋₁                        [N, hidden]
        h,
        logits: nn.linear(h, p.outputWeights, p.outputBias), //                      [N, symbols]
      };
    },

    loss: nn.tokenCrossEntropy,

    gradients(p, tokens, y, kept) {
      const [batch, steps] = tokens.shape as [number, number];
      const { x, before, h, logits } = kept;
      const dLogits = nn.tokenCrossEntropyGradient(logits, y); //                    [N, symbols]
      const dOut = nn.matMulTransposed(dLogits, p.outputWeights); //                 [N, hidden]
      const [dInputs, dHiddens]: nn.Tensor[][] = [[], []];
      let dState: nn.Tensor = nn.tf.zeros([batch, hidden]); // what comes back to hₜ from the step after
      for (let t = steps - 1; t >= 0; t--) {
        const dH = nn.add(nn.atStep(dOut, t, steps), dState); // ∂L/∂hₜ              [batch, hidden]
        const cell = nn.gruCellGradient(dH, kept[`gates${t}`], kept[`sum${t}`], kept[`state${t}`]);
        dInputs[t] = cell.fromInput; // ∂L/∂aₜ                                       [batch, 3·hidden]
        dHiddens[t] = cell.fromHidden; // ∂L/∂uₜ                                     [batch, 3·hidden]
        dState = nn.add(cell.h, nn.matMulTransposed(cell.fromHidden, p.hiddenWeights)); // ⊙ z, and through u
      }
      const [dA, dU] = [nn.fromSteps(dInputs), nn.fromSteps(dHiddens)]; //           [N, 3·hidden]
      return {
        // xₜ reaches the loss through aₜ alone: the rows of a token are added up.
        embedding: nn.embedGradient(nn.matMulTransposed(dA, p.inputWeights), tokens, p.embedding.shape[0]),
        inputWeights: nn.transposedMatMul(x, dA), // Σₜ xₜᵀ·∂L/∂aₜ
        inputBias: nn.sumRows(dA),
        hiddenWeights: nn.transposedMatMul(before, dU), // Σₜ hₜ₋₁ᵀ·∂L/∂uₜ
        hiddenBias: nn.sumRows(dU),
        outputWeights: nn.transposedMatMul(h, dLogits), // Σₜ hₜᵀ·∂L/∂logitsₜ
        outputBias: nn.sumRows(dLogits),
      };
    },
  });
}

export const gru = nn.defineZooModel({
  name: 'gru',
  title: 'a recurrent network whose gates decide what to overwrite',
  document: '–',
  dataset: 'sequences',
  options: recurrentOptions,
  provedAt: { options: { context: 4, embedding: 3, hidden: 7 }, size: { features: 4, classes: 5 } },
  recipe: recurrentRecipe,
  create: ({ embedding, hidden }) => network(embedding, hidden),
});
