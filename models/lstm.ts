/**
 * An LSTM (S. Hochreiter, J. Schmidhuber, 1997; forget gate: F. Gers and others, 2000), with PyTorch's order of gates.
 *
 *   xₜ = E[tokenₜ]      aₜ = xₜ·Wₓ + hₜ₋₁·W_h + b      i, f, o = σ(a), g = tanh(a)
 *   cₜ = f ⊙ cₜ₋₁ + i ⊙ g      hₜ = o ⊙ tanh(cₜ)      zₜ = hₜ·W + b′      h and c before the first token: 0
 *   L = mean over the targets of −log softmax(z)[target]
 *
 * Backpropagation through time: hₜ acts on zₜ and aₜ₊₁, cₜ on hₜ and cₜ₊₁. It is truncated to the tokens of a row. The products
 * that do not depend on the step before are made for all steps at once; their rows are N = batch·T.
 */
import * as nn from '../src/model/index.ts';
import { recurrentOptions, recurrentRecipe } from './rnn.ts';

function network(embedding: number, hidden: number): nn.Model {
  return nn.defineModel({
    name: 'lstm',
    task: 'next-token',

    initial({ classes: symbols, random }) {
      const bound = 1 / Math.sqrt(hidden);
      return {
        embedding: nn.normal([symbols, embedding], random),
        inputWeights: nn.uniform([embedding, 4 * hidden], random, -bound, bound),
        hiddenWeights: nn.uniform([hidden, 4 * hidden], random, -bound, bound),
        bias: nn.zeros([4 * hidden]),
        outputWeights: nn.uniform([hidden, symbols], random, -bound, bound),
        outputBias: nn.zeros([symbols]),
      };
    },

    forward(p, tokens): nn.Activations {
      const [batch, steps] = tokens.shape as [number, number];
      const x = nn.embed(p.embedding, tokens); //                                    [N, embedding]
      const fromInput = nn.linear(x, p.inputWeights, p.bias); //                     [N, 4·hidden]
      const zero: nn.Tensor = nn.tf.zeros([batch, hidden]);
      const [states, cells, gates] = [[zero], [zero], [] as nn.Tensor[]];
      for (let t = 0; t < steps; t++) {
        const fromState = nn.matMul(states[t], p.hiddenWeights); //                  [batch, 4·hidden]
        const cell = nn.lstmCell(nn.add(nn.atStep(fromInput, t, steps), fromState), cells[t]);
        states.push(cell.h);
        cells.push(cell.c);
        gates.push(cell.gates);
      }
      const h = nn.fromSteps(states.slice(1)); //                                    [N, hidden]
      return {
        ...nn.named('cell', cells), // cₜ₋₁ for t = 1 … T, and c_T                   [batch, hidden] each
        ...nn.named('gates', gates), // i, f, g, o                                   [batch, 4·hidden] each
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
      const dLogits = nn.tokenCrossEntropyGradient(logits, y); // ∂L/∂z              [N, symbols]
      const dOut = nn.matMulTransposed(dLogits, p.outputWeights); // ∂L/∂z·Wᵀ        [N, hidden]
      const dSteps: nn.Tensor[] = [];
      let dState: nn.Tensor = nn.tf.zeros([batch, hidden]); // ∂L/∂aₜ₊₁·W_hᵀ
      let dCell = dState; // ∂L/∂cₜ₊₁ ⊙ f
      for (let t = steps - 1; t >= 0; t--) {
        const dH = nn.add(nn.atStep(dOut, t, steps), dState); // ∂L/∂hₜ              [batch, hidden]
        const [gates, cell, next] = [kept[`gates${t}`], kept[`cell${t}`], kept[`cell${t + 1}`]];
        const gradient = nn.lstmCellGradient(dH, dCell, gates, cell, next);
        dSteps[t] = gradient.a; // ∂L/∂aₜ                                            [batch, 4·hidden]
        dState = nn.matMulTransposed(gradient.a, p.hiddenWeights);
        dCell = gradient.c;
      }
      const dSums = nn.fromSteps(dSteps); // ∂L/∂a                                   [N, 4·hidden]
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

export const lstm = nn.defineZooModel({
  name: 'lstm',
  title: 'a recurrent network whose cells remember and forget by gates',
  document: '–',
  dataset: 'sequences',
  options: recurrentOptions,
  provedAt: { options: { context: 4, embedding: 3, hidden: 7 }, size: { features: 4, classes: 5 } },
  recipe: recurrentRecipe,
  create: ({ embedding, hidden }) => network(embedding, hidden),
});
