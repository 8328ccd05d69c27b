import { gradientSources } from '../core/gradients/index.ts';
import { optimizerNames } from '../core/entry.ts';

/** The settings of a training, which `train` takes and `sweep` varies. */
export const trainingOptions = {
  gradients: {
    describe: 'by hand, by tf.variableGrads, or by central differences',
    choices: Object.keys(gradientSources),
    defaultDescription: 'manual',
  },
  preset: { describe: 'a named bundle of settings', type: 'string' },
  epochs: { describe: 'passes over the training rows', type: 'number' },
  'batch-size': { describe: 'rows per step, or full', type: 'string' },
  'learning-rate': { describe: 'step size at the start', type: 'number' },
  decay: { describe: 'how the learning rate falls to 0', choices: ['none', 'linear', 'cosine'] },
  optimizer: { describe: 'how gradients move weights', choices: optimizerNames },
  seed: { describe: 'fixes every random choice', type: 'number' },
  validation: { describe: 'share of training rows set aside, 0 to 0.5', type: 'number' },
  patience: {
    describe: 'epochs without a better validation loss before stopping; 0: never stop',
    type: 'number',
  },
  'record-every': { describe: 'epochs between records of loss and accuracy', type: 'number' },
  'as-printed': { describe: 'with the document’s errors', type: 'boolean' },
} as const;
