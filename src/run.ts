/**
 * One run from beginning to end: load data, train, score, and leave a run directory.
 */
import type { BackendName } from './backend/index.ts';
import type { DataRequest, LoadedDataset } from './dataset.ts';
import { environment } from './environment.ts';
import { evaluate } from './evaluate.ts';
import { gradientSources, type GradientSourceName } from './gradients/index.ts';
import type { Metrics } from './metrics.ts';
import type { Model } from './model.ts';
import { disposeAll, toVariables, type ParameterSet } from './parameters.ts';
import { makeRunDirectory, writeRunFile } from './run-directory.ts';
import { train } from './train.ts';
import { DivergedError, type TrainingOptions, type TrainingResult } from './training-types.ts';
import { formatWeights, toFileParameters } from './weights.ts';
import type { OptionValue, Recipe, ZooEntry } from './zoo.ts';
import { datasets } from '../datasets/index.ts';

export interface RunRequest {
  entry: ZooEntry;
  /** The model's own options, complete. */
  options: Record<string, OptionValue>;
  asPrinted: boolean;
  recipe: Recipe;
  gradients: GradientSourceName;
  backend: BackendName;
  data: DataRequest;
  /** The run directory; a new one under `runs/` unless given. */
  out?: string;
  /** Every so many epochs a record is made. */
  recordEvery: number;
  hooks?: Pick<TrainingOptions, 'onEpoch' | 'onStep' | 'shouldStop'>;
  /** Called when data is loaded and training is about to begin. */
  onStart?: (dataset: LoadedDataset, out: string) => void;
}

export interface RunReport {
  request: RunRequest;
  dataset: LoadedDataset;
  result: TrainingResult;
  metrics: { train: Metrics; validation?: Metrics; test: Metrics };
  out: string;
}

/**
 * @throws InputError for bad options, data or an unwritable directory, before anything is written
 * @throws DivergedError when training diverges; the last good weights are saved first
 */
export async function run(request: RunRequest): Promise<RunReport> {
  const { entry, recipe, gradients, hooks } = request;
  const model = entry.create({ ...request.options, asPrinted: request.asPrinted });
  const dataset = await datasets[entry.dataset].load(request.data);
  const out = await makeRunDirectory(entry.name, request.out);
  request.onStart?.(dataset, out);
  const report = (result: TrainingResult): RunReport => ({
    request,
    dataset,
    result,
    metrics: scoreAll(model, dataset, result.parameters),
    out,
  });
  try {
    const result = await train(model, dataset, {
      recipe,
      gradients: gradientSources[gradients],
      classes: dataset.classNames.length,
      recordEvery: request.recordEvery,
      ...hooks,
    });
    const done = report(result);
    await save(done);
    return done;
  } catch (error) {
    if (error instanceof DivergedError) {
      await save(report(unfinished(error.lastGood, error.history)));
      error.message += ` They are saved in ${out}.`;
    }
    throw error;
  }
}

const unfinished = (parameters: ParameterSet, history: TrainingResult['history']): TrainingResult => ({
  parameters,
  history,
  epochs: history.at(-1)?.epoch ?? 0,
  steps: 0,
  seconds: history.at(-1)?.seconds ?? 0,
  trainRows: 0,
  validationRows: 0,
});

/** Metrics over every row of each split. */
function scoreAll(model: Model, dataset: LoadedDataset, set: ParameterSet): RunReport['metrics'] {
  const parameters = toVariables(set);
  const classes = dataset.classNames.length;
  const metrics = {
    train: evaluate(model, parameters, dataset.train, classes),
    ...(dataset.validation && { validation: evaluate(model, parameters, dataset.validation, classes) }),
    test: evaluate(model, parameters, dataset.test, classes),
  };
  disposeAll(parameters);
  return metrics;
}

async function save(report: RunReport): Promise<void> {
  const { drawLearningCurve } = await import('./plots/learning-curve.ts');
  const { toPng } = await import('./plots/picture.ts');
  const { entry, gradients, backend } = report.request;
  const curve = await drawLearningCurve(
    `${entry.name}: gradients by ${gradients} on ${backend}`,
    report.result.history,
  );
  await writeRunFile(report.out, 'weights.json', weightsJson(report));
  await writeRunFile(report.out, 'learning-curve.svg', curve);
  await writeRunFile(report.out, 'learning-curve.png', await toPng(curve));
  await writeRunFile(report.out, 'run.json', runJson(report));
}

function weightsJson({ request, dataset, result, metrics }: RunReport): string {
  const { entry, options, asPrinted, recipe, gradients, backend } = request;
  const { loss, accuracy } = metrics.test;
  return formatWeights({
    format: 'backprop-zoo/weights',
    version: 1,
    model: entry.name,
    options,
    asPrinted,
    classNames: dataset.classNames,
    parameters: toFileParameters(result.parameters, backend === 'float64' ? 'float64' : 'float32'),
    preprocessing: dataset.preprocessing,
    training: { dataset: { name: dataset.name, source: dataset.source }, gradients, backend, ...recipe },
    metrics: { test: { loss, accuracy } },
  });
}

function runJson({ request, dataset, result, metrics, out: _ }: RunReport): string {
  const { entry, options, asPrinted, recipe, gradients, backend } = request;
  const { name, source, standIn, files } = dataset;
  const document = {
    format: 'backprop-zoo/run',
    version: 1,
    model: entry.name,
    options,
    asPrinted,
    dataset: {
      name,
      source,
      standIn,
      files,
      rows: { train: result.trainRows, validation: result.validationRows },
    },
    gradients,
    backend,
    seed: recipe.seed,
    hyperParameters: recipe,
    recordEvery: request.recordEvery,
    epochs: result.epochs,
    steps: result.steps,
    restoredEpoch: result.restoredEpoch,
    history: result.history,
    metrics,
    seconds: result.seconds,
    environment: environment(),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
