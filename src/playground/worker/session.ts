/**
 * A run: the training loop of the zoo, which can be paused between two steps, inspected and resumed.
 */
import { onBackend } from '../../backend/index.ts';
import type { Model } from '../../model/model.ts';
import type { ParameterSet } from '../../model/parameters.ts';
import { recipeFields } from '../../model/recipe.ts';
import { InputError } from '../../utils/errors.ts';
import { checkedNumber } from '../../utils/limits.ts';
import { RandomState } from '../../utils/random.ts';
import { splitRows, type Split } from '../../training/validation.ts';
import { DivergedError } from '../../training/divergence.ts';
import type { EpochRecord, TrainingResult, TrainingState } from '../../training/types.ts';
import { fit, scoreRun, type ReadyRun } from '../../estimator/fit.ts';
import type { Baselines } from '../../evaluation/ngrams.ts';
import type { RunReport } from '../../weights/run-record.ts';
import type { Progress, Status, View } from '../messages.ts';
import type { RunSettings } from './catalogue.ts';
import { only, Snapshots, type Weights } from './snapshots.ts';
import { Curve, initialScores, Texts } from './views.ts';
import { loadPart, type PageData } from './data.ts';

/** When to pause. */
export type Until = 'end' | 'epoch' | 'step';

/** A complete run. */
export interface Finished {
  result: TrainingResult;
  metrics: RunReport['metrics'];
}

interface SessionHooks {
  onProgress: (session: Session) => void;
  /** Called between two steps, from time to time and at every pause. */
  onState: (state: TrainingState) => void;
  onFinished: (session: Session, finished: Finished) => Promise<Progress['result']>;
}

const millisecondsBetweenLooks = 200;
const millisecondsBetweenSaves = 2000;
/** Timers of browsers wait no shorter. */
const shortestWait = 4;

export class Session {
  readonly run: RunSettings;
  readonly data: PageData;
  readonly model: Model;
  readonly split: Split;
  status: Status;
  finished?: Finished;

  readonly #hooks: SessionHooks;
  readonly #initial: ParameterSet;
  #snapshots: Snapshots;
  #curve = new Curve();
  readonly #texts?: Texts;
  #baselines?: Baselines;
  readonly #records: EpochRecord[];
  #state?: TrainingState;
  #progress: Pick<Progress, 'step' | 'stepsPerEpoch' | 'epoch' | 'loss' | 'message' | 'result'>;
  #until: Until = 'end';
  #goOn?: () => void;
  #over?: Promise<void>;
  #isCancelled = false;
  #wanted: ((weights: Weights) => void)[] = [];
  #toldAt = 0;
  #savedAt = 0;
  /** Limit of the speed, in steps per second, and the steps since it holds. */
  #limit = { perSecond: Infinity, since: 0, steps: 0 };
  /** Ends the wait between two steps. */
  #wake?: () => void;
  #initialScores?: Progress['initial'];
  /** The steps of the last half second. */
  #pace = { since: 0, steps: 0, perSecond: 0 };

