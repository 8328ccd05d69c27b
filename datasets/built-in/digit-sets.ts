/** The training and the test set of drawn digits: always the same images, drawn once and then kept in the cache. */
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import type { DataRequest } from '../../src/data/dataset.ts';
import { sha256 } from '../../src/node/files.ts';
import { DigitRows, digitsPerSeed, drawDigits, firstSeeds, pixelsPerDigit } from './digits.ts';
import { keep } from './keep.ts';

interface DrawingOptions {
  /** Images drawn before the event loop runs, so that an interruption is handled. They share a seed. */
  batch: number;
  /** Smaller sets are drawn quickly and are not cached. */
  worthKeeping: number;
  /** Images drawn again to check that a cached set is what this version draws. */
  samples: number;
}

const defaultOptions: DrawingOptions = { batch: digitsPerSeed, worthKeeping: 5_000, samples: 100 };

export interface DigitSet {
  /** `[count, 784]`, 0 paper … 255 ink. */
  pixels: Uint8Array;
  /** `[count]`, 0 … 9. */
  labels: Uint8Array;
  sha256: string;
}

/** The first `count` images of a set: a shorter set is the beginning of a longer one. */
export async function digitSet(
  split: 'train' | 'test',
  count: number,
  { cacheDir, progress }: Pick<DataRequest, 'cacheDir' | 'progress'>,
  { batch, worthKeeping, samples } = defaultOptions,
): Promise<DigitSet> {
  const task = `drawing ${split === 'train' ? 'training' : 'test'} digits`;
  const drawn = async () => {
    const rows = new DigitRows(split, count, batch);
    while (rows.drawMore()) {
      progress.update(task, rows.drawn, count);
      await others();
    }
    progress.finish(task);
    const all = new Uint8Array(count * (pixelsPerDigit + 1));
    all.set(rows.subarray(0));
    all.set(rows.labels, count * pixelsPerDigit);
    return all;
  };
  const asDrawnNow = (content: Uint8Array) => {
    const pixels = drawDigits({ count: samples, seed: firstSeeds[split] }).pixels;
    return Buffer.compare(pixels, content.subarray(0, pixels.length)) === 0;
  };
  const path = join(cacheDir, 'built-in', `digits-${split}-${count}.bin`);
  const length = count * (pixelsPerDigit + 1);
  const set =
    count < worthKeeping
      ? await drawn().then((content) => ({ content, sha256: sha256(content) }))
      : await keep(path, length, asDrawnNow, drawn, (message) => progress.note(message));
  return {
    pixels: set.content.subarray(0, count * pixelsPerDigit),
    labels: set.content.subarray(count * pixelsPerDigit),
    sha256: set.sha256,
  };
}
