import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { Argv, Options } from 'yargs';
import { datasetFor } from '../../datasets/index.ts';
import { InputError } from '../utils/errors.ts';
import { counted, optionName } from '../utils/text.ts';
import { readTrials } from '../runs/sweep/trial-file.ts';
import {
  distinct,
  trialsOf,
  type Trial,
  readDefinition,
  type SweepDefinition,
} from '../runs/sweep/trials.ts';
import { openDirectory, defaultDirectory, type SweepPlan, mergeSweeps } from '../runs/sweep/directory.ts';
import { countsOf, resultsOf, type SweepResults, resultsDocument } from '../runs/sweep/results.ts';
import { runSweep, type SweepOutcome } from '../runs/sweep/run-sweep.ts';
import { multiplyAddsFor } from '../estimator/train.ts';
import { Interrupt } from './shared/interrupt.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  modelOptions,
  repeatable,
  startBackend,
  wholeNumber,
  type Arguments,
  type CommandBody,
  userFilesIn,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { positiveWarning } from './shared/results.ts';
import {
  oneListNote,
  shardIn,
  sweepDefinition,
  writeJob,
  modelOfSweepFile,
  sweepFile,
  SweepDisplay,
  summaryOf,
  sweptText,
} from './shared/sweep.ts';
import { engines } from '../runs/sweep/job.ts';
import { trainingOptions, modelInArguments } from './shared/model-options.ts';
import { definitionFor, type ModelDefinition } from '../model/definition.ts';
import { definitionNamed } from '../runs/user-models.ts';

const sweepOptions = {
  seeds: { describe: 'number of seeds per trial', type: 'number' },
  random: { describe: 'number of random trials instead of a grid', type: 'number' },
  'random-seed': { describe: 'seed of --random', type: 'number', default: 1 },
  workers: { describe: 'parallel trainings [number of CPUs]', type: 'number' },
  shard: { describe: 'run one part of several, such as 1/4', type: 'string' },
  job: { describe: 'write a job file instead of training', choices: engines },
  tasks: { describe: 'tasks of the job [one per trial, at most 1000]', type: 'number' },
  merge: { describe: 'merge the directories of parts', type: 'array', string: true },
  out: { describe: 'output directory [runs/sweep-<model>-…]', type: 'string' },
} as const satisfies Record<string, Options>;

async function optionsOfTraining(): Promise<Record<string, Options>> {
  const model = (await modelInArguments()) ?? modelOfSweepFile();
  return { ...trainingOptions(model), ...(model ? modelOptions(model) : {}) };
}

/** Any option of training takes several values here, so it is text until it is taken apart. */
const asText = (options: Record<string, Options>): Record<string, Options> =>
  Object.fromEntries(
    Object.entries(options).map(([name, { alias, describe, group, defaultDescription, type }]) => [
      name,
      {
        alias,
        describe,
        group,
        defaultDescription,
        ...(type === 'boolean' ? { type: 'string' } : repeatable),
      },
    ]),
  );

