/**
 * Pictures of digits as people hand them in: on all kinds of paper, with all kinds of pens. The shapes are those of the
 * built-in handwriting, drawn large; the seed decides everything.
 */
import sharp from 'sharp';
import { Path, write } from '../../datasets/built-in/handwriting.ts';
import { draw, SIDE } from '../../datasets/built-in/pen.ts';
import { chooseStyle } from '../../datasets/built-in/styles.ts';
import type { RandomState } from '../../src/core/random.ts';

/** Lengths are in shares of the picture's side. */
interface Scene {
  side: number;
  paper: string | undefined;
  ink: string;
  /** Of the digit. */
  height: number;
  /** Of the pen, in shares of the digit's height. */
  pen: number;
  /** Of the digit's middle. */
  x: number;
  y: number;
  /** In degrees. */
  turn: number;
  /** SVG under the digit, in a square of `side`. */
  under: string;
  /** Standard deviation of what each pixel is off by, 0 … 255. */
  noise: number;
}

type Change = (random: RandomState, scene: Scene) => Partial<Scene>;

const between = (random: RandomState, low: number, high: number) => low + (high - low) * random.random();
const hsl = (hue: number, saturation: number, lightness: number) =>
  `hsl(${hue},${saturation}%,${lightness}%)`;

const lines = (side: number, gap: number, colour: string, width: number, turn: number, across: boolean) =>
  Array.from({ length: Math.ceil((2 * side) / gap) }, (_, i) => {
    const at = i * gap - side / 2;
    const [x1, y1, x2, y2] = across ? [at, -side, at, 2 * side] : [-side, at, 2 * side, at];
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}" transform="rotate(${turn} ${side / 2} ${side / 2})"/>`;
  }).join('');

const ruled =
  (squared: boolean): Change =>
  (random, { side }) => {
    const gap = side * between(random, 0.08, 0.2);
    const colour = hsl(between(random, 190, 240), between(random, 20, 70), between(random, 68, 88));
    const [width, turn] = [side * between(random, 0.003, 0.012), between(random, -4, 4)];
    const draw = (across: boolean) => lines(side, gap, colour, width, turn, across);
    return { under: draw(false) + (squared ? draw(true) : ''), height: between(random, 0.35, 0.7) };
  };

const frame =
  (round: boolean): Change =>
  (random, { side }) => {
    const inset = side * between(random, 0.02, 0.12);
    const [size, middle] = [side - 2 * inset, side / 2];
    const look = `fill="none" stroke="${hsl(between(random, 0, 360), 60, between(random, 0, 35))}" stroke-width="${side * between(random, 0.005, 0.03)}"`;
    const shape = round
      ? `<circle cx="${middle}" cy="${middle}" r="${size / 2}" ${look}/>`
      : `<rect x="${inset}" y="${inset}" width="${size}" height="${size}" ${look}/>`;
    return {
      under: shape,
      height: between(random, 0.3, round ? 0.5 : 0.6),
      x: between(random, 0.45, 0.55),
      y: between(random, 0.45, 0.55),
    };
  };

export const kinds: Record<string, Change> = {
  'black on white': () => ({}),
  'white on black': () => ({ paper: '#000', ink: '#fff' }),
  'black on transparent': () => ({ paper: undefined }),
  'white on transparent': () => ({ paper: undefined, ink: '#fff' }),
  coloured: (random) => {
    const [hue, dark] = [between(random, 0, 360), random.random() < 0.5];
    const [paper, ink] = [
      hsl(hue, 70, dark ? 20 : 85),
      hsl(hue + between(random, 90, 270), 80, dark ? 75 : 35),
    ];
    return { paper, ink };
  },
  tiny: (random) => ({ side: Math.round(between(random, 18, 32)), height: 0.8, x: 0.5, y: 0.5 }),
  'off-centre': (random) => ({
    height: between(random, 0.12, 0.25),
    x: random.random() < 0.5 ? 0.15 : 0.85,
    y: random.random() < 0.5 ? 0.16 : 0.84,
  }),
  noisy: (random) => ({ noise: between(random, 15, 40), ink: '#222', paper: '#ddd' }),
  'turned by 20°': () => ({ turn: -20 }),
  'ruled paper': ruled(false),
  'squared paper': ruled(true),
  'in a frame': frame(false),
  'in a circle': frame(true),
  hairline: (random) => ({ pen: between(random, 0.006, 0.015) }),
  'thick marker': (random) => ({ pen: between(random, 0.16, 0.22) }),
  'faint pencil': (random) => ({
    ink: hsl(0, 0, between(random, 70, 80)),
    noise: between(random, 2, 5),
    pen: 0.05,
  }),
  'half in shadow': (random, { side }) => ({
    paper: '#f4f0e8',
    ink: '#1a2a6a',
    noise: 3,
    under:
      `<defs><linearGradient id="light" x2="${random.random() < 0.5 ? 1 : 0}" y2="1"><stop offset="0" stop-color="#000" stop-opacity="0"/>` +
      `<stop offset="1" stop-color="#000" stop-opacity="${between(random, 0.3, 0.6)}"/></linearGradient></defs>` +
      `<rect width="${side}" height="${side}" fill="url(#light)"/>`,
  }),
};

/** A digit as the built-in data has it: the way of the pen, and the 28×28 pixels of it. */
export function writeDigit(digit: number, random: RandomState): { shape: string; pixels: Uint8Array } {
  const path = new Path();
  write(chooseStyle(digit, random), random, path);
  const shape = pathData(path);
  const pixels = new Uint8Array(SIDE * SIDE);
  draw(path, random, pixels, 0);
  return { shape, pixels };
}

/** A picture of it, as PNG. */
export async function drawPicture(kind: string, shape: string, random: RandomState): Promise<Buffer> {
  const plain: Scene = {
    side: Math.round(between(random, 100, 500)),
    paper: '#fff',
    ink: '#000',
    height: between(random, 0.4, 0.75),
    pen: between(random, 0.05, 0.13),
    x: between(random, 0.44, 0.56),
    y: between(random, 0.44, 0.56),
    turn: 0,
    under: '',
    noise: 0,
  };
  const changed = { ...plain, ...kinds[kind](random, plain) };
  const { side, paper, ink, height, pen, x, y, turn, under, noise } = changed;
  const background = paper ? `<rect width="${side}" height="${side}" fill="${paper}"/>` : '';
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${background}${under}` +
    `<g transform="translate(${x * side} ${y * side}) rotate(${turn}) scale(${height * side})">` +
    `<path d="${shape}" fill="none" stroke="${ink}" stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round"/></g></svg>`;
  const image = sharp(Buffer.from(svg));
  if (noise === 0) return image.png().toBuffer();
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const noisy = Uint8ClampedArray.from(data, (value) => value + noise * random.gaussian());
  return sharp(noisy, { raw: { ...info, channels: 3 } })
    .png()
    .toBuffer();
}

/** The way of the pen, one high, its middle at 0. */
function pathData({ x, y, penDown, length }: Path): string {
  const [xs, ys] = [x.slice(0, length), y.slice(0, length)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const size = Math.max(bottom - top, right - left);
  return Array.from(xs, (_, i) => {
    const [px, py] = [(xs[i] - (left + right) / 2) / size, (ys[i] - (top + bottom) / 2) / size];
    return `${penDown[i] ? 'M' : 'L'}${px.toFixed(4)},${py.toFixed(4)}`;
  }).join('');
}