  /** @param resumeFrom the state of an earlier session of the same run */
  constructor(run: RunSettings, data: PageData, hooks: SessionHooks, resumeFrom?: TrainingState) {
    const { definition, options, asPrinted, recipe } = run;
    this.run = run;
    this.data = data;
    this.model = definition.create({ ...options, asPrinted, classes: data.classNames.length });
    this.#hooks = hooks;
    const { tokens } = data;
    if (tokens) this.#texts = new Texts(({ parameters }) => tokens.samples(this.model, parameters));
    const random = new RandomState(recipe.seed);
    const shape = { features: data.train.features, classes: data.classNames.length, random };
    this.#initial = this.model.initial(shape);
    this.split = splitRows(data, recipe.validation, random);
    this.#snapshots = new Snapshots(this.#initial);
    this.#state = resumeFrom;
    if (resumeFrom) this.#snapshots.pause(resumeFrom);
    this.#records = [...(resumeFrom?.history ?? [])];
    for (const { epoch, loss } of this.#records) this.#curve.add(epoch, loss);
    this.status = resumeFrom ? 'paused' : 'ready';
    this.#progress = { step: resumeFrom?.step ?? 0, stepsPerEpoch: 1, epoch: resumeFrom?.epoch ?? 0 };
  }

  /**
   * A complete run that goes on to more epochs: the run that has so many from its beginning, to the last bit.
   *
   * @throws InputError where that would be another run
   */
  extended(more: number): Session {
    const { recipe, recordEvery, definition } = this.run;
    const { decay, patience, steps, epochs } = recipe;
    const state = this.#state;
    const why =
      this.status !== 'complete' || !state
        ? definition.composition
          ? `${definition.name} is composed of parts that are trained one after another`
          : 'the run is not complete yet'
        : decay !== 'none'
          ? `its learning rate falls over the whole training (${decay}), so a longer run would be another one from its first step`
          : patience > 0
            ? 'early stopping ended it and restored its best weights'
            : steps > 0 || this.data.tokens
              ? 'runs of models of sequences are recorded at shares of the whole training'
              : undefined;
    if (why !== undefined) throw new InputError(`This run cannot go on: ${why}.`);
    const limits = recipeFields.epochs;
    const run = {
      ...this.run,
      recipe: { ...recipe, epochs: checkedNumber('epochs', epochs + more, limits) },
    };
    // The last epoch is always recorded; in the longer run it is one like any other.
    const history = state!.history.filter(({ epoch }) => epoch % recordEvery === 0);
    const session = new Session(run, this.data, this.#hooks, { ...state!, history });
    session.#snapshots = this.#snapshots;
    session.#curve = this.#curve;
    session.#initialScores = this.#initialScores;
    return session;
  }

  /** @param perSecond steps */
  limitSpeed(perSecond: number): void {
    this.#limit = { perSecond, since: performance.now(), steps: 0 };
    this.#wake?.();
  }

  go(until: Until): void {
    if (!['ready', 'paused', 'running'].includes(this.status)) return;
    this.#until = until;
    this.status = 'running';
    this.#pace = { since: performance.now(), steps: 0, perSecond: this.#pace.perSecond };
    this.limitSpeed(this.#limit.perSecond);
    this.#goOn?.();
    this.#over ??= this.#train().catch((error: Error) => {
      this.status = error instanceof DivergedError ? 'diverged' : 'failed';
      this.#progress.message = error.message;
      this.#answer(this.#latest());
      this.#tell();
    });
    this.#tell();
  }

  pause(): void {
    if (this.status !== 'running') return;
    this.#until = 'step';
    this.#wake?.();
  }

  /** Ends training at the next step, for good. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    this.#wake?.();
    this.#goOn?.();
    await this.#over;
    this.#answer(this.#latest());
  }

  /**
   * The parameters now, or between the next two steps.
   *
   * @param step asks for those of a recorded step, or of the last one before it
   */
  weights(step?: number): Promise<Weights> {
    if (step !== undefined) return Promise.resolve(this.#snapshots.at(step));
    const isOver = this.finished || this.#isCancelled;
    if (isOver || this.status !== 'running' || this.run.definition.composition) {
      return Promise.resolve(this.#latest());
    }
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  #latest(): Weights {
    const { result } = this.finished ?? {};
    if (result) return { step: result.steps, parameters: result.parameters };
    return only(this.#state ?? { step: 0, parameters: this.#initial });
  }

  /** Texts that the model makes with these weights. @param isPresent whether they are those that are being trained */
  texts(weights: Weights, isPresent: boolean): Pick<View, 'samples' | 'sampledAt'> {
    return this.#texts?.of(weights, isPresent && this.status === 'running') ?? {};
  }

  /** Losses to compare a model of tokens with: a second of work. */
  baselines(): Baselines | undefined {
    return (this.#baselines ??= this.data.tokens?.baselines());
  }

  progress(): Progress {
    const { done, of } = this.data.drawn?.() ?? { done: 0, of: 0 };
    return {
      ...this.#progress,
      status: this.status,
      stepsPerSecond: this.#pace.perSecond,
      steps: this.#curve.line,
      records: this.#records,
      recorded: this.#snapshots.steps,
      ...(this.#initialScores && { initial: this.#initialScores }),
      ...(this.#baselines && { baselines: this.data.tokens!.namedBaselines(this.#baselines) }),
      ...(done < of && { drawing: { done, of } }),
    };
  }

  async #train(): Promise<void> {
    const { backend, data: _, ...settings } = this.run;
    await onBackend(backend, {}, async () => {
      const whole: ReadyRun = {
        request: { ...settings, backend, hooks: this.#trainingHooks() },
        model: this.model,
        dataset: this.data,
      };
      this.#initialScores ??= initialScores(this.model, this.#initial, this.data, this.split, this.run);
      const ready = this.data.tokens?.withSamples(whole) ?? whole;
      const { status, result, diverged } = await fit(ready, loadPart, {
        resumeFrom: this.#state,
        checkpointDue: (_, epochEnded) => this.#isHeld(epochEnded) || this.#isDue(),
        onCheckpoint: (state) => this.#between(state),
      });
      if (this.#isCancelled) return;
      if (diverged) throw diverged;
      if (settings.definition.composition) this.#records.push(...result.history);
      this.status = 'scoring';
      this.#tell();
      const baselines = this.baselines();
      const metrics = { ...scoreRun(ready, result), ...(baselines && { baselines }) };
      const finished = { result, metrics };
      this.#progress = { ...this.#progress, step: result.steps, epoch: result.epochs };
      this.#progress.result = await this.#hooks.onFinished(this, finished);
      this.finished = finished;
      this.#snapshots.pause(this.#latest());
      this.status = status === 'complete' ? 'complete' : 'failed';
      this.#answer(this.#latest());
      this.#tell();
    });
  }

  #trainingHooks(): ReadyRun['request']['hooks'] {
    const isWhole = !this.run.definition.composition;
    return {
      onStep: ({ epoch, step, stepsPerEpoch, loss }) => {
        const progress = this.#progress;
        progress.step++;
        progress.stepsPerEpoch = stepsPerEpoch;
        progress.epoch = step === stepsPerEpoch ? epoch : epoch - 1;
        progress.loss = loss;
        this.#pace.steps++;
        this.#limit.steps++;
        if (isWhole) this.#curve.add(epoch - 1 + step / stepsPerEpoch, loss);
        if (this.#isTime() && performance.now() - this.#toldAt > millisecondsBetweenLooks) this.#tell();
      },
      onEpoch: (record) => {
        if (isWhole) this.#records.push(record);
      },
      shouldStop: () => this.#isCancelled,
    };
  }

  #isHeld(epochEnded: boolean): boolean {
    return this.#until === 'step' || (this.#until === 'epoch' && epochEnded);
  }

  /** Whether weights are requested or recorded, the state is to be saved, or the speed is limited. */
  #isDue(): boolean {
    if (this.#wanted.length > 0 || this.#millisecondsAhead() >= shortestWait) return true;
    if (this.#isLast(this.#progress) || this.#snapshots.isDue(this.#progress.step)) return true;
    return this.#isTime() && this.#isTimeToSave();
  }

  #isLast({ step, epoch }: { step: number; epoch: number }): boolean {
    const { epochs, steps } = this.run.recipe;
    return steps > 0 ? step >= steps : epoch === epochs;
  }

  #isTimeToSave(): boolean {
    return performance.now() - this.#savedAt > millisecondsBetweenSaves;
  }

  /** Whether to read the clock, which costs a good part of a short step. */
  #isTime(): boolean {
    return this.#pace.steps % Math.max(1, Math.floor(this.#pace.perSecond / 200)) === 0;
  }

  async #between(state: TrainingState): Promise<void> {
    const isLast = this.#isLast(state);
    const isHeld = this.#isHeld(state.stepInEpoch === 0) && !isLast && !this.#isCancelled;
    this.#state = state;
    if (isHeld || isLast || this.#isTimeToSave()) {
      this.#savedAt = performance.now();
      this.#hooks.onState(state);
    }
    this.#answer(state);
    this.#snapshots.add(state);
    if (isHeld) {
      this.status = 'paused';
      this.#snapshots.pause(state);
      this.#tell();
      await new Promise<void>((resolve) => (this.#goOn = resolve));
      return;
    }
    const ahead = this.#millisecondsAhead();
    if (ahead < shortestWait || isLast || this.#isCancelled) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ahead);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** How far the steps are ahead of the limit of the speed. */
  #millisecondsAhead(): number {
    const { perSecond, since, steps } = this.#limit;
    if (perSecond === Infinity) return 0;
    const ahead = (1000 * steps) / perSecond - (performance.now() - since);
    // Steps that took too long are not made up for.
    if (ahead < -shortestWait) this.#limit = { perSecond, since: performance.now(), steps: 0 };
    return ahead;
  }

  #answer(weights: Weights): void {
    for (const resolve of this.#wanted.splice(0)) resolve(only(weights));
  }

  #tell(): void {
    this.#toldAt = performance.now();
    const { since, steps } = this.#pace;
    const seconds = (this.#toldAt - since) / 1000;
    if (this.status === 'running' && steps > 0 && (seconds > 0.5 || this.#pace.perSecond === 0)) {
      this.#pace = { since: this.#toldAt, steps: 0, perSecond: steps / seconds };
    }
    this.#hooks.onProgress(this);
  }
}
