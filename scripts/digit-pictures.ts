/**
 * How well pictures of digits are prepared for a network: draws some of every kind and counts how many it reads.
 * `npx tsx scripts/digit-pictures.ts weights.json [of each digit and kind] [seed]`. The seeds below 100 were used while the
 * preparation was made; what is published comes from seed 100.
 */
import { useBackend } from '../src/backend/index.ts';
import { RandomState } from '../src/core/random.ts';
import { predict } from '../src/core/scoring/predict.ts';
import { digitFromPicture } from '../src/core/data/digit-picture.ts';
import { decodeBytes } from '../src/node/image.ts';
import { loadWeights } from '../src/runs/load.ts';
import { drawPicture, kinds, writeDigit } from './digit-pictures/draw.ts';

const [weights, ofEach = '10', seed = '100'] = process.argv.slice(2);
const saved = await loadWeights(weights);
await useBackend('wasm');

const labelOf = (digit: Uint8Array): string => {
  const inputs = Float64Array.from(digit, (pixel) => pixel / 255);
  return predict(saved.model, saved.parameters, inputs, saved.features, saved.file)[0].label;
};

const random = new RandomState(Number(seed));

/** The shape of a digit that the network reads where no picture comes between. */
function readable(digit: number, random: RandomState): string {
  for (;;) {
    const { shape, pixels } = writeDigit(digit, random);
    if (labelOf(pixels) === String(digit)) return shape;
  }
}

const shapes = Array.from({ length: 10 * Number(ofEach) }, (_, i) => readable(i % 10, random));

console.log('| kind | pictures | read |\n| --- | ---: | ---: |');
for (const kind of Object.keys(kinds)) {
  let [right, refused] = [0, 0];
  for (const [i, shape] of shapes.entries()) {
    const file = await drawPicture(kind, shape, random);
    const { pixels, width, height } = await decodeBytes(file, kind, { alpha: true });
    const digit = digitFromPicture({ data: pixels, width, height });
    if (!digit) refused++;
    else if (labelOf(digit) === String(i % 10)) right++;
  }
  const note = refused > 0 ? ` ${refused} refused` : '';
  console.log(`| ${kind} | ${shapes.length} | ${((100 * right) / shapes.length).toFixed(1)} % |${note}`);
}
