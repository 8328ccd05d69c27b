/**
 * Pictures of cats and of other things, drawn by this program in place of photographs: as SVG at many sizes, stored
 * as PNG, JPEG or WebP, and then read back through the same decoder as anybody's pictures.
 */
import sharp, { type Sharp } from 'sharp';
import type { Examples, Progress } from '../../src/dataset.ts';
import { decodeBytes } from '../../src/image.ts';
import { RandomState } from '../../src/random.ts';
import { drawCat } from './cat-drawing.ts';
import { composePicture, pick } from './drawing.ts';
import { things } from './thing-drawings.ts';

const side = 64;
const features = side * side * 3;
/** Fast settings: nobody keeps these files. */
const formats = [
  (image: Sharp) => image.png({ compressionLevel: 1 }),
  (image: Sharp) => image.jpeg({ quality: 90 }),
  (image: Sharp) => image.webp({ quality: 90, effort: 0 }),
];
const atOnce = 8;

export interface DrawnPictures {
  readonly pictures: number;
  /** How many of them are cats. */
  readonly cats: number;
  readonly seed: number;
}

/**
 * @returns `[pictures, 64 × 64 × 3]` bytes, cats (label 1) and other things (label 0) in random order. One seed gives
 *   the same pictures.
 */
export async function drawCats(
  { pictures, cats, seed }: DrawnPictures,
  task: string,
  progress: Progress,
): Promise<Examples> {
  const random = new RandomState(seed);
  const labels = random.shuffle(Uint8Array.from({ length: pictures }, (_, i) => (i < cats ? 1 : 0)));
  const inputs = new Uint8Array(pictures * features);
  // Drawn one after the other, for they share the random stream; rendered several at once.
  const drawings = Array.from(labels, (label) => ({
    svg: composePicture(label === 1 ? drawCat : pick(random, things), random),
    store: pick(random, formats),
  }));
  for (let start = 0; start < pictures; start += atOnce) {
    progress.update(task, start, pictures);
    await Promise.all(
      drawings.slice(start, start + atOnce).map(async ({ svg, store }, i) => {
        const file = await store(sharp(Buffer.from(svg))).toBuffer();
        const { pixels } = await decodeBytes(file, `drawing ${start + i}`, {
          resize: { width: side, height: side },
        });
        inputs.set(pixels, (start + i) * features);
      }),
    );
  }
  progress.finish(task);
  return { rows: pictures, features, inputs, divisor: 255, labels };
}
