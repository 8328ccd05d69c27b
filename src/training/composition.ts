/**
 * Training of a model that is put together from trained parts, such as XOR from three gates.
 */
import { disposeBatch, makeBatch } from '../data/batches.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { WorkError } from '../utils/errors.ts';
import { evaluateBatch } from '../evaluation/evaluate.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, toValues, toVariables, type ParameterSet } from '../model/parameters.ts';
import { train } from './train.ts';
import { DivergedError, type EpochRecord, type TrainingOptions, type TrainingResult } from './types.ts';
import { defaultsOf, type Composition, type OptionValue } from '../model/definition.ts';

/** What of the training options applies to parts, which neither checkpoint nor resume. */
export type CompositionOptions = Pick<
  TrainingOptions,
  'recipe' | 'gradients' | 'recordEvery' | 'onStep' | 'shouldStop'
>;

/**
 * Trains every part of a composition with the same recipe and puts the parts together. The history is that of the
 * whole: its loss and accuracy on `data` when every part has had so many epochs.
 *
 * @param whole the composed model
 * @param data rows by which the whole is judged
 * @param load the dataset that a part is trained on, for the part's options
 */
export async function trainComposition(
  whole: Model,
  { of, parts, compose }: Composition,
  data: Pick<LoadedDataset, 'train' | 'classNames'>,
  load: (options: Record<string, OptionValue>) => Promise<Pick<LoadedDataset, 'train' | 'classNames'>>,
  options: CompositionOptions,
): Promise<TrainingResult> {
  const startedAt = performance.now();
  const results: Record<string, TrainingResult> = {};
  const parametersAt = new Map<number, Record<string, ParameterSet>>();
  for (const [part, partOptions] of Object.entries(parts)) {
    const { train: rows, classNames } = await load(partOptions);
    const model = of.create({ ...defaultsOf(of), ...partOptions, asPrinted: false });
    const { recipe, gradients, recordEvery, onStep, shouldStop } = options;
    const training = train(
      model,
      { train: rows },
      {
        ...{ recipe, gradients, recordEvery, onStep, shouldStop },
        classes: classNames.length,
        onEpoch: ({ epoch }, parameters) =>
          parametersAt.set(epoch, { ...parametersAt.get(epoch), [part]: toValues(parameters) }),
      },
    );
    results[part] = await training.catch((error: unknown) => {
      // The weights of a part are of no use as those of the whole.
      if (error instanceof DivergedError) throw new WorkError(`Part ${part}: ${error.message}`);
      throw error;
    });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { epochs } = options.recipe;
  const history: EpochRecord[] = [];
  const batch = makeBatch(data.train, { task: whole.task, classes: data.classNames.length });
  for (const [epoch, sets] of parametersAt) {
    if (Object.keys(sets).length < Object.keys(parts).length) continue;
    const parameters = toVariables(compose(sets));
    const measured = evaluateBatch(whole, parameters, batch);
    history.push({ epoch, ...measured, seconds: (seconds * epoch) / epochs });
    disposeAll(parameters);
  }
  disposeBatch(batch);

  const trained = Object.values(results);
  const final = Object.fromEntries(
    Object.entries(results).map(([part, { parameters }]) => [part, parameters]),
  );
  return {
    parameters: compose(final),
    history,
    epochs: Math.min(...trained.map((result) => result.epochs)),
    steps: trained.reduce((sum, { steps }) => sum + steps, 0),
    seconds,
    trainRows: data.train.rows,
    validationRows: 0,
  };
}
