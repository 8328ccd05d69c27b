/**
 * The training loop. Every model, dataset, gradient source, optimizer and backend goes through it:
 *
 *     for each epoch
 *       for each batch (x, y) of the shuffled training rows
 *         rate            ← schedule(progress)
 *         loss, gradients ← gradient source(model, parameters, x, y)
 *         parameters      ← optimizer(parameters, gradients, rate)
 *       record the loss, evaluate the validation rows, stop early when they no longer improve
 *
 * The rest of this file serves two guarantees: a resumed training ends with the same bits as an uninterrupted one, and
 * a training that diverges returns the last good parameters.
 */
import { disposeBatch, minibatches, residentBatch, type Batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { prescale } from '../data/batches.ts';
import { randomForStep, withDropoutMasks } from '../model/dropout-masks.ts';
import { yieldToEventLoop } from '../utils/event-loop.ts';
import type { GradientSource } from '../model/gradients.ts';
import type { Model, Parameters } from '../model/model.ts';
import {
  assignValues,
  disposeAll,
  firstNonFinite,
  toValues,
  toVariables,
  type ParameterSet,
} from '../model/parameters.ts';
import { InputError } from '../utils/errors.ts';
import { RandomState, type RandomStateSnapshot } from '../utils/random.ts';
import { tf } from '../utils/tf.ts';
import { countCorrect } from '../evaluation/metrics.ts';
import type { Values } from '../utils/tensors.ts';
import { DivergedError, LastGoodState } from './divergence.ts';
import { EarlyStopping } from './early-stopping.ts';
import { checkTrainingInputs, withShapeCheck } from './input-checks.ts';
import { clipGradients, createOptimizer, type Optimizer, type OptimizerState } from './optimizers.ts';
import { learningRateAt } from './schedule.ts';
import type { EpochRecord, TrainingOptions, TrainingResult, TrainingState } from './types.ts';
import { describeSplit, splitRows, Validator, type Split, type TrainingData } from './validation.ts';

/**
 * Trains a model.
 *
 * All random choices come from `recipe.seed`, in this order: initial parameters, validation split, the shuffling of
 * each epoch. Dropout masks have generators of their own, one per step.
 *
 * @throws InputError if an argument is invalid or the model does not accept the data
 * @throws DivergedError if the loss or a parameter becomes NaN or infinite
 */
export async function train(
  model: Model,
  data: TrainingData,
  options: TrainingOptions,
): Promise<TrainingResult> {
  checkTrainingInputs(model, data, options);
  const trainer = new Trainer(model, data, options);
  try {
    return await trainer.run();
  } finally {
    trainer.dispose();
  }
}

/**
 * One step: computes loss and gradients of a batch, then updates the parameters in place.
 *
 * @param clipNorm largest norm of the gradients; 0: any
 * @returns the loss and the logits before the update, logits `[rows, outputs]` row-major on the host
 */
export function trainStep(
  model: Model,
  parameters: Parameters,
  source: GradientSource,
  optimizer: Optimizer,
  { x, y }: Pick<Batch, 'x' | 'y'>,
  learningRate: number,
  clipNorm = 0,
): { loss: number; logits: Values } {
  const { loss, logits, gradients } = source(model, parameters, x, y);
  try {
    if (clipNorm > 0) clipGradients(gradients, clipNorm);
    optimizer.apply(parameters, gradients, learningRate);
  } finally {
    disposeAll(gradients);
  }
  return { loss, logits };
}

/** Short enough for Ctrl-C and progress to feel immediate, long enough to cost nothing. */
const millisecondsBetweenYields = 50;

type Counters = Required<
  Pick<TrainingState, 'epoch' | 'stepInEpoch' | 'lossInEpoch' | 'rightInEpoch' | 'targetsInEpoch' | 'step'>
>;

class Trainer {
  readonly #model: Model;
  readonly #examples: Examples;
  readonly #options: TrainingOptions;
  readonly #gradients: GradientSource;
  readonly #split: Split;
  readonly #batchSize: number;
  readonly #stepsPerEpoch: number;
  /** Of the whole training. */
  readonly #steps: number;
  readonly #parameters: Parameters;
  readonly #optimizer: Optimizer;
  readonly #validator: Validator;
  readonly #earlyStopping: EarlyStopping;
  readonly #lastGood: LastGoodState;
  readonly #random: RandomState;
  readonly #counters: Counters;
  readonly #history: EpochRecord[];
  readonly #startedAt: number;
  readonly #backend = tf.engine().backendName;
  #randomAtEpochStart: RandomStateSnapshot;
  #yieldedAt = performance.now();
  /** All training rows, uploaded once, for `batchSize: 'full'`. */
  #fullBatch?: Batch;
  #stopped = false;

  constructor(model: Model, data: TrainingData, options: TrainingOptions) {
    const { recipe, classes, start, resumeFrom } = options;
    const isFullBatch = recipe.batchSize === 'full';
    this.#model = model;
    this.#options = options;
    this.#gradients = withShapeCheck(options.gradients);
    this.#examples = isFullBatch ? data.train : prescale(data.train);

    const random = new RandomState(recipe.seed);
    // Drawn even if `start` replaces them, so that the split and the shuffling depend on the seed alone.
    const drawn = model.initial({ features: data.train.features, classes, random });
    const initial = start ?? drawn;
    this.#split = splitRows(data, recipe.validation, random);
    this.#random = resumeFrom ? RandomState.restore(resumeFrom.random) : random;
    this.#randomAtEpochStart = this.#random.snapshot();

    const { trainRows } = this.#split;
    this.#batchSize =
      recipe.batchSize === 'full' ? trainRows.length : Math.min(recipe.batchSize, trainRows.length);
    this.#stepsPerEpoch = Math.ceil(trainRows.length / this.#batchSize);
    this.#steps = recipe.steps || recipe.epochs * this.#stepsPerEpoch;
    this.#optimizer = createOptimizer(recipe.optimizer, recipe);
    this.#validator = new Validator(model, classes, this.#split);
    this.#earlyStopping = new EarlyStopping(recipe.patience, resumeFrom?.best);

    this.#history = [...(resumeFrom?.history ?? [])];
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = resumeFrom ?? notStarted;
    const targetsInEpoch = resumeFrom?.targetsInEpoch ?? stepInEpoch * this.#batchSize;
    this.#counters = { epoch, stepInEpoch, lossInEpoch, rightInEpoch, targetsInEpoch, step };
    this.#startedAt = performance.now() - (resumeFrom?.seconds ?? 0) * 1000;
    this.#lastGood = new LastGoodState(resumeFrom ?? this.#stateWith(initial, {}));
    // Last, so that nothing which may throw comes between it and `dispose`.
    this.#parameters = toVariables(resumeFrom?.parameters ?? initial);
  }

  async run(): Promise<TrainingResult> {
    const { recipe, resumeFrom } = this.#options;
    if (resumeFrom) await this.#optimizer.restore(resumeFrom.optimizer);
    if (recipe.batchSize === 'full') {
      this.#fullBatch = residentBatch(this.#examples, this.#targets(), this.#split.trainRows);
    }
    while (!this.#isDone() && !this.#earlyStopping.shouldStop(this.#history)) {
      if (this.#fullBatch) await this.#step(this.#fullBatch);
      else await this.#runMinibatches();
    }
    this.#checkBackend();
    const interrupted = this.#stopped ? await this.#state() : undefined;
    const seconds = this.#seconds();
    const best = interrupted ? undefined : this.#earlyStopping.best;
    if (best) assignValues(this.#parameters, best.parameters);
    return {
      parameters: toValues(this.#parameters),
      history: this.#history,
      epochs: this.#counters.epoch,
      steps: this.#counters.step,
      seconds,
      ...describeSplit(this.#split),
      restoredEpoch: best?.epoch,
      interrupted,
    };
  }

  dispose(): void {
    disposeAll(this.#parameters);
    this.#optimizer.dispose();
    this.#validator.dispose();
    if (this.#fullBatch) disposeBatch(this.#fullBatch);
  }

  /** One epoch of shuffled minibatches, or the rest of one when training resumes in the middle of it. */
  async #runMinibatches(): Promise<void> {
    this.#randomAtEpochStart = this.#random.snapshot();
    const order = this.#random.shuffle(this.#split.trainRows.slice());
    const batches = minibatches(this.#examples, this.#targets(), {
      order,
      batchSize: this.#batchSize,
      firstBatch: this.#counters.stepInEpoch,
    });
    for await (const batch of batches) {
      try {
        await this.#step(batch);
      } finally {
        disposeBatch(batch);
      }
      if (this.#isDone()) return;
    }
  }

  #isDone(): boolean {
    return this.#stopped || this.#counters.step >= this.#steps;
  }

  /** One step and everything that follows it: counting, the end of an epoch, callbacks. */
  async #step(batch: Batch): Promise<void> {
    const { recipe, onStep, shouldStop, checkpointDue, onCheckpoint } = this.#options;
    const { task } = this.#model;
    const counters = this.#counters;
    const rows = batch.x.shape[0];

    this.#checkBackend();
    const learningRate = learningRateAt(recipe, counters.step, this.#steps);
    const { loss, logits } = withDropoutMasks(
      this.#model,
      (dropoutMasks) => dropoutMasks(rows, randomForStep(recipe.seed, counters.step)),
      (model) =>
        trainStep(
          model,
          this.#parameters,
          this.#gradients,
          this.#optimizer,
          batch,
          learningRate,
          recipe.clipNorm,
        ),
    );
    counters.step++;
    counters.stepInEpoch++;
    counters.lossInEpoch += loss * batch.targets;
    counters.targetsInEpoch += batch.targets;
    if (task !== 'regression' && this.#countsCorrect()) {
      counters.rightInEpoch += countCorrect(logits, task, batch.labels);
    }
    this.#lastGood.confirm(loss);
    if (!Number.isFinite(loss)) throw this.#diverged(`the loss is ${loss}`);

    const { stepInEpoch: step } = counters;
    const called = onStep?.({ epoch: counters.epoch + 1, step, stepsPerEpoch: this.#stepsPerEpoch, loss });
    // Not awaited where there is nothing to wait for, to save time.
    if (called instanceof Promise) await called;
    const epochEnded = step === this.#stepsPerEpoch;
    if (epochEnded) {
      counters.epoch++;
      counters.stepInEpoch = 0;
    }
    if (epochEnded || recipe.steps > 0) {
      const recorded = this.#recordIfDue();
      if (recorded) await recorded;
    }
    if (shouldStop?.()) this.#stopped = counters.step < this.#steps;
    if (checkpointDue?.(counters.step, epochEnded)) await onCheckpoint?.(await this.#state());
    if (performance.now() - this.#yieldedAt > millisecondsBetweenYields) {
      await yieldToEventLoop();
      this.#yieldedAt = performance.now();
    }
  }

  /** At the end of an epoch, or of a step where the recipe counts steps. Not `async`: most ends are not recorded. */
  #recordIfDue(): Promise<void> | undefined {
    const counters = this.#counters;
    const { epochs, steps } = this.#options.recipe;
    const isDue =
      steps > 0 ? this.#isRecorded(counters.step, this.#steps) : this.#isRecorded(counters.epoch, epochs);
    if (steps > 0 && !isDue) return undefined;
    const { targetsInEpoch: targets } = counters;
    const [loss, accuracy] = [counters.lossInEpoch / targets, counters.rightInEpoch / targets];
    counters.lossInEpoch = 0;
    counters.rightInEpoch = 0;
    counters.targetsInEpoch = 0;
    return isDue ? this.#record(loss, accuracy) : undefined;
  }

  /** @param done epochs or steps */
  #isRecorded(done: number, all: number): boolean {
    const { recordEvery = 1 } = this.#options;
    return done % recordEvery === 0 || done === all;
  }

  /** Whether the step under way counts for a record. */
  #countsCorrect(): boolean {
    const { epochs, steps } = this.#options.recipe;
    return steps > 0 || this.#isRecorded(this.#counters.epoch + 1, epochs);
  }

  async #record(loss: number, accuracy: number): Promise<void> {
    const values = toValues(this.#parameters);
    const nonFinite = firstNonFinite(values);
    if (nonFinite) throw this.#diverged(`parameter ${nonFinite} is not finite`);
    const validation = this.#validator.evaluate(this.#parameters);
    const { validationLoss = 0 } = validation;
    if (!Number.isFinite(validationLoss)) throw this.#diverged(`the validation loss is ${validationLoss}`);

    const { epoch, stepInEpoch, step } = this.#counters;
    const record: EpochRecord = {
      epoch: epoch + stepInEpoch / this.#stepsPerEpoch,
      ...(this.#options.recipe.steps > 0 && { step }),
      loss,
      ...(this.#model.task !== 'regression' && { accuracy }),
      ...validation,
      seconds: this.#seconds(),
    };
    this.#history.push(record);
    this.#earlyStopping.update(record, values);
    this.#lastGood.propose(this.#stateWith(values, await this.#optimizer.state()));
    await this.#options.onEpoch?.(record, this.#parameters);
  }

  async #state(): Promise<TrainingState> {
    const optimizer = await this.#optimizer.state();
    return { ...this.#stateWith(toValues(this.#parameters), optimizer), history: [...this.#history] };
  }

  /** Its `history` is the live array, to save time; `#state` copies it. */
  #stateWith(parameters: ParameterSet, optimizer: OptimizerState): TrainingState {
    // Written out: a spread takes longer than everything else here.
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, targetsInEpoch, step } = this.#counters;
    return {
      epoch,
      stepInEpoch,
      lossInEpoch,
      rightInEpoch,
      targetsInEpoch,
      step,
      parameters,
      optimizer,
      // In the middle of an epoch: the generator from which a resumed training shuffles the same epoch again.
      random: stepInEpoch > 0 ? this.#randomAtEpochStart : this.#random.snapshot(),
      history: this.#history,
      best: this.#earlyStopping.best,
      seconds: this.#seconds(),
    };
  }

  #diverged(what: string): DivergedError {
    const parameter = firstNonFinite(toValues(this.#parameters));
    const result = { ...this.#lastGood.result(this.#history), ...describeSplit(this.#split) };
    return new DivergedError({ step: this.#counters.step, what, parameter }, result);
  }

  /** The parameters would follow to the other backend, and the result would carry the name of the first. */
  #checkBackend(): void {
    const { backendName } = tf.engine();
    if (backendName === this.#backend) return;
    throw new InputError(
      `The backend was changed from ${this.#backend} to ${backendName} during the training, in a callback or beside it; ` +
        'change it before or after.',
    );
  }

  #targets() {
    return { task: this.#model.task, classes: this.#options.classes };
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}

const notStarted = { epoch: 0, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0, step: 0 };
