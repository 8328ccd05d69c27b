import { exp } from '../../src/utils/math.ts';
import type { RandomState } from '../../src/utils/random.ts';
import { extent, hand, type Path } from './handwriting.ts';

/** MNIST's format: 28×28 pixels, the digit fitted into 20×20 and its centre of mass put at the middle. */
export const SIDE = 28;
const BOX = 20;
/** The centre of pixel 14, in a plane where pixel (column, row) covers [column, column + 1) × [row, row + 1). */
const MIDDLE = 14.5;

const radius = new Float64Array(256);
const ink = new Float32Array(SIDE * SIDE);

/** Draw the path with some pen into the 784 bytes from `offset` on: 0 is paper, 255 is ink. The path is scaled in place. */
export function draw(path: Path, random: RandomState, pixels: Uint8Array, offset: number): void {
  const width = exp(hand.penSpread * random.gaussian()) * hand.penWidth;
  press(path, Math.min(hand.penLimits[1], Math.max(hand.penLimits[0], width)) / 2, random);
  fit(path);

  const nib = Math.min(Math.abs(hand.nib * random.gaussian()), hand.nibLimit);
  const nibAngle = Math.PI * random.random();
  centre(path, random);
  const edge = between(hand.edge, random);
  const gain = between(hand.gain, random);

  ink.fill(0);
  for (let i = 1; i < path.length; i++) {
    if (path.penDown[i]) continue;
    const direction = Math.atan2(path.y[i] - path.y[i - 1], path.x[i] - path.x[i - 1]);
    const thickness = 1 + nib * Math.cos(2 * (direction - nibAngle));
    drawSegment(path, i, thickness, edge);
  }
  for (let i = 0; i < ink.length; i++) pixels[offset + i] = 255 * Math.min(1, gain * ink[i]) + 0.5;
}

/** The pen's radius at each point of the path: pressure swells and fades along a stroke. */
function press({ length }: Path, base: number, random: RandomState): void {
  const amount = hand.pressure * random.gaussian();
  const cycles = between(hand.pressureCycles, random);
  const phase = 2 * Math.PI * random.random();
  for (let i = 0; i < length; i++) {
    radius[i] = base * (1 + amount * Math.sin(2 * Math.PI * cycles * (i / length) + phase));
  }
}

/** Scale the path so that it and the pen's width just fit the box, keeping its proportions. */
function fit({ x, y, length }: Path): void {
  const [left, right] = extent(x, length);
  const [top, bottom] = extent(y, length);
  const [, widest] = extent(radius, length);
  const scale = (BOX - 2 * widest) / Math.max(right - left, bottom - top);
  for (let i = 0; i < length; i++) {
    x[i] *= scale;
    y[i] *= scale;
  }
}

/** Put the centre of the ink's mass at the middle of the image, give or take a little. */
function centre({ x, y, penDown, length }: Path, random: RandomState): void {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let i = 1; i < length; i++) {
    if (penDown[i]) continue;
    const weight = Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) * (radius[i] + radius[i - 1]);
    mass += weight;
    massX += (weight * (x[i] + x[i - 1])) / 2;
    massY += (weight * (y[i] + y[i - 1])) / 2;
  }
  const dx = MIDDLE - massX / mass + hand.shift * random.gaussian();
  const dy = MIDDLE - massY / mass + hand.shift * random.gaussian();
  for (let i = 0; i < length; i++) {
    x[i] += dx;
    y[i] += dy;
  }
}

/** Ink one segment: full inside the pen's radius, falling to nothing over an edge of `edge` pixels. */
function drawSegment({ x, y }: Path, end: number, thickness: number, edge: number): void {
  const x0 = x[end - 1];
  const y0 = y[end - 1];
  const dx = x[end] - x0;
  const dy = y[end] - y0;
  const r0 = radius[end - 1] * thickness;
  const dr = radius[end] * thickness - r0;
  const perLength = 1 / (dx * dx + dy * dy || 1);
  const reach = Math.max(r0, r0 + dr) + edge / 2;
  const left = Math.max(0, Math.ceil(Math.min(x0, x[end]) - reach - 0.5));
  const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x[end]) + reach - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(y0, y[end]) - reach - 0.5));
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y[end]) + reach - 0.5));
  for (let row = top; row <= bottom; row++) {
    const py = row + 0.5 - y0;
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * perLength));
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const cover = 0.5 + (r0 + along * dr - distance) / edge;
      const at = row * SIDE + column;
      if (cover > ink[at]) ink[at] = Math.min(1, cover);
    }
  }
}

function between([low, high]: number[], random: RandomState): number {
  return low + (high - low) * random.random();
}
