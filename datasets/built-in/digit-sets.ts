/** The training and the test set of drawn digits: always the same images, drawn once and then kept in the cache. */
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import type { DataRequest } from '../../src/data/dataset.ts';
import { sha256 } from '../../src/node/files.ts';
import { digitsPerSeed, firstSeeds, pixelsPerDigit, drawDigits } from './digits.ts';
import { keep } from './keep.ts';

interface DrawingHabits {
  /** Images drawn before other work of the process, an interruption above all, has its turn. They share a seed. */
  batch: number;
  /** Smaller sets are drawn in a moment, so keeping them would only litter the cache. */
  worthKeeping: number;
  /** Images drawn afresh to see that a kept set is still what this version draws. */
  samples: number;
}

const usualHabits: DrawingHabits = { batch: digitsPerSeed, worthKeeping: 5_000, samples: 100 };

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
  { batch, worthKeeping, samples } = usualHabits,
): Promise<DigitSet> {
  const firstSeed = firstSeeds[split];
  const task = `drawing ${split === 'train' ? 'training' : 'test'} digits`;
  const drawn = async () => {
    const all = new Uint8Array(count * (pixelsPerDigit + 1));
    for (let done = 0; done < count; done += batch) {
      const { pixels, labels } = drawDigits({
        count: Math.min(batch, count - done),
        seed: firstSeed + done / batch,
      });
      all.set(pixels, done * pixelsPerDigit);
      all.set(labels, count * pixelsPerDigit + done);
      progress.update(task, done + labels.length, count);
      await others();
    }
    progress.finish(task);
    return all;
  };
  const asDrawnNow = (content: Uint8Array) => {
    const { pixels } = drawDigits({ count: samples, seed: firstSeed });
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
