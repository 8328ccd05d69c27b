import { exp } from '../../src/utils/math.ts';
import type { RandomState } from '../../src/utils/random.ts';
import { hand } from './hand.ts';
import type { Stroke, Style } from './styles.ts';

const SUBDIVISIONS = 3;

/** The way of the pen as a chain of points; reused from digit to digit, so that drawing allocates nothing. */
export class Path {
  readonly x = new Float64Array(256);
  readonly y = new Float64Array(256);
  /** 1 where the pen comes down: no ink between this point and the one before. */
  readonly penDown = new Uint8Array(256);
  length = 0;

  add(x: number, y: number, penDown: number): void {
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.penDown[this.length++] = penDown;
  }
}

/** Write one digit in the given style as some hand would: unsteady, bent, stretched, slanted. Height 1, centre near (0, 0). */
export function write(style: Style, random: RandomState, path: Path): void {
  path.length = 0;
  const jitter = hand.jitter * exp(hand.jitterSpread * random.gaussian());
  for (const stroke of style.strokes) {
    const x = unsteady(stroke.x, jitter, random);
    const y = unsteady(stroke.y, jitter, random);
    if (style.strokes.length > 1) offset(x, y, random);
    overshoot(x, y, random);
    addSmooth(stroke, x, y, path);
  }
  shape(path, random);
  bend(path, random);
  tilt(path, random);
}

/** Coordinates moved by noise that is smooth along the stroke, as a hand's errors are. */
function unsteady(coordinates: Float64Array, amount: number, random: RandomState): Float64Array {
  const moved = new Float64Array(coordinates.length);
  let before = random.gaussian();
  let here = random.gaussian();
  for (let i = 0; i < moved.length; i++) {
    const after = random.gaussian();
    // √(1² + 1.5² + 1²) ≈ 2.06 keeps the variance at 1.
    moved[i] = coordinates[i] + (amount * (before + 1.5 * here + after)) / 2.06;
    before = here;
    here = after;
  }
  return moved;
}

function offset(x: Float64Array, y: Float64Array, random: RandomState): void {
  const dx = hand.strokeOffset * random.gaussian();
  const dy = hand.strokeOffset * random.gaussian();
  for (let i = 0; i < x.length; i++) {
    x[i] += dx;
    y[i] += dy;
  }
}

/** Move both ends of a stroke along their direction, out or back. */
function overshoot(x: Float64Array, y: Float64Array, random: RandomState): void {
  const last = x.length - 1;
  const atStart = hand.overshoot * random.gaussian();
  const atEnd = hand.overshoot * random.gaussian();
  x[0] += atStart * (x[0] - x[1]);
  y[0] += atStart * (y[0] - y[1]);
  x[last] += atEnd * (x[last] - x[last - 1]);
  y[last] += atEnd * (y[last] - y[last - 1]);
}

/** A uniform Catmull-Rom curve through the control points, broken at corners. */
function addSmooth({ corner }: Stroke, x: Float64Array, y: Float64Array, path: Path): void {
  const last = x.length - 1;
  path.add(x[0], y[0], 1);
  for (let i = 0; i < last; i++) {
    const before = i === 0 || corner[i] ? i : i - 1;
    const after = i + 1 === last || corner[i + 1] ? i + 1 : i + 2;
    for (let step = 1; step <= SUBDIVISIONS; step++) {
      const t = step / SUBDIVISIONS;
      path.add(
        catmullRom(x[before], x[i], x[i + 1], x[after], t),
        catmullRom(y[before], y[i], y[i + 1], y[after], t),
        0,
      );
    }
  }
}

function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  const linear = p2 - p0;
  const quadratic = 2 * p0 - 5 * p1 + 4 * p2 - p3;
  const cubic = 3 * (p1 - p2) + p3 - p0;
  return p1 + 0.5 * t * (linear + t * (quadratic + t * cubic));
}

/** Proportions: where the middle sits, which half is wider, how wide the whole is. */
function shape({ x, y, length }: Path, random: RandomState): void {
  let left = Infinity;
  let right = -Infinity;
  for (let i = 0; i < length; i++) {
    left = Math.min(left, x[i]);
    right = Math.max(right, x[i]);
  }
  const centre = (left + right) / 2;
  const bow = hand.bow * random.gaussian();
  const taper = hand.taper * random.gaussian();
  const stretch = exp(hand.stretch * random.gaussian());
  const belly = hand.belly * random.gaussian();
  for (let i = 0; i < length; i++) {
    let v = Math.min(1.3, Math.max(-0.3, y[i])) - 0.5;
    v += bow * (0.25 - v * v);
    y[i] = v;
    x[i] = (x[i] - centre) * (1 + taper * v) * stretch + belly * (v * v - 0.08);
  }
}

/** Bend the plane by a few long sine waves of random direction. */
function bend({ x, y, length }: Path, random: RandomState): void {
  const moveX = new Float64Array(length);
  const moveY = new Float64Array(length);
  const [lowest, highest] = hand.bendFrequency;
  const frequency = () =>
    (random.random() < 0.5 ? -1 : 1) * 2 * Math.PI * (lowest + (highest - lowest) * random.random());
  for (let wave = 0; wave < hand.bendWaves; wave++) {
    const alongX = frequency();
    const alongY = frequency();
    const phase = 2 * Math.PI * random.random();
    const dx = hand.bend * random.gaussian();
    const dy = hand.bend * random.gaussian();
    for (let i = 0; i < length; i++) {
      const s = Math.sin(alongX * x[i] + alongY * y[i] + phase);
      moveX[i] += dx * s;
      moveY[i] += dy * s;
    }
  }
  for (let i = 0; i < length; i++) {
    x[i] += moveX[i];
    y[i] += moveY[i];
  }
}

function tilt({ x, y, length }: Path, random: RandomState): void {
  const slant = hand.slant * random.gaussian();
  const angle = hand.rotation * random.gaussian();
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let i = 0; i < length; i++) {
    const slanted = x[i] - slant * y[i];
    x[i] = cos * slanted - sin * y[i];
    y[i] = sin * slanted + cos * y[i];
  }
}