const command: CommandBody = {
  valueOptional: async () =>
    Object.entries(await optionsOfTraining()).flatMap(([name, { type }]) =>
      type === 'boolean' ? [name] : [],
    ),

  builder: async (yargs: Argv): Promise<Argv> =>
    yargs
      .positional('what', { describe: 'name of a model, or a sweep file', type: 'string' })
      .options({
        ...sweepOptions,
        ...asText(await optionsOfTraining()),
        ...dataOptions,
        ...backendOptions,
      } as never)
      .example(
        '$0 sweep mnist --learning-rate 0.01,0.1,1 --hidden 32,64 --seeds 5',
        'a grid, five seeds each',
      )
      .example('$0 sweep mnist --random 20 --learning-rate 0.001..1', 'random search')
      .example('$0 sweep document-000', 'the 18 experiments of document 000')
      .example('$0 sweep mnist --hidden 32,64 --shard 1/2', 'one of two parts')
      .example('$0 sweep mnist --hidden 32,64 --seeds 8 --job slurm', 'write an array job for a cluster')
      .example('$0 sweep --merge part-1 part-2 --out whole', 'merge the parts')
      .epilogue(
        'Training options take several values, comma-separated, and with --random\n' +
          'ranges, low..high. An option that takes a list is repeated, one list each:\n' +
          '--hidden 8 --hidden 32,16. The same command resumes an interrupted sweep.',
      ),

  async handler(args: Arguments, output: Output): Promise<void> {
    if (args.merge !== undefined) return merge(args, output);
    const definition = await definitionIn(args);
    const model = definitionFor(await definitionNamed(definition.model), { own: userFilesIn(args) });
    const trials = trialsOf(model, definition, optionName);
    const { data, dataDir, own, cacheDir } = dataRequest(args, {}, output);
    const shard = args.shard === undefined ? undefined : shardIn(args.shard as string);
    if (shard && args.job !== undefined) throw new InputError('A job contains all parts. Leave out --shard.');
    if (args.tasks !== undefined) wholeNumber(args, 'tasks', 1, distinct(trials).length);
    if (args.workers !== undefined) wholeNumber(args, 'workers', 1, 1024);
    output.say(sweptText(definition));
    const note = oneListNote(model, definition, args);
    if (note) output.warn(note);
    const plan: SweepPlan = {
      definition,
      backend: args.backend as SweepPlan['backend'],
      data: { data, dataDir, ...(own && { own }) },
      shard,
    };
    const directory = (args.out as string | undefined) ?? defaultDirectory(plan);
    if (args.job !== undefined) return writeJob(plan, trials, directory, args, output);
    const { workers = availableParallelism() } = args as { workers?: number };
    const interrupt = new Interrupt(output);
    const lock = await openDirectory(directory, plan);
    let display: SweepDisplay | undefined;
    try {
      const { columns } = resultsOf(definition, trials, new Map(), plan.data);
      const dataset = await showData(trials[0], args, output, model);
      // One backend for all, or they could not be compared: the one that suits a trial in the middle.
      const { settings } = trials[Math.floor(trials.length / 2)];
      const backend = await startBackend(
        args,
        output,
        multiplyAddsFor({ ...settings, definition: model }, dataset),
      );
      const outcome = await runSweep({
        model: definition.model,
        source: { ...dataset, modelFile: model.file },
        trials,
        shard,
        backend,
        data: { data, dataDir, ...(own && { own }), cacheDir },
        out: directory,
        workers,
        onStart(pending, finished) {
          const before = finished > 0 ? `, ${finished} are done already` : '';
          output.say(
            `${counted(pending.length, 'training')} on ${counted(workers, 'thread')}${before}; in ${directory}`,
          );
          display = new SweepDisplay(columns, pending, output);
          interrupt.trainingBegins();
        },
        onResult: (trial, result) => display?.onResult(trial, result),
        onTick: (running) => display?.onTick(running),
        shouldStop: () => interrupt.signal !== undefined,
      });
      display?.finish();
      const results = resultsOf(definition, trials, outcome.results, plan.data);
      await report(results, directory, output, outcome);
      if (outcome.interrupted) {
        output.say('to resume: repeat the command');
        process.exitCode = interrupt.exitCode;
      }
    } finally {
      display?.finish();
      await lock.release();
      interrupt.allIsSaved();
    }
  },
};
export default command;

async function definitionIn(args: Arguments): Promise<SweepDefinition> {
  const what = args.what as string | undefined;
  if (what === undefined) throw new InputError('Missing model or sweep file. Usage: zoo sweep <what>');
  const file = sweepFile(what);
  const base = file === undefined ? undefined : await readDefinition(file);
  if (args.seeds !== undefined) wholeNumber(args, 'seeds', 1, 10_000);
  if (args.random !== undefined) wholeNumber(args, 'random', 1, 100_000);
  wholeNumber(args, 'randomSeed', 0, 2 ** 32 - 1);
  return sweepDefinition(
    await definitionNamed(base?.model ?? what),
    base ?? { model: what, fixed: {}, grid: {} },
    args,
  );
}

/** Fetches, draws or finds the data once, before all threads ask for it, and says where it comes from. */
async function showData(trial: Trial, args: Arguments, output: Output, model: ModelDefinition) {
  const { options, recipe } = trial.settings;
  const request = dataRequest(args, options, output);
  const dataset = await datasetFor(model, request).load({ ...request, seed: recipe.seed });
  const { name, source, standIn, train } = dataset;
  output.say(`data: ${name} (${source}), ${train.rows} training rows`);
  if (standIn) output.warn(standIn);
  const positive = positiveWarning(dataset);
  if (positive) output.warn(positive);
  return dataset;
}

async function merge(args: Arguments, output: Output): Promise<void> {
  const { plan, directory } = await mergeSweeps(args.merge as string[], args.out as string | undefined);
  const { definition } = plan;
  const trials = trialsOf(definitionFor(await definitionNamed(definition.model), plan.data), definition);
  await report(resultsOf(definition, trials, await readTrials(directory), plan.data), directory, output);
}

/** Writes the results, shows them, and fails where there are trials without any. */
async function report(
  results: SweepResults,
  directory: string,
  output: Output,
  outcome?: SweepOutcome,
): Promise<void> {
  const { writeResults } = await import('../runs/sweep/report.ts');
  await writeResults(directory, results);
  const counts = countsOf(results);
  output.result(summaryOf(results, relative('', directory) || '.'), {
    ...resultsDocument(results),
    ...(outcome && { trained: outcome.trained, finishedBefore: outcome.finished }),
    out: directory,
  });
  const isWhole = outcome === undefined && counts.missing > 0;
  if (counts.failed > 0 || isWhole) process.exitCode = 1;
}
