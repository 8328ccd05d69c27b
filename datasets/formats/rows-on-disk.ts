/**
 * Bytes of an open file in place of an array: data that is larger than memory is read batch by batch.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import type { StoredInputs } from '../../src/core/data/dataset.ts';
import { InputError, WorkError } from '../../src/core/errors.ts';
import { fileError } from '../../src/node/files.ts';

/** Which bytes of which file. */
export interface Stretch {
  path: string;
  /** Bytes before the first value. */
  offset: number;
  length: number;
}

/**
 * Tells one state of a file from another without reading it: which file, how long, when written, when last touched in
 * any way. The last of these no program can set, so that bytes exchanged under an old date are noticed, too.
 */
export const versionOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [ino, size, mtimeNs, ctimeNs].join(' ');

/**
 * Whoever rewrites the file while it is read gets an error, by its size and the time of its last change; a new file that
 * takes its name does no harm. Reading waits for the disk, as a training step has nothing else to do.
 */
export class RowsOnDisk implements StoredInputs {
  readonly BYTES_PER_ELEMENT = 1;
  readonly length: number;
  /** The version of the file when it was opened, see {@link versionOf}. */
  readonly version: string;
  readonly #path: string;
  readonly #offset: number;
  readonly #opened: BigIntStats;
  #file: number | undefined;

  /** @throws InputError where the file cannot be read or is too short */
  constructor({ path, offset, length }: Stretch) {
    this.#path = path;
    this.#offset = offset;
    this.length = length;
    try {
      // Non-blocking, for opening a pipe that nobody writes to would otherwise wait for ever.
      this.#file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      this.#opened = fstatSync(this.#file, { bigint: true });
      this.version = versionOf(this.#opened);
    } catch (error) {
      throw fileError(error, 'read', path);
    }
    if (this.#opened.isFile() && this.#opened.size >= offset + length) return;
    this.close();
    throw new InputError(
      `cannot read ${JSON.stringify(path)}: it has ${this.#opened.size} bytes, not the ${offset + length} that its header makes`,
    );
  }

  subarray(start: number, end = this.length): Uint8Array {
    const [from, to] = [start, end].map((place) =>
      Math.min(this.length, Math.max(0, place < 0 ? this.length + place : place)),
    );
    const bytes = new Uint8Array(Math.max(0, to - from));
    this.#checkUnchanged();
    this.#read(bytes, 0, bytes.length, from);
    return bytes;
  }

  gather(into: Uint8Array, features: number, order: ArrayLike<number>, start: number, end: number): void {
    this.#checkUnchanged();
    for (let first = start, next: number; first < end; first = next) {
      // Rows that follow one another, as they do in evaluation, are one request to the system.
      for (next = first + 1; next < end && order[next] === order[next - 1] + 1;) next++;
      this.#read(into, (first - start) * features, (next - first) * features, order[first] * features);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** `length` bytes from value `start` on, to `into` from `at` on. */
  #read(into: Uint8Array, at: number, length: number, start: number): void {
    for (let done = 0, more: number; done < length; done += more) {
      try {
        more = readSync(this.#open(), into, at + done, length - done, this.#offset + start + done);
      } catch (error) {
        throw fileError(error, 'read', this.#path);
      }
      if (more === 0) throw this.#changed('it has become shorter');
    }
  }

  #checkUnchanged(): void {
    const { size, mtimeNs } = fstatSync(this.#open(), { bigint: true });
    if (size < this.#opened.size) throw this.#changed('it has become shorter');
    if (size !== this.#opened.size || mtimeNs !== this.#opened.mtimeNs) throw this.#changed('it has changed');
  }

  #changed(what: string): WorkError {
    return new WorkError(
      `cannot go on reading ${JSON.stringify(this.#path)}: ${what} since it was opened; ` +
        'begin again, and leave it as it is meanwhile',
    );
  }

  #open(): number {
    if (this.#file === undefined) throw new TypeError(`${this.#path} is closed`);
    return this.#file;
  }
}
