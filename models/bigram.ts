/**
 * The simplest model of sequences: the next token depends on the token before it alone (makemore, A. Karpathy).
 *
 *   z = W[token]      L = mean over the targets of −log softmax(z)[target]
 *
 * Where its loss is least, softmax(W[a])[b] is the share of b among the tokens that follow a.
 */
import * as nn from '../src/model/index.ts';

const network = nn.defineModel({
  name: 'bigram',
  task: 'next-token',

  // Zeros: at the beginning every token is equally probable.
  initial: ({ classes: symbols }) => ({ weights: nn.zeros([symbols, symbols]) }),

  forward: (parameters, tokens): nn.Activations => ({
    logits: nn.embed(parameters.weights, tokens), // [N, symbols], N = batch·T
  }),

  loss: nn.tokenCrossEntropy,

  gradients({ weights }, tokens, y, { logits }) {
    const dLogits = nn.tokenCrossEntropyGradient(logits, y); // ∂L/∂z = (softmax(z) − onehot(y)) / n      [N, symbols]
    return { weights: nn.embedGradient(dLogits, tokens, weights.shape[0]) }; // Σ of the rows of a token  [symbols, symbols]
  },
});

export const bigram = nn.defineZooModel({
  name: 'bigram',
  title: 'the next character from the one before',
  document: '–',
  dataset: 'sequences',
  options: { corpus: nn.corpusOption, context: nn.contextOption },
  recipe: {
    ...nn.defaultRecipe,
    steps: 2000,
    batchSize: 64,
    optimizer: 'adam',
    learningRate: 0.1,
    decay: 'linear',
  },
  create: () => network,
});
