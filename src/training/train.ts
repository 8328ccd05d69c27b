/**
 * The one training loop: every model, dataset, gradient source, optimiser and backend goes through it.
 */
import { type Batch, disposeBatch, residentBatch, minibatches, prescale } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { countCorrect } from '../evaluation/metrics.ts';
import { randomForStep, withDropoutMasks } from '../model/dropout-masks.ts';
import type { GradientSource } from '../model/gradients.ts';
import type { Model, Parameters } from '../model/model.ts';
import {
  assignValues,
  disposeAll,
  firstNonFinite,
  type ParameterSet,
  toValues,
  toVariables,
} from '../model/parameters.ts';
import { checkTraining } from './check-training.ts';
import { EarlyStopping } from './early-stopping.ts';
import { LastGood } from './last-good.ts';
import { learningRateAt } from './learning-rate.ts';
import { createOptimizer, type Optimizer, type OptimizerState } from './optimizers.ts';
import {
  DivergedError,
  type EpochRecord,
  type TrainingOptions,
  type TrainingResult,
  type TrainingState,
} from './types.ts';
import { Validator, rowsUsed, type Split, splitRows } from './validation-rows.ts';
import { RandomState, type RandomStateSnapshot } from '../utils/random.ts';
import type { Values } from '../utils/tensors.ts';

/**
 * Trains a model. All randomness comes from one `RandomState(recipe.seed)`: initial weights, then the validation
 * split, then each epoch's shuffling.
 *
 * @param data rows to train on, and to validate on where the dataset brings them
 * @throws InputError where the model cannot learn from such data
 * @throws DivergedError when the loss or a parameter becomes NaN or infinite
 */
export async function train(
  model: Model,
  data: { train: Examples; validation?: Examples },
  options: TrainingOptions,
): Promise<TrainingResult> {
  checkTraining(model, data, options);
  const training = new Training(model, data, options);
  try {
    return await training.run();
  } finally {
    training.dispose();
  }
}

/** Long enough to cost nothing, short enough for Ctrl-C and progress to feel immediate. */
const millisecondsBetweenPauses = 50;

class Training {
  readonly #model: Model;
  readonly #train: Examples;
  readonly #options: TrainingOptions;
  readonly #split: Split;
  readonly #batchSize: number;
  readonly #stepsPerEpoch: number;
  readonly #random: RandomState;
  readonly #parameters: Parameters;
  readonly #optimizer: Optimizer;
  readonly #judge: Validator;
  readonly #earlyStopping: EarlyStopping;
  /** All rows at once, uploaded once, where a step takes them all. */
  readonly #wholeBatch?: Batch;

  readonly #history: EpochRecord[];
  readonly #at: Counters;
  readonly #lastGood: LastGood;
  #randomAtEpochStart: RandomStateSnapshot;
  #startedAt: number;
  #pausedAt = performance.now();
  #stopped = false;

  constructor(model: Model, data: { train: Examples; validation?: Examples }, options: TrainingOptions) {
    const { recipe, classes, resumeFrom } = options;
    const random = new RandomState(recipe.seed);
    // Drawn in any case, so that the same seed shuffles the same rows.
    const drawn = model.initial({ features: data.train.features, classes, random });
    const initial = options.start ?? drawn;
    this.#model = model;
    this.#train = recipe.batchSize === 'full' ? data.train : prescale(data.train);
    this.#options = options;
    this.#split = splitRows(data, recipe.validation, random);
    this.#random = resumeFrom ? RandomState.restore(resumeFrom.random) : random;

    const rows = this.#split.rows.length;
    this.#batchSize = recipe.batchSize === 'full' ? rows : Math.min(recipe.batchSize, rows);
    this.#stepsPerEpoch = Math.ceil(rows / this.#batchSize);
    if (recipe.batchSize === 'full') {
      this.#wholeBatch = residentBatch(data.train, this.#targets(), this.#split.rows);
    }
    this.#judge = new Validator(model, classes, this.#split);
    this.#earlyStopping = new EarlyStopping(recipe.patience, resumeFrom?.best);
    this.#parameters = toVariables(resumeFrom?.parameters ?? initial);
    this.#optimizer = createOptimizer(recipe.optimizer, recipe.learningRate);

    this.#history = [...(resumeFrom?.history ?? [])];
    this.#randomAtEpochStart = this.#random.snapshot();
    this.#startedAt = performance.now();
    this.#at = new Counters(resumeFrom);
    this.#lastGood = new LastGood(resumeFrom ?? this.#stateWith(initial, {}));
    if (resumeFrom) this.#startedAt -= resumeFrom.seconds * 1000;
  }

