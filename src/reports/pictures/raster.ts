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
export function divergingColour(value: number): number[] {
  const share = Math.min(1, Math.abs(value)) || 0;
  const end = value < 0 ? lowest : highest;
  return middle.map((light, channel) => Math.round(light + share * (end[channel] - light)));
}

/** A strip of all colours, −1 on the left. */
export function colourStrip(width: number): Raster {
  const colours = Array.from({ length: width }, (_, i) => divergingColour((2 * i) / (width - 1) - 1));
  return { pixels: Uint8Array.from(colours.flat()), width, height: 1, channels: 3 };
}
