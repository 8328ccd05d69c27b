/**
 * Mistakes that once passed every test, to be noticed ever after: `npm run mutants -- --named`.
 */
import type { Planter } from './plant.ts';
import type { Mutant } from './types.ts';

interface Named {
  what: string;
  file: string;
  original: string;
  replacement: string;
}

const named: Named[] = [
  {
    what: 'the test score is computed on the training rows',
    file: 'src/estimator/fit.ts',
    original: 'test: score(test)',
    replacement: 'test: score(train)',
  },
  {
    what: 'minibatches are not shuffled',
    file: 'src/training/train.ts',
    original: 'this.#random.shuffle(this.#split.rows.slice())',
    replacement: 'this.#split.rows.slice()',
  },
  {
    what: 'the cosine decay stops half-way',
    file: 'src/training/schedule.ts',
    original: '(1 + Math.cos(Math.PI * done))',
    replacement: '(1 + Math.cos((Math.PI * done) / 2))',
  },
  {
    what: 'gradient descent ignores its learning rate',
    file: 'src/training/optimizers.ts',
    original: 'addScaled(parameter, step, -learningRate)',
    replacement: 'addScaled(parameter, step, -0.1)',
  },
  {
    what: 'an optimizer of TensorFlow.js ignores a rate that changes',
    file: 'src/training/optimizers.ts',
    original: 'this.#optimizer.learningRate = learningRate',
    replacement: 'void learningRate',
  },
  {
    what: 'bytes are divided by 256, not by their divisor',
    file: 'src/data/batches.ts',
    original: 'byte / divisor)',
    replacement: 'byte / 256)',
  },
  {
    what: 'the same in double precision',
    file: 'src/data/batches.ts',
    original: 'to[i] = from[i] / divisor',
    replacement: 'to[i] = from[i] / 256',
  },
  {
    what: 'half as many rows validate as were asked for',
    file: 'src/training/validation.ts',
    original: 'Math.floor(train.rows * share)',
    replacement: 'Math.floor((train.rows * share) / 2)',
  },
  {
    what: '30s is read as thirty minutes',
    file: 'src/cli/shared/training-options.ts',
    original: '{ seconds: count }',
    replacement: '{ seconds: 60 * count }',
  },
  {
    what: 'reproduce forgets its exit code',
    file: 'src/cli/reproduce.ts',
    original: 'process.exitCode = 1',
    replacement: 'process.exitCode = 0',
  },
  {
    what: 'the hidden layer of digits begins with half the variance',
    file: 'models/mnist.ts',
    original: 'Math.sqrt(2 / features)',
    replacement: 'Math.sqrt(1 / features)',
  },
  {
    what: 'the second filters begin with half the variance',
    file: 'models/lenet.ts',
    original: 'Math.sqrt(2 / (size ** 2 * f1))',
    replacement: 'Math.sqrt(1 / (size ** 2 * f1))',
  },
];

/** @throws where the source no longer holds what the mistake is made of: the list is to follow it */
export const namedMutants = (planter: Planter): (Mutant & { what: string })[] =>
  named.map(({ what, file, original, replacement }) => {
    const text = planter.text(file);
    const start = text.indexOf(original);
    if (start < 0 || text.includes(original, start + 1))
      throw new Error(`${file} does not hold exactly one "${original}".`);
    const line = text.slice(0, start).split('\n').length;
    const code = text.split('\n')[line - 1].trim();
    return {
      what,
      file,
      line,
      code,
      start,
      end: start + original.length,
      original,
      replacement,
      kind: 'named',
    };
  });
