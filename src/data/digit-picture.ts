/**
 * From a picture of a digit, photographed or drawn, to the 28×28 pixels that MNIST would have made of it: light
 * strokes on black, the digit fitted into 20×20, its centre of mass in the middle (LeCun et al., 1998).
 *
 * Pixels in, pixels out: the same on the command line and in a browser's page.
 */
import {
  dilated,
  mapped,
  otsu,
  patchesOf,
  plane,
  quantile,
  resized,
  type Box,
  type Patch,
  type Plane,
} from './planes.ts';

/** Red, green, blue and opacity of each pixel, 0 … 255, row-major, as a canvas gives them (`ImageData`). */
export interface ColorPicture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

const side = 28;
const digitSide = 20;
/** More pixels of a photograph make the digit no clearer. */
const maxSide = 600;
/** Less contrast than this, of 1, is the unevenness of an empty page. */
const leastContrast = 0.06;
/** The darkest pixels, as a share of all, have the ink's full strength: a single one may be dirt. */
const fullShare = 0.001;

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

/** @returns 784 bytes, row-major, 0 black … 255 ink; undefined where nothing is drawn */
export function digitFromPicture(picture: ColorPicture): Uint8Array | undefined {
  const ink = inkOf(shrunk(picture));
  const digit = ink && digitIn(ink);
  return digit && centered(withUsualPen(digit));
}

type Colors = [red: Plane, green: Plane, blue: Plane];

/** By a whole number, so that no side is longer than `maxSide`; what is transparent takes the color of the paper. */
function shrunk({ data, width, height }: ColorPicture): Colors {
  const factor = Math.max(1, Math.ceil(Math.max(width, height) / maxSide));
  const [columns, rows] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const sums = [0, 1, 2, 3].map(() => plane(columns, rows));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const to = Math.floor(y / factor) * columns + Math.floor(x / factor);
      const opacity = data[i + 3] / 255;
      for (let k = 0; k < 3; k++) sums[k].values[to] += (data[i + k] / 255) * opacity;
      sums[3].values[to] += opacity;
    }
  }
  const [opacity] = sums.splice(3);
  const pixels = Float32Array.from(opacity.values, (_, i) => {
    const [x, y] = [(i % columns) * factor, Math.floor(i / columns) * factor];
    return Math.min(factor, width - x) * Math.min(factor, height - y);
  });
  const paper = paperBehind(sums, opacity, width * height);
  return sums.map((sum, k) =>
    mapped(sum, (value, i) => (value + (pixels[i] - opacity.values[i]) * paper[k]) / pixels[i]),
  ) as Colors;
}

/** The color behind what is transparent: that of the rest if it is a page, else the one that the strokes stand out from. */
function paperBehind(sums: Plane[], opacity: Plane, pixels: number): number[] {
  const opaque = opacity.values.reduce((sum, value) => sum + value, 0);
  const mean = sums.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / Math.max(opaque, 1));
  if (opaque > pixels / 2) return mean;
  return mean.map(() => ((mean[0] + mean[1] + mean[2]) / 3 > 0.5 ? 0 : 1));
}

/** How much each pixel is ink: 0 paper … 1 full; undefined where all are alike. */
function inkOf(colors: Colors): Plane | undefined {
  const [red, green, blue] = colors.map(({ values }) => values);
  const paper = [red, green, blue].map((values) => quantile(values, 0.5));
  const distance = mapped(colors[0], (_, i) =>
    Math.sqrt((red[i] - paper[0]) ** 2 + (green[i] - paper[1]) ** 2 + (blue[i] - paper[2]) ** 2),
  );
  const far = quantile(distance.values, 1) / 2;
  // Which way the ink differs from the paper: darker, lighter, redder. A light that falls on the paper differs otherwise.
  const ink = [red, green, blue].map((values, k) =>
    values.reduce((sum, value, i) => (distance.values[i] > far ? sum + value - paper[k] : sum), 0),
  );
  const length = Math.hypot(...ink);
  if (!(length > 0)) return undefined;
  const [r, g, b] = ink.map((difference) => difference / length);
  const along = mapped(
    colors[0],
    (_, i) => (red[i] - paper[0]) * r + (green[i] - paper[1]) * g + (blue[i] - paper[2]) * b,
  );
  const full = quantile(along.values, 1 - fullShare);
  if (full < leastContrast) return undefined;
  const relative = mapped(along, (value) => clamped(value / full));
  const threshold = Math.min(0.6, Math.max(0.25, otsu(relative.values)));
  // Half the threshold is paper, half as much again is full ink; between them the edges of strokes keep their grey.
  return mapped(relative, (value) => clamped(value / threshold - 0.5));
}

