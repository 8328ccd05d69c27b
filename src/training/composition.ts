/**
 * Trains a model that is composed of separately trained parts, such as XOR from three gates.
 */
import { disposeBatch, makeBatch } from '../data/batches.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { defaultsOf, type Composition, type OptionValue } from '../model/definition.ts';
import { WorkError } from '../utils/errors.ts';
import type { Model } from '../model/model.ts';
import { toValues, withParameters, type ParameterSet } from '../model/parameters.ts';
import { evaluateBatch } from '../evaluation/evaluate.ts';
import { DivergedError } from './divergence.ts';
import { train } from './train.ts';
import type { EpochRecord, TrainingOptions, TrainingResult } from './types.ts';

/** The options that apply to parts. Checkpoints and resuming do not. */
export type CompositionOptions = Pick<
  TrainingOptions,
  'recipe' | 'gradients' | 'recordEvery' | 'onStep' | 'shouldStop'
>;

type PartData = Pick<LoadedDataset, 'train' | 'classNames'>;

/**
 * Trains every part with the same recipe, then composes them.
 *
 * @param whole the composed model
 * @param data rows on which the composed model is evaluated
 * @param load loads the dataset of a part, given the part's options
 * @returns a history of the composed model: record n holds its loss and accuracy with every part at epoch n
 * @throws WorkError naming the part whose training diverged
 */
export async function trainComposition(
  whole: Model,
  { of, parts, compose }: Composition,
  data: PartData,
  load: (options: Record<string, OptionValue>) => Promise<PartData>,
  options: CompositionOptions,
): Promise<TrainingResult> {
  const { recipe, gradients, recordEvery, onStep, shouldStop } = options;
  const startedAt = performance.now();
  const results: Record<string, TrainingResult> = {};
  /** The parameters of each part, by recorded epoch. */
  const snapshots = new Map<number, Record<string, ParameterSet>>();
  for (const [part, partOptions] of Object.entries(parts)) {
    const { train: rows, classNames } = await load(partOptions);
    const model = of.create({ ...defaultsOf(of), ...partOptions, asPrinted: false });
    const training = train(
      model,
      { train: rows },
      {
        ...{ recipe, gradients, recordEvery, onStep, shouldStop },
        classes: classNames.length,
        onEpoch: ({ epoch }, parameters) =>
          snapshots.set(epoch, { ...snapshots.get(epoch), [part]: toValues(parameters) }),
      },
    );
    results[part] = await training.catch((error: unknown) => {
      // Not rethrown as a DivergedError: its result holds the weights of one part, not of the whole.
      if (error instanceof DivergedError) throw new WorkError(`Part ${part}: ${error.message}`);
      throw error;
    });
  }
  const seconds = (performance.now() - startedAt) / 1000;

  const history: EpochRecord[] = [];
  const batch = makeBatch(data.train, { task: whole.task, classes: data.classNames.length });
  for (const [epoch, sets] of snapshots) {
    const isComplete = Object.keys(sets).length === Object.keys(parts).length;
    if (!isComplete) continue;
    const metrics = withParameters(compose(sets), (parameters) => evaluateBatch(whole, parameters, batch));
    history.push({ epoch, ...metrics, seconds: (seconds * epoch) / recipe.epochs });
  }
  disposeBatch(batch);

  const trained = Object.entries(results);
  return {
    parameters: compose(Object.fromEntries(trained.map(([part, { parameters }]) => [part, parameters]))),
    history,
    epochs: Math.min(...trained.map(([, { epochs }]) => epochs)),
    steps: trained.reduce((sum, [, { steps }]) => sum + steps, 0),
    seconds,
    trainRows: data.train.rows,
    validationRows: 0,
  };
}
