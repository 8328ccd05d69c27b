import type { SingleBar } from 'cli-progress';
import { createRequire } from 'node:module';
import type { Output } from './output.ts';
import type { Recipe } from '../../model/recipe.ts';
import type { TrainingOptions } from '../../training/types.ts';
import type { Progress } from '../../utils/progress.ts';
import { percent, withoutControls } from '../../utils/text.ts';

const millisecondsBeforeShown = 400;
const millisecondsBetweenPlainLines = 5000;

/** Loaded only when there is a bar to draw. */
const barClass = (): typeof SingleBar =>
  (createRequire(import.meta.url)('cli-progress') as { SingleBar: typeof SingleBar }).SingleBar;

/**
 * Progress of long work: one live bar on a terminal, a plain line every five seconds elsewhere, nothing with
 * `--quiet`. Work of less than 0.4 s shows nothing.
 */
export function createProgress({ quiet, say }: { quiet: boolean; say: (line: string) => void }): Progress {
  const live = process.stderr.isTTY;
  let bar: SingleBar | undefined;
  let current: { task: string; startedAt: number; printedAt: number } | undefined;

  const finish = (task: string): void => {
    if (current?.task !== task) return;
    bar?.stop();
    bar = undefined;
    current = undefined;
  };

  return {
    update(task, done, total) {
      if (quiet) return;
      const now = Date.now();
      if (current?.task !== task) {
        if (current) finish(current.task);
        current = { task, startedAt: now, printedAt: now };
      }
      if (now - current.startedAt < millisecondsBeforeShown) return;
      if (live) {
        if (!bar) {
          bar = new (barClass())({
            format: `${withoutControls(task)} ${total ? '[{bar}] {percentage}% {duration_formatted}' : '{value}'}`,
            hideCursor: true,
            clearOnComplete: true,
            barsize: 24,
            stream: process.stderr,
          });
          bar.start(total ?? 0, done);
        }
        bar.update(done);
      } else if (now - current.printedAt > millisecondsBetweenPlainLines) {
        current.printedAt = now;
        say(total ? `${task}: ${Math.floor((100 * done) / total)} %` : `${task}: ${done}`);
      }
    },
    finish,
    note(message) {
      if (current) finish(current.task);
      say(message);
    },
  };
}

const millisecondsBetweenDraws = 100;
const maxPlainLines = 40;

/** Empty for a regression. */
const accuracyText = (value?: number): string => (value === undefined ? '' : ` ${percent(value)}`);

/**
 * The progress of training: on a terminal one live line, elsewhere one plain line per recorded epoch, at most forty.
 */
export class EpochLine {
  /** What the training counts, and how many there are in all. */
  readonly #unit: 'epoch' | 'step';
  readonly #total: number;
  readonly #output: Output;
  readonly #live: boolean;
  #steps = 0;
  #startedAt = 0;
  #drawnAt = 0;
  #plainAt = 0;

  constructor({ epochs, steps }: Pick<Recipe, 'epochs' | 'steps'>, output: Output) {
    this.#unit = steps > 0 ? 'step' : 'epoch';
    this.#total = steps || epochs;
    this.#output = output;
    this.#live = process.stderr.isTTY && !output.quiet;
  }

  onStep: NonNullable<TrainingOptions['onStep']> = ({ epoch, step, stepsPerEpoch, loss }) => {
    if (!this.#live) return;
    const now = performance.now();
    if (this.#steps++ === 0) this.#startedAt = now;
    if (now - this.#drawnAt < millisecondsBetweenDraws) return;
    this.#drawnAt = now;
    const rate = this.#steps / ((now - this.#startedAt) / 1000 || 1);
    const steps = (epoch - 1) * stepsPerEpoch + step;
    const left = ((this.#unit === 'step' ? this.#total : this.#total * stepsPerEpoch) - steps) / rate;
    const place =
      this.#unit === 'step'
        ? `step ${steps}/${this.#total}`
        : `epoch ${epoch}/${this.#total}${stepsPerEpoch > 1 ? ` step ${step}/${stepsPerEpoch}` : ''}`;
    process.stderr.write(
      `\r\x1b[K${place}  loss ${loss.toPrecision(4)}  ${Math.round(rate)} steps/s  ${Math.ceil(left)} s left`,
    );
  };

  onEpoch: NonNullable<TrainingOptions['onEpoch']> = (record) => {
    const dueEvery = Math.ceil(this.#total / maxPlainLines);
    const done = record.step ?? record.epoch;
    if (done !== this.#total && done < this.#plainAt + dueEvery) return;
    this.#plainAt = done;
    this.clear();
    const { loss, accuracy, validationLoss, validationAccuracy, seconds } = record;
    const validation =
      validationLoss === undefined
        ? ''
        : `  validation ${validationLoss.toFixed(4)}${accuracyText(validationAccuracy)}`;
    this.#output.say(
      `${this.#unit} ${String(done).padStart(String(this.#total).length)}/${this.#total}  loss ${loss.toFixed(4)}  ` +
        `${accuracy === undefined ? '' : `accuracy${accuracyText(accuracy)}`}${validation}  ${seconds.toFixed(1)} s`,
    );
  };

  /** Removes the live line. */
  clear(): void {
    if (this.#live) process.stderr.write('\r\x1b[K');
  }
}