  async run(): Promise<TrainingResult> {
    const { recipe, resumeFrom } = this.#options;
    if (resumeFrom) await this.#optimizer.restore(resumeFrom.optimizer);
    while (this.#at.epoch < recipe.epochs && !this.#stopped && !this.#earlyStopping.isOver(this.#history)) {
      if (this.#wholeBatch) await this.#stepOn(this.#wholeBatch);
      else await this.#runMinibatches();
    }
    const interrupted = this.#stopped ? await this.#state() : undefined;
    const seconds = this.#seconds();
    const best = interrupted ? undefined : this.#earlyStopping.best;
    if (best) assignValues(this.#parameters, best.parameters);
    return {
      parameters: toValues(this.#parameters),
      history: this.#history,
      epochs: this.#at.epoch,
      steps: this.#at.step,
      seconds,
      ...rowsUsed(this.#split),
      restoredEpoch: best?.epoch,
      interrupted,
    };
  }

  dispose(): void {
    disposeAll(this.#parameters);
    this.#optimizer.dispose();
    this.#judge.dispose();
    if (this.#wholeBatch) disposeBatch(this.#wholeBatch);
  }

  /** One epoch of shuffled minibatches, or the rest of it when training resumes in its middle. */
  async #runMinibatches(): Promise<void> {
    this.#randomAtEpochStart = this.#random.snapshot();
    const order = this.#random.shuffle(this.#split.rows.slice());
    const batches = minibatches(this.#train, this.#targets(), {
      order,
      batchSize: this.#batchSize,
      firstBatch: this.#at.stepInEpoch,
    });
    for await (const batch of batches) {
      try {
        await this.#stepOn(batch);
      } finally {
        disposeBatch(batch);
      }
      if (this.#stopped) return;
    }
  }

  async #stepOn(batch: Batch): Promise<void> {
    const { recipe, gradients, onStep, shouldStop, checkpointDue, onCheckpoint } = this.#options;
    const rate = learningRateAt(recipe, this.#at.step / (recipe.epochs * this.#stepsPerEpoch));
    const { loss, logits } = withDropoutMasks(
      this.#model,
      (noise) => noise(batch.labels.length, randomForStep(recipe.seed, this.#at.step)),
      (model) => trainStep(model, this.#parameters, gradients, this.#optimizer, batch, rate),
    );
    this.#at.countStep(loss, batch.labels.length);
    if (this.#model.task !== 'regression' && this.#isRecorded(this.#at.epoch + 1)) {
      this.#at.countRight(countCorrect(logits, this.#model.task, batch.labels));
    }
    this.#lastGood.judge(loss);
    if (!Number.isFinite(loss)) throw this.#diverged(`the loss is ${loss}`);
    onStep?.({
      epoch: this.#at.epoch + 1,
      step: this.#at.stepInEpoch,
      stepsPerEpoch: this.#stepsPerEpoch,
      loss,
    });
    const epochEnded = this.#at.stepInEpoch === this.#stepsPerEpoch;
    if (epochEnded) await this.#endEpoch();
    if (shouldStop?.()) this.#stopped = this.#at.epoch < recipe.epochs;
    if (checkpointDue?.(this.#at.step, epochEnded)) await onCheckpoint?.(await this.#state());
    if (performance.now() - this.#pausedAt > millisecondsBetweenPauses) await this.#pause();
  }

  /** A promise only where there is something to wait for: small models make thousands of epochs a second. */
  #endEpoch(): Promise<void> | undefined {
    const { loss, accuracy } = this.#at.endEpoch(this.#split.rows.length);
    return this.#isRecorded(this.#at.epoch) ? this.#record(loss, accuracy) : undefined;
  }

  async #record(loss: number, accuracy: number): Promise<void> {
    const values = toValues(this.#parameters);
    const bad = firstNonFinite(values);
    if (bad) throw this.#diverged(`parameter ${bad} is not finite`);
    const validation = this.#judge.evaluate(this.#parameters);
    const { validationLoss = 0 } = validation;
    if (!Number.isFinite(validationLoss)) throw this.#diverged(`the validation loss is ${validationLoss}`);
    const record: EpochRecord = {
      epoch: this.#at.epoch,
      loss,
      ...(this.#model.task !== 'regression' && { accuracy }),
      ...validation,
      seconds: this.#seconds(),
    };
    this.#history.push(record);
    this.#earlyStopping.consider(record, values);
    this.#lastGood.consider(this.#stateWith(values, await this.#optimizer.state()));
    this.#options.onEpoch?.(record, this.#parameters);
  }

  #isRecorded(epoch: number): boolean {
    const { recipe, recordEvery = 1 } = this.#options;
    return epoch % recordEvery === 0 || epoch === recipe.epochs;
  }

  async #state(): Promise<TrainingState> {
    const optimizer = await this.#optimizer.state();
    return { ...this.#stateWith(toValues(this.#parameters), optimizer), history: [...this.#history] };
  }

  /** With a history that is still growing. */
  #stateWith(parameters: ParameterSet, optimizer: OptimizerState): TrainingState {
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = this.#at.state();
    return {
      epoch,
      stepInEpoch,
      lossInEpoch,
      rightInEpoch,
      step,
      parameters,
      optimizer,
      random: this.#at.stepInEpoch > 0 ? this.#randomAtEpochStart : this.#random.snapshot(),
      history: this.#history,
      best: this.#earlyStopping.best,
      seconds: this.#seconds(),
    };
  }

  #diverged(what: string): DivergedError {
    const culprit = firstNonFinite(toValues(this.#parameters));
    const result = { ...this.#lastGood.result(this.#history), ...rowsUsed(this.#split) };
    return new DivergedError({ step: this.#at.step, what, culprit }, result);
  }

  #targets() {
    return { task: this.#model.task, classes: this.#options.classes };
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Lets timers, signals and progress have their turn. */
  async #pause(): Promise<void> {
    await yieldToEventLoop();
    this.#pausedAt = performance.now();
  }
}

/** One step of training: gradients of the batch, then the optimiser's update. Returns what the batch gave before the update. */
export function trainStep(
  model: Model,
  parameters: Parameters,
  source: GradientSource,
  optimizer: Optimizer,
  { x, y }: Pick<Batch, 'x' | 'y'>,
  learningRate: number,
): { loss: number; logits: Values } {
  const { loss, logits, gradients } = source(model, parameters, x, y);
  optimizer.apply(parameters, gradients, learningRate);
  disposeAll(gradients);
  return { loss, logits };
}

type Counted = Pick<TrainingState, 'epoch' | 'stepInEpoch' | 'lossInEpoch' | 'rightInEpoch' | 'step'>;

/** Where training is, and what the steps of the current epoch have come to. */
export class Counters {
  #at: Counted;

  /** @param from where it continues; the beginning where that is left out */
  constructor(from: Counted = { epoch: 0, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0, step: 0 }) {
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = from;
    this.#at = { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step };
  }

  /** Epochs that are complete. */
  get epoch(): number {
    return this.#at.epoch;
  }

  /** Steps of the current epoch that are done. */
  get stepInEpoch(): number {
    return this.#at.stepInEpoch;
  }

  /** Steps since training began. */
  get step(): number {
    return this.#at.step;
  }

  /** @param loss of the step, mean over its rows */
  countStep(loss: number, rows: number): void {
    this.#at.step++;
    this.#at.stepInEpoch++;
    this.#at.lossInEpoch += loss * rows;
  }

  /** @param rows of a step that were predicted right */
  countRight(rows: number): void {
    this.#at.rightInEpoch += rows;
  }

  /** Means over the rows of the epoch that ends here. */
  endEpoch(rows: number): { loss: number; accuracy: number } {
    const { epoch, lossInEpoch, rightInEpoch, step } = this.#at;
    this.#at = { epoch: epoch + 1, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0, step };
    return { loss: lossInEpoch / rows, accuracy: rightInEpoch / rows };
  }

  /** A copy; written out, for a spread takes longer than all else that is done with it. */
  state(): Counted {
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = this.#at;
    return { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step };
  }
}

const channel = 'setImmediate' in globalThis ? undefined : new MessageChannel();

/**
 * Lets timers, messages and signals have their turn. A browser makes a timer that a timer has set wait for four
 * milliseconds, a tenth of the time between two pauses; a message does not wait.
 */
export const yieldToEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    if (!channel) return void setTimeout(resolve);
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
