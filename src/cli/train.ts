import { relative } from 'node:path';
import type { Argv } from 'yargs';
import { models } from '../../models/index.ts';
import { InputError } from '../errors.ts';
import { gradientSources, type GradientSourceName } from '../gradients/index.ts';
import { run, type RunReport } from '../run.ts';
import { optimizerNames, type Recipe, type ZooEntry } from '../zoo.ts';
import { EpochLine } from './epoch-line.ts';
import {
  backendOptions,
  checkedNumber,
  dataOptions,
  dataRequest,
  modelOptions,
  modelOptionValues,
  startBackend,
  type Arguments,
  type CommandBody,
} from './options.ts';
import type { Output } from './output.ts';
import { findModel, modelInArguments } from './zoo-models.ts';

const trainOptions = {
  gradients: {
    describe: 'by hand, by tf.variableGrads, or by central differences',
    choices: Object.keys(gradientSources),
    default: 'manual',
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
  'weight-decay': { describe: 'added to gradients: this times the weight', type: 'number' },
  'label-smoothing': { describe: 'probability spread over all classes', type: 'number' },
  'input-noise': { describe: 'standard deviation of noise on inputs', type: 'number' },
  'record-every': { describe: 'epochs between records of loss and accuracy', type: 'number' },
  out: { describe: 'run directory; default runs/<model>-<time>', type: 'string' },
  'as-printed': { describe: 'with the document’s errors', type: 'boolean', default: false },
} as const;

const command: CommandBody = {
  builder(yargs: Argv): Argv {
    const entry = modelInArguments();
    return yargs
      .positional('model', { describe: 'which model', choices: Object.keys(models), type: 'string' })
      .options({
        ...trainOptions,
        ...dataOptions,
        ...backendOptions,
        ...(entry ? modelOptions(entry) : {}),
      } as never)
      .example('$0 train mnist', 'digits, by hand-written gradients')
      .example('$0 train mnist --preset document --gradients autodiff', '')
      .epilogue(entry ? `${entry.title}\nDefaults: ${recipeLine(entry)}` : '');
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const entry = findModel(args.model as string);
    const { recipe, options } = settings(entry, args);
    const recordEvery =
      args.recordEvery === undefined
        ? // A few hundred points make a smooth curve; 20 000 epochs need not be measured one by one.
          Math.max(1, recipe.batchSize === 'full' ? Math.round(recipe.epochs / 200) : 1)
        : checkedNumber('--record-every', args.recordEvery, { minimum: 1, integer: true });
    const backend = await startBackend(args, output);
    const line = new EpochLine(recipe.epochs, output);
    const report = await run({
      entry,
      options,
      asPrinted: args.asPrinted as boolean,
      recipe,
      gradients: args.gradients as GradientSourceName,
      backend,
      data: dataRequest(args, { ...options, seed: recipe.seed }, output),
      out: args.out as string | undefined,
      recordEvery,
      hooks: { onStep: line.onStep, onEpoch: line.onEpoch },
      onStart({ name, source, standIn, train, test }) {
        output.say(`data: ${name}, source ${source}, ${train.rows} training and ${test.rows} test rows`);
        if (standIn) output.warn(standIn);
      },
    }).finally(() => line.clear());
    output.result(summary(report), document(report));
  },
};
export default command;

const recipeLine = ({ recipe }: ZooEntry): string =>
  Object.entries(recipe)
    .filter(([, value]) => value !== 0 && value !== 'none')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** The recipe and model options: the user's word, else the preset's, else the model's own. */
function settings(entry: ZooEntry, args: Arguments) {
  const presetName = args.preset as string | undefined;
  const preset = presetName === undefined ? {} : entry.presets?.[presetName];
  if (!preset) {
    const known = Object.keys(entry.presets ?? {}).join(', ') || 'none';
    throw new InputError(`${entry.name} has no preset "${presetName}"; it has: ${known}.`);
  }
  const number = (key: keyof Recipe, option: string, limits: Parameters<typeof checkedNumber>[2]) =>
    args[key] === undefined
      ? ((preset[key] ?? entry.recipe[key]) as number)
      : checkedNumber(`--${option}`, args[key], limits);
  const choice = <K extends 'decay' | 'optimizer'>(key: K) =>
    (args[key] ?? preset[key] ?? entry.recipe[key]) as Recipe[K];
  const recipe: Recipe = {
    epochs: number('epochs', 'epochs', { minimum: 1, maximum: 1e7, integer: true }),
    batchSize:
      args.batchSize === undefined
        ? (preset.batchSize ?? entry.recipe.batchSize)
        : args.batchSize === 'full'
          ? 'full'
          : checkedNumber('--batch-size', Number(args.batchSize), {
              minimum: 1,
              maximum: 1e9,
              integer: true,
            }),
    optimizer: choice('optimizer'),
    learningRate: number('learningRate', 'learning-rate', { minimum: 1e-12, maximum: 1e6 }),
    decay: choice('decay'),
    seed: number('seed', 'seed', { minimum: 0, maximum: 2 ** 32 - 1, integer: true }),
    validation: number('validation', 'validation', { minimum: 0, maximum: 0.5 }),
    patience: number('patience', 'patience', { minimum: 0, maximum: 1e7, integer: true }),
    weightDecay: number('weightDecay', 'weight-decay', { minimum: 0, maximum: 1 }),
    labelSmoothing: number('labelSmoothing', 'label-smoothing', { minimum: 0, maximum: 0.999 }),
    inputNoise: number('inputNoise', 'input-noise', { minimum: 0, maximum: 10 }),
  };
  return { recipe, options: modelOptionValues(entry, args, preset) };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function summary({ result, metrics, dataset, out }: RunReport): string {
  const restored = result.restoredEpoch ? `\nbest weights   of epoch ${result.restoredEpoch}, restored` : '';
  const validation = metrics.validation ? `\nvalidation     ${percent(metrics.validation.accuracy)}` : '';
  return (
    `trained        ${result.epochs} epochs, ${result.steps} steps in ${result.seconds.toFixed(1)} s ` +
    `(${Math.round(result.steps / result.seconds)} steps/s)${restored}\n` +
    `training       ${percent(metrics.train.accuracy)}, loss ${metrics.train.loss.toPrecision(5)}${validation}\n` +
    `test           ${percent(metrics.test.accuracy)}, loss ${metrics.test.loss.toPrecision(5)}\n` +
    `data           ${dataset.name}, ${dataset.source}${dataset.standIn ? ' (a stand-in, not the real data)' : ''}\n` +
    `saved in       ${relative('', out) || '.'}`
  );
}

function document({ request, dataset, result, metrics, out }: RunReport) {
  return {
    model: request.entry.name,
    dataset: { name: dataset.name, source: dataset.source },
    backend: request.backend,
    gradients: request.gradients,
    seed: request.recipe.seed,
    epochs: result.epochs,
    steps: result.steps,
    seconds: result.seconds,
    stepsPerSecond: result.steps / result.seconds,
    restoredEpoch: result.restoredEpoch,
    metrics,
    out,
  };
}
