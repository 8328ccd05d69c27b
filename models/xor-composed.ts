/**
 * Document 004's XOR from three gates, AND(NAND(x), OR(x)): each gate a trained perceptron, nine parameters in all.
 *
 *   pair = [σ(x·w_nand + b_nand), σ(x·w_or + b_or)]        z = pair·w_and + b_and        ŷ = σ(z)
 *
 * Its parameters come from training the gates one by one; that the three together can be differentiated as one
 * network is what its gradients show.
 */
import {
  constant,
  defineModel,
  defineZooModel,
  halfSumSigmoidCrossEntropy,
  linear,
  matMulTransposed,
  mul,
  type ParameterSet,
  sigmoid,
  square,
  sub,
  sumRows,
  tf,
  transposedMatMul,
} from '../src/model/index.ts';
import { gate } from './gate.ts';

const perceptron = gate.create({ gate: 'and', asPrinted: false });

const composed = defineModel({
  name: 'xor-composed',
  task: 'binary',

  initial(shape) {
    const [nand, or, and] = [perceptron.initial(shape), perceptron.initial(shape), perceptron.initial(shape)];
    return compose({ nand, or, and });
  },

  forward({ nandWeights, nandBias, orWeights, orBias, andWeights, andBias }, x) {
    const nand = sigmoid(linear(x, nandWeights, nandBias)); //  [batch, 1]
    const or = sigmoid(linear(x, orWeights, orBias)); //        [batch, 1]
    const pair = tf.concat([nand, or], 1); //                    [batch, 2]
    return { nand, or, pair, logits: linear(pair, andWeights, andBias) }; // [batch, 1]
  },

  loss: halfSumSigmoidCrossEntropy,

  gradients({ andWeights }, x, y, { nand, or, pair, logits }) {
    const dLogits = mul(sub(sigmoid(logits), y), constant(1 / 2)); //    ∂L/∂z = ½(ŷ − y)      [batch, 1]
    const [dNand, dOr] = tf.split(matMulTransposed(dLogits, andWeights), 2, 1); // ∂L/∂pair = ∂L/∂z·w_andᵀ
    const dNandSum = mul(dNand, sub(nand, square(nand))); //             ∂L/∂nand ⊙ σ′         [batch, 1]
    const dOrSum = mul(dOr, sub(or, square(or))); //                     ∂L/∂or ⊙ σ′           [batch, 1]
    return {
      nandWeights: transposedMatMul(x, dNandSum), //                    xᵀ·(∂L/∂nand ⊙ σ′)
      nandBias: sumRows(dNandSum), //                                   Σ (∂L/∂nand ⊙ σ′)
      orWeights: transposedMatMul(x, dOrSum), //                        xᵀ·(∂L/∂or ⊙ σ′)
      orBias: sumRows(dOrSum), //                                       Σ (∂L/∂or ⊙ σ′)
      andWeights: transposedMatMul(pair, dLogits), //                   pairᵀ·∂L/∂z
      andBias: sumRows(dLogits), //                                     Σ ∂L/∂z
    };
  },
});

function compose({ nand, or, and }: Record<string, ParameterSet>): ParameterSet {
  return {
    nandWeights: nand.weights,
    nandBias: nand.bias,
    orWeights: or.weights,
    orBias: or.bias,
    andWeights: and.weights,
    andBias: and.bias,
  };
}

export const xorComposed = defineZooModel({
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
