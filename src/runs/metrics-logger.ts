/** A training as others follow it while it runs: TensorBoard's event files, a file of JSON lines. */
import { closeSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { EpochRecord } from '../training/types.ts';
import { fileError, makeDirectory } from '../node/files.ts';
import { fileVersion, scalarsRecord } from '../weights/formats/event-file.ts';

export interface MetricsFiles {
  /** Directory of event files. */
  tensorboard?: string;
  /** File that gets a line for each recorded epoch. */
  metricsFile?: string;
}

type Scores = Partial<Record<string, unknown>>;

/** Appends to files as training goes. A file that fails is given up, with a warning, and training goes on. */
export class MetricsLogger {
  readonly #files: MetricsFiles;
  readonly #warn: (message: string) => void;
  readonly #open = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Of this process alone: a resumed run appends to no file that may end in the middle of a record. */
  readonly #eventFile = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.v2`;
  #run = '';
  #model = '';

  /** @param warn of a file that can be written no more */
  constructor(followers: MetricsFiles, warn: (message: string) => void) {
    this.#files = followers;
    this.#warn = warn;
  }

  /** @param out the run's directory @throws InputError where a file cannot be made */
  async begin(model: string, out: string): Promise<void> {
    this.#model = model;
    this.#run = out;
    const { tensorboard, metricsFile } = this.#files;
    if (metricsFile !== undefined) {
      await makeDirectory(dirname(metricsFile));
      this.#append(metricsFile, endsInALine(metricsFile) ? '\n' : '', true);
    }
    if (tensorboard !== undefined) await makeDirectory(join(tensorboard, basename(out)));
  }

  onEpoch = (record: EpochRecord): void => {
    const { tensorboard, metricsFile } = this.#files;
    if (metricsFile !== undefined) {
      const line = { run: this.#run, model: this.#model, ...record };
      this.#append(metricsFile, `${JSON.stringify(line)}\n`);
    }
    if (tensorboard === undefined) return;
    const { epoch, step = epoch, loss, accuracy, validationLoss, validationAccuracy } = record;
    // TensorBoard's own steps are whole numbers.
    this.#addScalars('train', step, { loss, accuracy });
    this.#addScalars('validation', step, { loss: validationLoss, accuracy: validationAccuracy });
  };

  /** The scores on the test rows, and no more to come. */
  end(epoch: number, test?: Scores): void {
    if (this.#files.tensorboard !== undefined && test) {
      const { loss, accuracy, r2, rmse } = test;
      this.#addScalars('test', epoch, { loss, accuracy, r2, rmse });
    }
    for (const file of this.#open.values()) closeSync(file);
    this.#open.clear();
  }

  /** With the tags that Keras uses, so that its runs and ours share their charts. */
  #addScalars(split: string, epoch: number, scores: Scores): void {
    const found = Object.entries(scores).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    if (found.length === 0) return;
    const scalars = Object.fromEntries(found.map(([name, value]) => [`epoch_${name}`, value]));
    const path = join(this.#files.tensorboard!, basename(this.#run), split, this.#eventFile);
    const seconds = Date.now() / 1000;
    if (!this.#open.has(path)) this.#append(path, fileVersion(seconds));
    this.#append(path, scalarsRecord(seconds, epoch, scalars));
  }

  #append(path: string, data: string | Uint8Array, mustWork = false): void {
    if (this.#failed.has(path)) return;
    try {
      const file = this.#open.get(path) ?? openToAppend(path);
      this.#open.set(path, file);
      if (data.length > 0) writeSync(file, typeof data === 'string' ? Buffer.from(data) : data);
    } catch (error) {
      const told = fileError(error, 'write', path) as Error;
      if (mustWork) throw told;
      this.#failed.add(path);
      this.#warn(`${told.message}; training goes on without it.`);
    }
  }
}

function openToAppend(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

/** Whether a program that was killed left the last line without its end. */
function endsInALine(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0) return false;
  const file = openToRead(path);
  try {
    const last = new Uint8Array(1);
    readSync(file, last, 0, 1, stats.size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(file);
  }
}
