/**
 * Pictures of cats and of other things, drawn by this program in place of photographs: as SVG at many sizes, stored
 * as PNG, JPEG or WebP, and then read back through the same decoder as anybody's pictures.
 */
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { DataRequest, Examples } from '../../src/data/dataset.ts';
import { sha256 } from '../../src/node/files.ts';
import { decodeBytes } from '../../src/node/image.ts';
import { RandomState } from '../../src/utils/random.ts';
import { composePicture, drawCat, pick, things } from './drawing.ts';
import { keep } from './keep.ts';

const side = 64;
const features = side * side * 3;
/** Fast settings: nobody keeps these files. */
const formats = {
  png: (image: Sharp) => image.png({ compressionLevel: 1 }),
  jpeg: (image: Sharp) => image.jpeg({ quality: 90 }),
  webp: (image: Sharp) => image.webp({ quality: 90, effort: 0 }),
};
const formatNames = Object.keys(formats) as (keyof typeof formats)[];
const atOnce = 8;

export interface PictureSet {
  readonly name: string;
  readonly pictures: number;
  /** How many of them are cats. */
  readonly cats: number;
  readonly seed: number;
}

interface Sketch {
  svg: string;
  format: keyof typeof formats;
}

/**
 * A set of pictures, rendered once and then kept in the cache. One seed gives the same pictures.
 *
 * @returns `[pictures, 64 × 64 × 3]` bytes, cats (label 1) and other things (label 0) in random order.
 */
export async function drawCats(
  set: PictureSet,
  { cacheDir, progress }: Pick<DataRequest, 'cacheDir' | 'progress'>,
): Promise<Examples> {
  const random = new RandomState(set.seed);
  const labels = random.shuffle(Uint8Array.from({ length: set.pictures }, (_, i) => (i < set.cats ? 1 : 0)));
  const sketches = Array.from(labels, (label) => ({
    svg: composePicture(label === 1 ? drawCat : pick(random, things), random),
    format: pick(random, formatNames),
  }));
  // The name tells what the pixels depend on, so that what another version has kept is never taken for ours.
  const origin = sha256(JSON.stringify([sketches, sharp.versions])).slice(0, 16);
  const { content } = await keep(
    join(cacheDir, 'built-in', `cats-${set.name}-${origin}.bin`),
    set.pictures * features,
    () => true,
    () => render(sketches, `drawing pictures (${set.name})`, progress),
    (message) => progress.note(message),
  );
  return { rows: set.pictures, features, inputs: content, divisor: 255, labels };
}

async function render(
  sketches: Sketch[],
  task: string,
  progress: DataRequest['progress'],
): Promise<Uint8Array> {
  const pixels = new Uint8Array(sketches.length * features);
  for (let start = 0; start < sketches.length; start += atOnce) {
    progress.update(task, start, sketches.length);
    await Promise.all(
      sketches.slice(start, start + atOnce).map(async ({ svg, format }, i) => {
        const file = await formats[format](sharp(Buffer.from(svg))).toBuffer();
        const resize = { width: side, height: side };
        pixels.set(
          (await decodeBytes(file, `drawing ${start + i}`, { resize })).pixels,
          (start + i) * features,
        );
      }),
    );
  }
  progress.finish(task);
  return pixels;
}
