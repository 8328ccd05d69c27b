/**
 * From a picture of a digit, photographed or drawn, to the 28×28 pixels that MNIST would have made of it: light
 * strokes on black, the digit fitted into 20×20, its centre of mass in the middle (LeCun et al., 1998).
 */
import { InputError } from '../core/errors.ts';
import { decodeImage } from './image.ts';

const side = 28;
const digitSide = 20;
/** More pixels of a photograph make the digit no clearer. */
const mostSide = 1500;
/** Pixels darker than this share of the brightest are background; paper is never evenly lit. */
const inkThreshold = 0.25;

/**
 * @returns 784 bytes, row-major, 0 black … 255 ink
 * @throws InputError when the file is no image or shows no digit
 */
export async function readDigit(path: string): Promise<Uint8Array> {
  const grey = await decodeImage(path, { greyscale: true, within: mostSide });
  const ink = lightOnDark(grey.pixels, grey.width);
  const box = boundingBox(ink, grey.width, grey.height);
  if (!box) throw new InputError(`${path} shows no digit: all its pixels are alike.`);
  const fitted = await fit(ink, grey.width, grey.height, box);
  return centred(fitted.pixels, fitted.width, fitted.height);
}

/** Inverts pictures with a light background (judged by their border) and stretches contrast to 0 … 255. */
function lightOnDark(pixels: Uint8Array, width: number): Uint8Array {
  const height = pixels.length / width;
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(pixels[x], pixels[(height - 1) * width + x]);
  for (let y = 0; y < height; y++) border.push(pixels[y * width], pixels[y * width + width - 1]);
  const background = border.sort((a, b) => a - b)[border.length >> 1];
  const distance = Float64Array.from(pixels, (p) => (background > 127 ? background - p : p - background));
  const brightest = distance.reduce((most, d) => Math.max(most, d), 0);
  // A background that differs from black by noise only is left as it is.
  if (brightest < 16) return new Uint8Array(pixels.length);
  return Uint8Array.from(distance, (d) => Math.round((255 * Math.max(0, d)) / brightest));
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function boundingBox(ink: Uint8Array, width: number, height: number): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] <= 255 * inkThreshold) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

async function fit(ink: Uint8Array, width: number, height: number, box: Box) {
  const { default: sharp } = await import('sharp');
  const scale = digitSide / Math.max(box.width, box.height);
  const size = {
    width: Math.max(1, Math.round(box.width * scale)),
    height: Math.max(1, Math.round(box.height * scale)),
  };
  const pixels = await sharp(ink, { raw: { width, height, channels: 1 } })
    .extract(box)
    .resize({ ...size, fit: 'fill' })
    .toColourspace('b-w') // else sharp makes three channels of the one
    .raw()
    .toBuffer();
  return { pixels: new Uint8Array(pixels), ...size };
}

function centred(pixels: Uint8Array, width: number, height: number): Uint8Array {
  let [mass, momentX, momentY] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    momentX += value * (i % width);
    momentY += value * Math.floor(i / width);
  });
  const shift = (moment: number, length: number): number => {
    const wanted = Math.round(side / 2 - 0.5 - moment / mass);
    return Math.min(side - length, Math.max(0, wanted));
  };
  const [offsetX, offsetY] = [shift(momentX, width), shift(momentY, height)];
  const digit = new Uint8Array(side * side);
  pixels.forEach((value, i) => {
    digit[(Math.floor(i / width) + offsetY) * side + (i % width) + offsetX] = value;
  });
  return digit;
}
