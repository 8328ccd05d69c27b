/**
 * Pictures made of pixels, to stand alone or inside a drawing.
 */

export interface Raster {
  /** `[height, width, channels]`, row-major, 0 … 255. */
  pixels: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 3;
}

/** @param size in pixels, to which it is stretched; without it its own */
export async function rasterPng(
  { pixels, width, height, channels }: Raster,
  size: { width: number; height: number } = { width, height },
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(pixels, { raw: { width, height, channels } })
    .resize(Math.round(size.width), Math.round(size.height), { kernel: 'nearest', fit: 'fill' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** An address that holds the picture itself. */
export const pngAddress = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Okabe & Ito's blue for −1, white for 0, their vermilion for 1. */
const [lowest, middle, highest] = [
  [0, 114, 178],
  [255, 255, 255],
  [213, 94, 0],
];

/** Red, green and blue of a value from −1 to 1; what lies beyond is cut off. */
export function divergingColor(value: number): number[] {
  const share = Math.min(1, Math.abs(value)) || 0;
  const end = value < 0 ? lowest : highest;
  return middle.map((light, channel) => Math.round(light + share * (end[channel] - light)));
}

/** A strip of all colors, −1 on the left. */
export function colorStrip(width: number): Raster {
  const colors = Array.from({ length: width }, (_, i) => divergingColor((2 * i) / (width - 1) - 1));
  return { pixels: Uint8Array.from(colors.flat()), width, height: 1, channels: 3 };
}

/** Values on a grid: `values[row * columns + column]` at (xs[column], ys[row]). */
export interface Grid {
  xs: number[];
  ys: number[];
  values: ArrayLike<number>;
}

type Point = [x: number, y: number];

/** Straight pieces of the line along which the grid's values are `level`, found square by square. */
export function contour({ xs, ys, values }: Grid, level: number): [Point, Point][] {
  const pieces: [Point, Point][] = [];
  const at = (column: number, row: number): number => values[row * xs.length + column] - level;
  /** Where the side between two corners is crossed, if it is. */
  const crossing = (c1: number, r1: number, c2: number, r2: number): Point[] => {
    const [from, to] = [at(c1, r1), at(c2, r2)];
    if (from > 0 === to > 0) return [];
    const share = from / (from - to);
    return [[xs[c1] + share * (xs[c2] - xs[c1]), ys[r1] + share * (ys[r2] - ys[r1])]];
  };
  for (let row = 0; row + 1 < ys.length; row++) {
    for (let column = 0; column + 1 < xs.length; column++) {
      const [right, above] = [column + 1, row + 1];
      const points = [
        ...crossing(column, row, right, row),
        ...crossing(right, row, right, above),
        ...crossing(right, above, column, above),
        ...crossing(column, above, column, row),
      ];
      // Two crossings are one piece; four, at a saddle, are two.
      for (let i = 0; i + 1 < points.length; i += 2) pieces.push([points[i], points[i + 1]]);
    }
  }
  return pieces;
}

export interface Tiles {
  height: number;
  width: number;
  channels: number;
  /** `[height · width · channels, units]`, row-major. */
  values: ArrayLike<number>;
  units: number;
}

export interface Layout {
  /** How many are shown, from the first on. */
  tiles: number;
  columns: number;
  /** One unit alone: a tile for each of its channels. Else the mean of the channels is shown. */
  perChannel?: boolean;
  /** The value that has the fullest color. */
  limit: number;
}

const grey = 190;

/** The end of the color scale: the 99th percentile of |value|, so that a few outliers do not make the rest pale. */
export function colorLimit(values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))] || sizes.at(-1) || 1;
}

/** Tiles with grey lines around them, a pixel for each value. */
export function tiled(pictures: Tiles, { tiles, columns, perChannel, limit }: Layout): Raster {
  const { width, height, channels, units, values } = pictures;
  const gap = width < 16 ? 1 : 2;
  const raster = {
    width: columns * (width + gap) + gap,
    height: Math.ceil(tiles / columns) * (height + gap) + gap,
    channels: 3 as const,
  };
  const pixels = new Uint8Array(3 * raster.width * raster.height).fill(grey);
  const valueAt = (pixel: number, index: number): number => {
    if (perChannel) return values[pixel * channels + index];
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[(pixel * channels + c) * units + index];
    return sum / channels;
  };
  for (let index = 0; index < tiles; index++) {
    const left = gap + (index % columns) * (width + gap);
    const top = gap + Math.floor(index / columns) * (height + gap);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const place = (top + Math.floor(pixel / width)) * raster.width + left + (pixel % width);
      pixels.set(divergingColor(valueAt(pixel, index) / limit), 3 * place);
    }
  }
  return { pixels, ...raster };
}
