/**
 * Many small pictures of one size as one raster: a unit's weights each, or a feature map each.
 */
import { divergingColour, type Raster } from './raster.ts';

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
  /** The value that has the fullest colour. */
  limit: number;
}

const grey = 190;

/** The end of the colour scale: the 99th percentile of |value|, so that a few outliers do not make the rest pale. */
export function largestUsual(values: ArrayLike<number>): number {
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
      pixels.set(divergingColour(valueAt(pixel, index) / limit), 3 * place);
    }
  }
  return { pixels, ...raster };
}
