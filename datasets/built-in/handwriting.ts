import { digitStrokes } from './digit-strokes.ts';
import { exp } from '../../src/utils/math.ts';
import type { RandomState } from '../../src/utils/random.ts';

/** One movement of the pen from touching the paper to leaving it. */
export interface Stroke {
  x: Float64Array;
  y: Float64Array;
  /** Whether the pen turns sharply at this control point. */
  corner: boolean[];
}

/** One way to write a digit. */
export interface Style {
  weight: number;
  strokes: Stroke[];
}

/** The styles of each digit, as `digit-strokes.ts` lists them. */
export const styles: readonly Style[][] = parseStyles(digitStrokes);

/** A style of this digit, common ones more often. */
export function chooseStyle(digit: number, random: RandomState): Style {
  const candidates = styles[digit];
  let left = random.random() * candidates.reduce((sum, style) => sum + style.weight, 0);
  for (const style of candidates) {
    left -= style.weight;
    if (left < 0) return style;
  }
  return candidates[candidates.length - 1];
}

function parseStyles(text: string): Style[][] {
  const digits: Style[][] = [];
  for (const line of text.trim().split('\n')) {
    const style = /^\s*w=(\S+)\s+(.*)$/.exec(line);
    if (style) digits[digits.length - 1].push(parseStyle(Number(style[1]), style[2]));
    else digits.push([]);
  }
  return digits;
}

function parseStyle(weight: number, points: string): Style {
  const strokes = points.split('|').map((stroke) => {
    const tokens = stroke.trim().split(/\s+/);
    return {
      x: Float64Array.from(tokens, (token) => parseFloat(token.split(',')[0])),
      y: Float64Array.from(tokens, (token) => parseFloat(token.split(',')[1])),
      corner: tokens.map((token) => token.endsWith('c')),
    };
  });
  return { weight, strokes };
}

/**
 * How much hands and pens differ from one digit to the next. Lengths of the hand are in heights of the
 * digit, those of the pen in pixels; every spread multiplies a standard normal number drawn per digit.
 */
export const hand = {
  /** Unsteadiness of the control points, and how much it differs between digits (log scale). */
  jitter: 0.055,
  jitterSpread: 0.4,
  /** Where a second stroke starts relative to the first. */
  strokeOffset: 0.02,
  /** How far the ends of a stroke overshoot, in lengths of the last control segment. */
  overshoot: 0.4,
  /** One half wider or narrower than the other: upper against lower, middle against ends. */
  bow: 0.15,
  taper: 0.25,
  stretch: 0.2,
  belly: 0.1,
  /** Smooth random bending of the whole plane. */
  bendWaves: 3,
  bend: 0.045,
  bendFrequency: [0.3, 1.1],
  slant: 0.24,
  rotation: 0.1,
  /** Width of the pen in pixels (log-normal, clipped), and how it changes along a stroke. */
  penWidth: 2.0,
  penSpread: 0.28,
  penLimits: [1.1, 5.5],
  pressure: 0.15,
  pressureCycles: [0.3, 1.5],
  /** A broad nib draws thicker in one direction than in the other. */
  nib: 0.3,
  nibLimit: 0.6,
  shift: 0.95,
  /** Width of the grey edge in pixels, and how far the ink saturates. */
  edge: [0.7, 1.8],
  gain: [1.0, 1.25],
};

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

/** The least and the largest of the first `length` values. */
export function extent(values: Float64Array, length: number): [least: number, largest: number] {
  const used = values.subarray(0, length);
  return [Math.min(...used), Math.max(...used)];
}

/** Proportions: where the middle sits, which half is wider, how wide the whole is. */
function shape({ x, y, length }: Path, random: RandomState): void {
  const [left, right] = extent(x, length);
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
