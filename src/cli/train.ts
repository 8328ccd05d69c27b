import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { keepInputs } from '../node/files.ts';
import {
  baselineText,
  baselineWarning,
  overfittingWarning,
  positiveClassOf,
  positiveWarning,
} from './shared/results.ts';
import { InputError } from '../utils/errors.ts';
import { headlineOf, type Metrics } from '../evaluation/metrics.ts';
import { type Baselines, namedBaselines } from '../evaluation/ngrams.ts';
import { isRegression } from '../evaluation/regression.ts';
import { isTokenMetrics } from '../evaluation/tokens.ts';
import { counted, percent, shellWord } from '../utils/text.ts';
import { run, loadDataset } from '../runs/run.ts';
import type { RunReport } from '../weights/run-record.ts';
import { readCheckpoint } from '../runs/save.ts';
import { reportName } from '../reports/pictures/run-pictures.ts';
import { definitionFor, type ModelDefinition } from '../model/definition.ts';
import {
  userFilesIn,
  backendOptions,
  dataOptions,
  dataRequest,
  modelOptions,
  startBackend,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import { EpochLine } from './shared/progress.ts';
import { startFrom } from '../runs/resumption.ts';
import { MetricsLogger, type MetricsFiles } from '../runs/metrics-logger.ts';
import { Interrupt } from './shared/interrupt.ts';
import type { Output } from './shared/output.ts';
import {
  checkpointEvery,
  trainSettings,
  aboutModel,
  trainingOptions,
  modelInArguments,
  modelWord,
} from './shared/model-options.ts';
import { definitionNamed } from '../runs/user-models.ts';
import { multiplyAddsFor } from '../estimator/train.ts';

const trainOptions = {
  out: { describe: 'run directory', type: 'string', defaultDescription: 'runs/<model>-<time>' },
  overwrite: { describe: 'replace an existing run in --out', type: 'boolean' },
  report: { describe: 'write report.html; --no-report skips it', type: 'boolean', default: true },
  tensorboard: { describe: 'directory for TensorBoard event files', type: 'string' },
  'metrics-file': { describe: 'append one JSON line per recorded epoch to this file', type: 'string' },
  'start-from': { describe: 'initial weights: a run directory or a weights.json', type: 'string' },
  'checkpoint-every': {
    describe: 'checkpoint interval in steps (500) or seconds (30s); 0: no checkpoints',
    type: 'string',
    default: '60s',
  },
  resume: { describe: 'resume the interrupted run in this directory', type: 'string' },
  'force-resume': {
    describe: 'resume even if options or data have changed',
    type: 'boolean',
    implies: 'resume',
  },
} as const;

const command: CommandBody = {
  async builder(yargs: Argv): Promise<Argv> {
    const definition = await modelInArguments();
    return yargs
      .positional('model', modelWord())
      .options({
        ...trainingOptions(definition),
        ...trainOptions,
        ...dataOptions,
        ...backendOptions,
        ...(definition ? modelOptions(definition) : {}),
      } as never)
      .example('$0 train mnist', 'train on MNIST with hand-written gradients')
      .example('$0 train mnist --gradients autodiff', 'train with automatic differentiation')
      .example('$0 train mlp --data-file iris.csv --target species', 'train on your own table')
      .example('$0 train ./my-model.ts --data-file t.csv --target y', 'train your own model')
      .example('$0 train mnist --start-from runs/mnist-…', 'start from saved weights')
      .example('$0 train mnist --resume runs/mnist-…', 'resume after Ctrl-C or a crash')
      .epilogue(
        definition
          ? aboutModel(definition)
          : 'For the options, defaults and presets of a model, name it: zoo train mnist --help',
      );
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const interrupt = new Interrupt(output);
    const named = await definitionNamed(args.model as string);
    const resumed = await resumption(named, args);
    const definition = definitionFor(named, { own: userFilesIn(args) ?? resumed?.data.own });
    const { checkpoint } = resumed ?? {};
    const start = await initialWeights(definition, args);
    const settings = trainSettings(definition, { ...args, ...start?.options }, checkpoint?.run);
    const { options, recipe } = settings;
    if (args.epochs !== undefined && recipe.steps > 0) {
      output.warn(`--epochs is ignored: --steps ${recipe.steps} says how long to train.`);
    }
    const every = checkpointEvery(args.checkpointEvery as string);
    const data = { ...dataRequest(args, options, output), ...resumed?.data };
    const dataset = await loadDataset({ definition, recipe, data });
    const backend = await startBackend(
      args.backend === 'auto' && checkpoint ? { ...args, backend: checkpoint.run.backend } : args,
      output,
      multiplyAddsFor({ ...settings, definition }, dataset),
    );
    const line = new EpochLine(recipe, output);
    const follower = new MetricsLogger(await metricsLogs(args), (message) => output.warn(message));
    const report = await run({
      ...settings,
      definition,
      backend,
      data,
      dataset,
      out: resumed?.directory ?? (args.out as string | undefined),
      overwrite: args.overwrite === true,
      start: start?.start ?? checkpoint?.run.start,
      checkpointEvery: every,
      report: args.report !== false,
      resume: checkpoint && { checkpoint, force: args.forceResume === true },
      hooks: {
        onStep: line.onStep,
        onEpoch(record, parameters) {
          line.onEpoch(record, parameters);
          follower.onEpoch(record);
        },
        shouldStop: () => interrupt.signal !== undefined,
      },
      async onStart(started, out) {
        const { name, source, standIn, train, test } = started;
        const positive = positiveWarning(started);
        await follower.begin(definition.name, out);
        interrupt.trainingBegins();
        output.say(`data: ${name} (${source}), ${train.rows} training rows, ${test.rows} test rows`);
        if (standIn) output.warn(standIn);
        if (positive) output.warn(positive);
        if (checkpoint) {
          const { step, epoch } = checkpoint.state;
          const { steps, epochs } = recipe;
          output.say(
            `resuming after ${steps > 0 ? `step ${step} of ${steps}` : `epoch ${epoch} of ${epochs}`}`,
          );
        }
      },
    }).finally(() => {
      line.clear();
      interrupt.allIsSaved();
    });
    follower.end(
      recipe.steps > 0 ? report.result.steps : report.result.epochs,
      report.metrics.test as object,
    );
    const warning = baselineWarning(report) ?? overfittingWarning(report);
    output.result(summary(report), { ...document(report), hint: warning });
    if (warning !== undefined) output.warn(warning);
    if (report.result.interrupted) output.say(`to resume: ${resumeCommand(report)}`);
    // Not if the signal came after the last step: then the run is complete.
    if (report.status === 'interrupted') process.exitCode = interrupt.exitCode;
  },
};
export default command;

/** The initial weights of `--start-from`, and their model's options, except those given on the command line. */
async function initialWeights(definition: ModelDefinition, args: Arguments) {
  if (args.startFrom === undefined) return undefined;
  if (args.resume !== undefined)
    throw new InputError(
      '--resume and --start-from cannot be combined: a resumed run continues with its own weights.',
    );
  const { start, saved } = await startFrom(args.startFrom as string, definition);
  const options = Object.entries(saved.file.options).filter(([name]) => args[name] === undefined);
  return { start, options: Object.fromEntries(options) };
}

/** Where metrics are logged. @throws InputError if a log would overwrite the training data */
async function metricsLogs({ tensorboard, metricsFile, dataFile }: Arguments): Promise<MetricsFiles> {
  if (metricsFile !== undefined && dataFile !== undefined)
    await keepInputs(metricsFile as string, [dataFile as string]);
  return { tensorboard: tensorboard as string, metricsFile: metricsFile as string };
}

/** The run to resume, with the data it was trained on unless the command line names other data. */
async function resumption(definition: ModelDefinition, args: Arguments) {
  if (args.resume === undefined) return undefined;
  const directory = resolve(args.resume as string);
  if (args.out !== undefined && resolve(args.out as string) !== directory) {
    throw new InputError(
      '--resume and --out name different directories: a resumed run stays in its own. Leave out --out.',
    );
  }
  const checkpoint = await readCheckpoint(directory, definition);
  const namesData = args.dataDir !== undefined || args.dataFile !== undefined || args.data !== 'auto';
  const data: Partial<RunReport['request']['data']> = namesData ? {} : checkpoint.data;
  return { directory, checkpoint, data };
}

const resumeCommand = ({ request, out }: RunReport): string =>
  `zoo train ${shellWord(request.definition.file?.path ?? request.definition.name)} --resume ${shellWord(relative('', out) || '.')}`;

/** `95.61 %`, or for a regression `R² 0.4525, mean absolute error 43.20`. */
function scoreText(metrics: Metrics): string {
  if (isTokenMetrics(metrics)) {
    return `${metrics.loss.toFixed(4)} nats per character, perplexity ${metrics.perplexity.toFixed(2)}, accuracy ${percent(metrics.accuracy)}`;
  }
  const { name, text } = headlineOf(metrics);
  if (!isRegression(metrics)) return text;
  return `${name} ${text}, mean absolute error ${metrics.mae.toPrecision(4)}`;
}

/** The score of a model of tokens is its loss. */
const lossText = (metrics: Metrics): string =>
  isTokenMetrics(metrics) ? '' : `, loss ${metrics.loss.toPrecision(5)}`;

/** `uniform 3.30, 3 previous characters 2.15 nats` */
const baselinesText = (baselines: Baselines): string =>
  Object.entries(namedBaselines(baselines))
    .map(([name, loss]) => `${name} ${loss.toFixed(2)}`)
    .join(', ') + ' nats';

/** The result for people, one aligned line per item. */
function summary({ request, result, metrics, dataset, out }: RunReport): string {
  const { epochs, steps, seconds, restoredEpoch } = result;
  const { train, validation, test } = metrics;
  const report = join(out, reportName);
  const rate = Math.round(steps / seconds);
  const lines: [label: string, value: string | undefined][] = [
    [
      'trained',
      `${request.recipe.steps > 0 ? '' : `${counted(epochs, 'epoch')}, `}${counted(steps, 'step')} in ${seconds.toFixed(1)} s (${rate} steps/s)`,
    ],
    ['best weights', restoredEpoch ? `restored from epoch ${restoredEpoch}` : undefined],
    ['training', scoreText(train) + lossText(train)],
    ['validation', validation && scoreText(validation)],
    ['test', scoreText(test) + lossText(test)],
    ['baselines', metrics.baselines && baselinesText(metrics.baselines)],
    [
      'baseline',
      isRegression(test) || isTokenMetrics(test) ? undefined : baselineText(test, dataset.classNames),
    ],
    ['outputs', test.probabilities?.map((p) => p.toFixed(8)).join('  ')],
    ['data', `${dataset.name}, ${dataset.source}${dataset.standIn ? ' (synthetic, not the real data)' : ''}`],
    ['saved in', relative('', out) || '.'],
    ['report', existsSync(report) ? relative('', report) : undefined],
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => label.padEnd(15) + value)
    .join('\n');
}

/** The result for `--json`. */
function document(report: RunReport) {
  const { request, dataset, result, metrics, out } = report;
  return {
    model: request.definition.name,
    dataset: { name: dataset.name, source: dataset.source },
    backend: request.backend,
    ...positiveClassOf(report.model, dataset.classNames),
    gradients: request.gradients,
    seed: request.recipe.seed,
    epochs: result.epochs,
    steps: result.steps,
    seconds: result.seconds,
    stepsPerSecond: result.steps / result.seconds,
    restoredEpoch: result.restoredEpoch,
    metrics,
    out,
    ...(report.status === 'interrupted' && { interrupted: true }),
    ...(result.interrupted && { resume: resumeCommand(report) }),
  };
}
