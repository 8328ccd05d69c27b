/**
 * Document 004's XOR from three gates, AND(NAND(x), OR(x)): each gate a trained perceptron, nine parameters in all.
 *
 *   pair = [σ(x·w_nand + b_nand), σ(x·w_or + b_or)]        z = pair·w_and + b_and        ŷ = σ(z)
 *
 * Its parameters come from training the gates one by one; its gradients treat the three gates as one network.
 */
import * as nn from '../src/model/index.ts';
import { tf } from '../src/model/index.ts';
import { gate } from './gate.ts';

const perceptron = gate.create({ gate: 'and', asPrinted: false });

const composed = nn.defineModel({
  name: 'xor-composed',
  task: 'binary',

  initial(shape) {
    const [nand, or, and] = [perceptron.initial(shape), perceptron.initial(shape), perceptron.initial(shape)];
    return compose({ nand, or, and });
  },

  forward({ nandWeights, nandBias, orWeights, orBias, andWeights, andBias }, x) {
    const nand = nn.sigmoid(nn.linear(x, nandWeights, nandBias)); // [batch, 1]
    const or = nn.sigmoid(nn.linear(x, orWeights, orBias)); //       [batch, 1]
    const pair = tf.concat([nand, or], 1); // [batch, 2]
    return { nand, or, pair, logits: nn.linear(pair, andWeights, andBias) }; // [batch, 1]
  },

  loss: nn.halfSumSigmoidCrossEntropy,

  gradients({ andWeights }, x, y, { nand, or, pair, logits }) {
    const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / 2)); // ∂L/∂z = ½(ŷ − y)      [batch, 1]
    const [dNand, dOr] = tf.split(nn.matMulTransposed(dLogits, andWeights), 2, 1); // ∂L/∂pair = ∂L/∂z·w_andᵀ
    const dNandSum = nn.mul(dNand, nn.sub(nand, nn.square(nand))); // ∂L/∂nand ⊙ σ′         [batch, 1]
    const dOrSum = nn.mul(dOr, nn.sub(or, nn.square(or))); //         ∂L/∂or ⊙ σ′           [batch, 1]
    return {
      nandWeights: nn.transposedMatMul(x, dNandSum), //  xᵀ·(∂L/∂nand ⊙ σ′)
      nandBias: nn.sumRows(dNandSum), //                 Σ (∂L/∂nand ⊙ σ′)
      orWeights: nn.transposedMatMul(x, dOrSum), //      xᵀ·(∂L/∂or ⊙ σ′)
      orBias: nn.sumRows(dOrSum), //                     Σ (∂L/∂or ⊙ σ′)
      andWeights: nn.transposedMatMul(pair, dLogits), // pairᵀ·∂L/∂z
      andBias: nn.sumRows(dLogits), //                   Σ ∂L/∂z
    };
  },
});

function compose({ nand, or, and }: Record<string, nn.ParameterSet>): nn.ParameterSet {
  return {
    nandWeights: nand.weights,
    nandBias: nand.bias,
    orWeights: or.weights,
    orBias: or.bias,
    andWeights: and.weights,
    andBias: and.bias,
  };
}

export const xorComposed = nn.defineZooModel({
  name: 'xor-composed',
  title: 'XOR as AND(NAND(x), OR(x)) of three trained gates',
  document: '004',
  dataset: 'logic-gates',
  options: {
    gate: { describe: 'the truth table it is judged by', default: 'xor', choices: ['xor'] },
  },
  size: { features: 2, classes: 2 },
  recipe: gate.recipe,
  composition: {
    of: gate,
    parts: { nand: { gate: 'nand' }, or: { gate: 'or' }, and: { gate: 'and' } },
    compose,
  },
  create: () => composed,
});
