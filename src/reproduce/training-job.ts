/**
 * One training run of a reproduction, as plain data in and out, so that a worker thread can do it.
 */
import { datasets } from '../../datasets/index.ts';
import { models } from '../../models/index.ts';
import { useBackend, type BackendName } from '../backend/index.ts';
import { type DataRequest, type Examples } from '../data/dataset.ts';
import { silent } from '../utils/progress.ts';
import { outputsOf } from '../evaluation/evaluate.ts';
import { type GradientSource, manual } from '../model/gradients.ts';
import { accuracyOf, predictedClasses } from '../evaluation/metrics.ts';
import type { Model } from '../model/model.ts';
import { withParameters, type ParameterSet } from '../model/parameters.ts';
import { RandomState } from '../utils/random.ts';
import { tf } from '../utils/tf.ts';
import { train } from '../training/train.ts';
import type { EpochRecord } from '../training/types.ts';
import { defaultsOf, type OptionValue } from '../model/definition.ts';
import type { Recipe } from '../model/recipe.ts';

export interface TrainingJob {
  model: string;
  /** The model's and its dataset's; the defaults where left out. */
  options?: Record<string, OptionValue>;
  asPrinted?: boolean;
  recipe?: Partial<Recipe>;
  backend: BackendName;
  /** With the seed by which the data is drawn, where it is. */
  data: Omit<DataRequest, 'progress' | 'options'>;
  /** Epochs after which the parameters are kept and measured; 0 is before the first. */
  keep: number[];
  /** Leaves out the loss of every step, which takes as long as the gradients, where only what is kept is of interest. */
  withoutLosses?: boolean;
  /** Every so many epochs a record of the history; left out, only one at the end. */
  recordEvery?: number;
}

export interface Measured {
  loss: number;
  accuracy: number;
  /** Columns of the data. */
  features: number;
  /** `[rows, outputs]`, row-major. */
  logits: Float64Array;
}

export interface Snapshot {
  parameters: ParameterSet;
  train: Measured;
  validation?: Measured;
  test: Measured;
}

export interface TrainingOutcome {
  /** Loss of every step, before its update: the first is that of the initial parameters. Empty without losses. */
  losses: number[];
  /** By epoch. */
  snapshots: Record<number, Snapshot>;
  history: EpochRecord[];
}

/** Trains with hand-written gradients in this thread. */
export async function runTrainingJob(job: TrainingJob): Promise<TrainingOutcome> {
  await useBackend(job.backend);
  const definition = models[job.model];
  const options = { ...defaultsOf(definition), ...job.options };
  const recipe = { ...definition.recipe, ...job.recipe };
  const model = definition.create({ ...options, asPrinted: job.asPrinted ?? false });
  const data = await datasets[definition.dataset].load({ ...job.data, options, progress: silent });
  const classes = data.classNames.length;
  const keep = new Set(job.keep);
  const losses: number[] = [];
  let epoch = 0;
  const kept: Record<number, ParameterSet> = {};

  const { history, parameters } = await train(model, data, {
    recipe,
    gradients: job.withoutLosses ? gradientsAlone : manual,
    classes,
    recordEvery: job.recordEvery ?? recipe.epochs,
    onStep(step) {
      epoch = step.epoch;
      if (!job.withoutLosses) losses.push(step.loss);
    },
    checkpointDue: (_, epochEnded) => epochEnded && keep.has(epoch),
    onCheckpoint: (state) => void (kept[state.epoch] = state.parameters),
  });
  if (keep.has(0)) {
    const { features } = data.train;
    kept[0] = model.initial({ features, classes, random: new RandomState(recipe.seed) });
  }
  if (keep.has(recipe.epochs)) kept[recipe.epochs] = parameters;

  const snapshots = Object.fromEntries(
    Object.entries(kept).map(([epoch, set]) => [
      epoch,
      {
        parameters: set,
        train: measure(model, set, data.train, classes),
        validation: data.validation && measure(model, set, data.validation, classes),
        test: measure(model, set, data.test, classes),
      },
    ]),
  );
  return { losses, snapshots, history };
}

const gradientsAlone: GradientSource = (model, parameters, x, y) => ({
  loss: 0,
  logits: new Float64Array(),
  gradients: tf.tidy(() => model.gradients(parameters, x, y, model.forward(parameters, x))),
});

/** Loss, accuracy and logits of every row, on the current backend. */
export function measure(model: Model, set: ParameterSet, examples: Examples, classes: number): Measured {
  const { logits, outputs, loss } = withParameters(set, (parameters) =>
    outputsOf(model, parameters, examples, classes),
  );
  const accuracy = accuracyOf(predictedClasses(logits, model.task, outputs), examples.labels);
  return { loss, accuracy, features: examples.features, logits };
}
