import type { TrainingOptions } from '../../training/types.ts';
import type { Output } from './output.ts';
import { percent } from '../../utils/text.ts';

const millisecondsBetweenDraws = 100;
const mostPlainLines = 40;

/** Of a regression there is none. */
const share = (value?: number): string => (value === undefined ? '' : ` ${percent(value)}`);

/**
 * How training tells how far it is: on a terminal one live line, elsewhere one plain line per recorded epoch
 * (thinned out to forty where there are more).
 */
export class EpochLine {
  readonly #epochs: number;
  readonly #output: Output;
  readonly #live: boolean;
  #steps = 0;
  #startedAt = 0;
  #drawnAt = 0;
  #plainAt = 0;

  constructor(epochs: number, output: Output) {
    this.#epochs = epochs;
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
    const left = (this.#epochs * stepsPerEpoch - (epoch - 1) * stepsPerEpoch - step) / rate;
    const place =
      stepsPerEpoch > 1
        ? `epoch ${epoch}/${this.#epochs} step ${step}/${stepsPerEpoch}`
        : `epoch ${epoch}/${this.#epochs}`;
    process.stderr.write(
      `\r\x1b[K${place}  loss ${loss.toPrecision(4)}  ${Math.round(rate)} steps/s  ${Math.ceil(left)} s left`,
    );
  };

  onEpoch: NonNullable<TrainingOptions['onEpoch']> = (record) => {
    const dueEvery = Math.ceil(this.#epochs / mostPlainLines);
    if (record.epoch !== this.#epochs && record.epoch < this.#plainAt + dueEvery) return;
    this.#plainAt = record.epoch;
    this.clear();
    const { epoch, loss, accuracy, validationLoss, validationAccuracy, seconds } = record;
    const validation =
      validationLoss === undefined
        ? ''
        : `  validation ${validationLoss.toFixed(4)}${share(validationAccuracy)}`;
    this.#output.say(
      `epoch ${String(epoch).padStart(String(this.#epochs).length)}/${this.#epochs}  loss ${loss.toFixed(4)}  ` +
        `${accuracy === undefined ? '' : `accuracy${share(accuracy)}`}${validation}  ${seconds.toFixed(1)} s`,
    );
  };

  /** Removes the live line. */
  clear(): void {
    if (this.#live) process.stderr.write('\r\x1b[K');
  }
}
