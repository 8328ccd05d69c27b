import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { keepInputs } from '../node/files.ts';
import { InputError } from '../utils/errors.ts';
import { headlineOf, type Metrics } from '../evaluation/metrics.ts';
import { isRegression } from '../evaluation/regression.ts';
import { shellWord } from '../utils/text.ts';
import { run, loadDataset } from '../runs/run.ts';
import type { RunReport } from '../weights/run-record.ts';
import { readCheckpoint } from '../runs/save.ts';
import { reportName } from '../reports/pictures/run-pictures.ts';
import { definitionFor, type ModelDefinition } from '../model/definition.ts';
import {
  ownFilesIn,
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
import { MetricsLogger, type Followers } from '../runs/follow.ts';
import { hintFor } from './shared/metrics-text.ts';
import { Interrupt } from './shared/interrupt.ts';
import type { Output } from './shared/output.ts';
import { checkpointEvery, trainSettings, aboutModel, trainingOptions } from './shared/training-options.ts';
import { modelInArguments, modelWord } from './shared/zoo-models.ts';
import { entryNamed } from '../runs/user-models.ts';
import { multiplyAddsFor } from '../estimator/fit.ts';

const trainOptions = {
  report: { describe: 'write report.html; not with --no-report', type: 'boolean', default: true },
  out: {
    describe: 'run directory',
    type: 'string',
    defaultDescription: 'runs/<model>-<time>',
  },
  overwrite: { describe: 'replace the run that is in --out', type: 'boolean' },
  'checkpoint-every': {
    describe: 'save the state every so many steps (500) or seconds (30s); 0: never',
    type: 'string',
    default: '60s',
  },
  tensorboard: { describe: 'directory for event files that TensorBoard reads', type: 'string' },
  'metrics-file': { describe: 'file that gets a JSON line for each epoch', type: 'string' },
  'start-from': { describe: 'weights to begin with: a run, a weights.json', type: 'string' },
  resume: { describe: 'continue the interrupted run in this directory', type: 'string' },
  'force-resume': {
    describe: 'resume although options or data differ',
    type: 'boolean',
    implies: 'resume',
  },
} as const;

const command: CommandBody = {
  async builder(yargs: Argv): Promise<Argv> {
    const entry = await modelInArguments();
    return yargs
      .positional('model', modelWord())
      .options({
        ...trainingOptions(entry),
        ...trainOptions,
        ...dataOptions,
        ...backendOptions,
        ...(entry ? modelOptions(entry) : {}),
      } as never)
      .example('$0 train mnist', 'digits, by hand-written gradients')
      .example('$0 train ./my-model.ts --data-file t.csv --target y', 'and a model of your own')
      .example('$0 train mnist --preset document --gradients autodiff', '')
      .example('$0 train mlp --data-file iris.csv --target species', 'a table of your own')
      .example('$0 train mnist --start-from runs/mnist-…', 'further, perhaps on other data')
      .example('$0 train mnist --resume runs/mnist-…', 'go on where Ctrl-C or a crash ended it')
      .epilogue(
        entry
          ? aboutModel(entry)
          : 'Name a model to see its own options, its defaults and its presets: zoo train mnist --help.',
      );
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const interrupt = new Interrupt(output);
    const named = await entryNamed(args.model as string);
    const resumed = await resumption(named, args);
    const entry = definitionFor(named, { own: ownFilesIn(args) ?? resumed?.data.own });
    const { checkpoint } = resumed ?? {};
    const start = await startIn(entry, args);
    const settings = trainSettings(entry, { ...args, ...start?.options }, checkpoint?.run);
    const { options, recipe } = settings;
    const every = checkpointEvery(args.checkpointEvery as string);
    const data = { ...dataRequest(args, options, output), ...resumed?.data };
    const dataset = await loadDataset({ entry, recipe, data });
    const backend = await startBackend(
      args.backend === 'auto' && checkpoint ? { ...args, backend: checkpoint.run.backend } : args,
      output,
      multiplyAddsFor({ ...settings, entry }, dataset),
    );
    const line = new EpochLine(recipe.epochs, output);
    const follower = new MetricsLogger(await followersIn(args), (message) => output.warn(message));
    const report = await run({
      ...settings,
      entry,
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
      async onStart({ name, source, standIn, train, test }, out) {
        await follower.begin(entry.name, out);
        interrupt.trainingBegins();
        output.say(`data: ${name}, source ${source}, ${train.rows} training and ${test.rows} test rows`);
        if (standIn) output.warn(standIn);
        if (checkpoint) output.say(`resumed: ${checkpoint.state.epoch} of ${recipe.epochs} epochs are done`);
      },
    }).finally(() => {
      line.clear();
      interrupt.allIsSaved();
    });
    follower.end(report.result.epochs, report.metrics.test as object);
    const page = join(report.out, reportName);
    const toLookAt = existsSync(page) ? `\nto look at     ${relative('', page)}` : '';
    const hint = hintFor(report);
    output.result(summary(report) + toLookAt, { ...document(report), hint });
    if (hint !== undefined) output.warn(hint);
    if (report.result.interrupted) output.say(`to continue: ${howToResume(report)}`);
    // A signal that found nothing left to train ends a run that is complete.
    if (report.status === 'interrupted') process.exitCode = interrupt.exitCode;
  },
};
export default command;

/** The weights to begin with, and the options that made their network, as far as the command line names no others. */
async function startIn(entry: ModelDefinition, args: Arguments) {
  if (args.startFrom === undefined) return undefined;
  if (args.resume !== undefined)
    throw new InputError('A resumed run goes on with its own weights: leave out --start-from.');
  const { start, saved } = await startFrom(args.startFrom as string, entry);
  const options = Object.entries(saved.file.options).filter(([name]) => args[name] === undefined);
  return { start, options: Object.fromEntries(options) };
}

/** Where the training is to be followed. @throws InputError where that would write over data */
async function followersIn({ tensorboard, metricsFile, dataFile }: Arguments): Promise<Followers> {
  if (metricsFile !== undefined && dataFile !== undefined)
    await keepInputs(metricsFile as string, [dataFile as string]);
  return { tensorboard: tensorboard as string, metricsFile: metricsFile as string };
}

/** The run to continue, with its data asked for as it was unless the command line says otherwise. */
async function resumption(entry: ModelDefinition, args: Arguments) {
  if (args.resume === undefined) return undefined;
  const directory = resolve(args.resume as string);
  if (args.out !== undefined && resolve(args.out as string) !== directory) {
    throw new InputError('A resumed run stays in its directory: --resume is enough, without --out.');
  }
  const checkpoint = await readCheckpoint(directory, entry);
  const asked = args.dataDir !== undefined || args.dataFile !== undefined || args.data !== 'auto';
  const data: Partial<RunReport['request']['data']> = asked ? {} : checkpoint.data;
  return { directory, checkpoint, data };
}

const howToResume = ({ request, out }: RunReport): string =>
  `zoo train ${shellWord(request.entry.file?.path ?? request.entry.name)} --resume ${shellWord(relative('', out) || '.')}`;

/** `95.61 %`, or of a regression `R² 0.4525, off by 43.2 on average`. */
function shown(metrics: Metrics): string {
  const { name, text } = headlineOf(metrics);
  if (!isRegression(metrics)) return text;
  return `${name} ${text}, off by ${metrics.mae.toPrecision(4)} on average`;
}

function summary({ result, metrics, dataset, out }: RunReport): string {
  const restored = result.restoredEpoch ? `\nbest weights   of epoch ${result.restoredEpoch}, restored` : '';
  const validation = metrics.validation ? `\nvalidation     ${shown(metrics.validation)}` : '';
  const { probabilities } = metrics.test;
  const outputs = probabilities
    ? `\noutputs        ${probabilities.map((p) => p.toFixed(8)).join('  ')}`
    : '';
  return (
    `trained        ${result.epochs} epochs, ${result.steps} steps in ${result.seconds.toFixed(1)} s ` +
    `(${Math.round(result.steps / result.seconds)} steps/s)${restored}\n` +
    `training       ${shown(metrics.train)}, loss ${metrics.train.loss.toPrecision(5)}${validation}\n` +
    `test           ${shown(metrics.test)}, loss ${metrics.test.loss.toPrecision(5)}${outputs}\n` +
    `data           ${dataset.name}, ${dataset.source}${dataset.standIn ? ' (a stand-in, not the real data)' : ''}\n` +
    `saved in       ${relative('', out) || '.'}`
  );
}

function document(report: RunReport) {
  const { request, dataset, result, metrics, out } = report;
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
    ...(report.status === 'interrupted' && { interrupted: true }),
    ...(result.interrupted && { resume: howToResume(report) }),
  };
}
