/**
 * Whether and how a run continues from a checkpoint.
 */
import type { LoadedDataset } from '../data/dataset.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Model } from '../model/model.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { OptimizerName, Recipe } from '../model/recipe.ts';
import { sha256 } from '../node/files.ts';
import { loadWeights } from './load.ts';
import type { OptimizerState } from '../training/optimizers.ts';
import type { TrainingState } from '../training/types.ts';
import { splitRows } from '../training/validation.ts';
import { InputError } from '../utils/errors.ts';
import { RandomState } from '../utils/random.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { formatJson } from '../weights/json.ts';
import {
  describeDifferences,
  differences,
  environmentDifferences,
  type RunFacts,
  type RunIdentity,
} from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { checkParameters, largestFloat32 } from '../weights/weights.ts';

const name = 'checkpoint.json';

export interface Resumption {
  state: TrainingState;
  /** Sentences that the user should read. */
  notes: string[];
  /** What has been changed by force so far, to be recorded. */
  changes: NonNullable<RunIdentity['changes']>;
}

/**
 * The state from which the run that `now` describes continues.
 *
 * @param force continue although options, data or files of the model differ, as far as that is possible
 * @throws InputError that says what differs, or what is wrong with the checkpoint
 */
export function resume(
  { run: then, state }: Checkpoint,
  now: RunIdentity,
  model: Model,
  dataset: LoadedDataset,
  force: boolean,
): Resumption {
  const changed = differences(then, now);
  if (changed.length > 0 && !force) {
    throw new InputError(
      `The run began differently: ${describeDifferences(changed)}. ` +
        'Leave all of this as it was, or add --force-resume to continue all the same.',
    );
  }
  const versions = environmentDifferences(then, now);
  const notes = [
    ...(changed.length > 0 ? [`Continuing although ${describeDifferences(changed)}.`] : []),
    ...(versions.length > 0
      ? [`The weights may differ in their last digits, because ${describeDifferences(versions)}.`]
      : []),
  ];
  const isChanged = (...what: string[]) => changed.some((difference) => what.includes(difference.what));
  const continued = fitToModel(
    isChanged('optimizer') ? { ...state, optimizer: {} } : state,
    model,
    dataset,
    isChanged('optimizer') ? undefined : then.recipe.optimizer,
  );
  if (now.backend !== 'float64') checkPrecision(continued);
  if (isChanged('optimizer')) notes.push(`The new optimizer begins without memory of earlier steps.`);
  if (isChanged('batchSize', 'validation', 'seed', 'dataset', 'data (SHA-256)') && state.stepInEpoch > 0) {
    Object.assign(continued, { stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0 });
    notes.push(`Epoch ${state.epoch + 1} begins anew.`);
  }
  if (continued.stepInEpoch >= stepsPerEpoch(dataset, now.recipe)) {
    throw new InputError(`${name} is at step ${state.stepInEpoch} of an epoch that has fewer.`);
  }
  const changes = [...(then.changes ?? []), ...changed.map((change) => ({ step: state.step, ...change }))];
  return { state: continued, notes, changes };
}

/**
 * Parameters in the model's order, after a check that all of the state has the model's shapes.
 *
 * @param optimizer whose state it holds, if any
 */
function fitToModel(
  state: TrainingState,
  model: Model,
  { train, classNames }: LoadedDataset,
  optimizer?: OptimizerName,
): TrainingState {
  const random = new RandomState(0);
  const expected = model.initial({ features: train.features, classes: classNames.length, random });
  const ordered = (set: ParameterSet): ParameterSet => {
    checkParameters(set, expected, name);
    return Object.fromEntries(Object.keys(expected).map((key) => [key, set[key]]));
  };
  // An optimizer remembers nothing before its first step.
  const isAtBeginning = state.step === 0 && Object.keys(state.optimizer).length === 0;
  if (optimizer && !isAtBeginning) checkOptimizer(state.optimizer, expected, optimizer);
  return {
    ...state,
    parameters: ordered(state.parameters),
    best: state.best && { ...state.best, parameters: ordered(state.best.parameters) },
  };
}

/** A value that float32 cannot hold would become infinite on the backend. */
function checkPrecision({ parameters, best, optimizer }: TrainingState): void {
  const sets: Record<string, { values: ArrayLike<number> }>[] = [
    parameters,
    best?.parameters ?? {},
    optimizer,
  ];
  for (const [key, { values }] of sets.flatMap((set) => Object.entries(set))) {
    if (Array.from(values).some((value) => Math.abs(value) > largestFloat32)) {
      throw new InputError(`${name}: ${key} has a value that is too large for float32.`);
    }
  }
}

/** How many numbers each optimizer remembers for every parameter. */
const memories: Record<OptimizerName, number> = { sgd: 0, momentum: 1, adam: 2, rmsprop: 2, adagrad: 1 };
/** What counts an optimizer's steps. */
const counters: Partial<Record<OptimizerName, string>> = { adam: 'steps', rmsprop: 'iter', adagrad: 'iter' };

function checkOptimizer(state: OptimizerState, expected: ParameterSet, optimizer: OptimizerName): void {
  const shapes = Object.values(expected).map(({ shape }) => shape.join());
  const copies = memories[optimizer];
  // Adam's come by parameter, the others' by moment.
  const wanted =
    optimizer === 'adam'
      ? shapes.flatMap((shape) => new Array<string>(copies).fill(shape))
      : Array.from({ length: copies }, () => shapes).flat();
  if (optimizer === 'adam' && state.accBeta1) {
    throw new InputError(
      `${name} was written by an earlier version, whose Adam rounded otherwise: begin the run again, or continue with ` +
        'another optimizer, --optimizer and --force-resume.',
    );
  }
  const counter = counters[optimizer];
  const isCounted = counter === undefined || state[counter]?.values.length === 1;
  const memory = Object.entries(state).filter(([key]) => key !== counter);
  const found = memory.map(([, { shape }]) => shape.join());
  if (!isCounted || found.join(';') !== wanted.join(';')) {
    throw new InputError(
      `${name} holds a state that is not one of the optimizer ${optimizer} for this model.`,
    );
  }
}

function stepsPerEpoch(dataset: LoadedDataset, { batchSize, validation }: Recipe): number {
  const { length } = splitRows(dataset, validation, new RandomState(0)).trainRows;
  return batchSize === 'full' ? 1 : Math.ceil(length / Math.min(batchSize, length));
}

/** @throws InputError where the weights are of another model */
export async function startFrom(
  path: string,
  definition: ModelDefinition,
): Promise<{ saved: SavedModel; start: NonNullable<RunFacts['start']> }> {
  const saved = await loadWeights(path, definition.file && definition);
  if (saved.file.model !== definition.name)
    throw new InputError(`${path} is of the model ${saved.file.model}, not of ${definition.name}.`);
  if (definition.composition)
    throw new InputError(
      `${definition.name} is composed of parts that are trained separately: it cannot start from weights.`,
    );
  const { parameters } = saved;
  return { saved, start: { file: path, sha256: sha256(formatJson(saved.file.parameters)), parameters } };
}

/** The weights that a run began with, to repeat it. @throws InputError where they are gone or are others */
export async function sameStart(
  recorded: NonNullable<RunIdentity['start']>,
  definition: ModelDefinition,
): Promise<NonNullable<RunFacts['start']>> {
  const { start } = await startFrom(recorded.file, definition);
  if (start.sha256 === recorded.sha256) return start;
  throw new InputError(`The run started from the weights in ${recorded.file}, which have changed since.`);
}