/** The patches of ink that make the digit, cut out. */
function digitIn(ink: Plane): Plane | undefined {
  const { patches, labels } = patchesOf(ink, 0.5);
  const chosen = withoutFrames(patches, ink);
  if (chosen.length === 0) return undefined;
  const isChosen = new Set(chosen.map(({ label }) => label));
  const mask = dilated(
    { ...ink, values: Float32Array.from(labels, (label) => (isChosen.has(label) ? 1 : 0)) },
    1,
  );
  const box = around(chosen);
  const scale = (finer * digitSide) / Math.max(box.width, box.height);
  const size = (length: number) => Math.max(1, Math.round(length * scale));
  return resized(
    mapped(ink, (value, i) => value * mask.values[i]),
    box,
    size(box.width),
    size(box.height),
  );
}

/** Strokes are made thicker and thinner on a grid that is so many times as fine. */
const finer = 4;

const maxPatches = 100;

/** Without frames and lines around the digit, and without specks. */
function withoutFrames(patches: Patch[], page: Plane): Patch[] {
  const largest = (of: Patch[]) => of.reduce((most, { size }) => Math.max(most, size), 0);
  const isInside = (one: Patch, other: Patch) =>
    one !== other &&
    one.left > other.left &&
    one.top > other.top &&
    one.left + one.width < other.left + other.width &&
    one.top + one.height < other.top + other.height;
  // A page of noise has thousands.
  const large = [...patches].sort((one, other) => other.size - one.size).slice(0, maxPatches);
  const surrounds = (frame: Patch) =>
    large.some(
      (patch) =>
        isInside(patch, frame) && Math.max(patch.width / frame.width, patch.height / frame.height) > 0.25,
    );
  const touches = ({ left, top, width, height }: Patch) =>
    left === 0 || top === 0 || left + width === page.width || top + height === page.height;
  let rest = large.filter((patch) => !surrounds(patch));
  const inner = rest.filter((patch) => !touches(patch));
  if (largest(inner) > 0.1 * largest(rest)) rest = inner;
  return rest.filter(({ size }) => size > 0.05 * largest(rest));
}

function around(patches: Patch[]): Box {
  const left = Math.min(...patches.map((patch) => patch.left));
  const top = Math.min(...patches.map((patch) => patch.top));
  const right = Math.max(...patches.map((patch) => patch.left + patch.width));
  const bottom = Math.max(...patches.map((patch) => patch.top + patch.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** The width of its strokes in pixels: twice its area by its outline. */
function strokeWidth({ width, height, values }: Plane): number {
  let [area, outline] = [0, 0];
  const isInk = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && values[y * width + x] > 0.5;
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      if (isInk(x, y)) area++;
      if (isInk(x, y) !== isInk(x - 1, y)) outline++;
      if (isInk(x, y) !== isInk(x, y - 1)) outline++;
    }
  }
  // A slanting line has 4/π times as many steps as it is long.
  return outline === 0 ? 0 : (2 * area) / ((outline * Math.PI) / 4);
}

/** A quarter of MNIST's digits have thinner strokes than the first and a tenth have thicker ones than the second. */
const defaultStroke = { thinnest: 2 * finer, thickest: 3.5 * finer };

/** Hairlines made as thick as MNIST's strokes, and brushes as thin, in its size. */
function withUsualPen(digit: Plane): Plane {
  const width = strokeWidth(digit);
  const { thinnest, thickest } = defaultStroke;
  const margin = finer * 2;
  let roomy = resized(
    digit,
    { left: -margin, top: -margin, width: digit.width + 2 * margin, height: digit.height + 2 * margin },
    digit.width + 2 * margin,
    digit.height + 2 * margin,
  );
  if (width < thinnest) roomy = dilated(roomy, (thinnest - width) / 2);
  else if (width > thickest) {
    const paper = mapped(roomy, (value) => 1 - value);
    roomy = mapped(dilated(paper, (width - thickest) / 2), (value) => 1 - value);
  }
  const { patches } = patchesOf(roomy, 0.5);
  const box =
    patches.length > 0 ? around(patches) : { left: 0, top: 0, width: roomy.width, height: roomy.height };
  const scale = digitSide / Math.max(box.width, box.height);
  const size = (length: number) => Math.max(1, Math.round(length * scale));
  return resized(roomy, box, size(box.width), size(box.height));
}

function centered({ width, height, values }: Plane): Uint8Array {
  let [mass, momentX, momentY, brightest] = [0, 0, 0, 0];
  values.forEach((value, i) => {
    mass += value;
    momentX += value * (i % width);
    momentY += value * Math.floor(i / width);
    brightest = Math.max(brightest, value);
  });
  const shift = (moment: number, length: number): number => {
    const wanted = Math.round(side / 2 - 0.5 - moment / mass);
    return Math.min(side - length, Math.max(0, wanted));
  };
  const [offsetX, offsetY] = [shift(momentX, width), shift(momentY, height)];
  const digit = new Uint8Array(side * side);
  values.forEach((value, i) => {
    digit[(Math.floor(i / width) + offsetY) * side + (i % width) + offsetX] = Math.round(
      (255 * value) / brightest,
    );
  });
  return digit;
}
