/**
 * Many small pictures on one sheet, each with a caption.
 */
import type { Preprocessing } from '../../data/dataset.ts';
import { fontFamily } from './picture.ts';
import { pngAddress, rasterPng } from './raster.ts';
import { escaped } from '../html.ts';

export interface Tile {
  /** `[height, width, channels]`, row-major, 0 … 1, one channel or three. */
  values: ArrayLike<number>;
  /** Short lines below the picture; what does not fit is cut off. */
  caption: string[];
}

export type ImageSize = Pick<Extract<Preprocessing, { kind: 'image' }>, 'height' | 'width' | 'channels'>;

export const mostTiles = 200;
const side = 96;
const tileWidth = 116;
const lineHeight = 14;
const lettersInLine = 16;

/** An SVG. @param tiles at most {@link mostTiles} */
export async function contactSheet(title: string, size: ImageSize, tiles: Tile[]): Promise<string> {
  const columns = Math.min(10, Math.max(4, Math.ceil(Math.sqrt(tiles.length * 1.5))));
  const captionLines = Math.max(1, ...tiles.map(({ caption }) => caption.length));
  const tileHeight = side + captionLines * lineHeight + 12;
  const width = columns * tileWidth + 20;
  const height = Math.ceil(tiles.length / columns) * tileHeight + 56;
  const drawn: string[] = [];
  for (const [i, { values, caption }] of tiles.entries()) {
    const [x, y] = [20 + (i % columns) * tileWidth, 48 + Math.floor(i / columns) * tileHeight];
    const picture = await pixelsOf(values, size);
    drawn.push(
      `<image x="${x}" y="${y}" width="${side}" height="${side}" href="${picture}"/>`,
      ...caption.map(
        (line, k) =>
          `<text x="${x + side / 2}" y="${y + side + lineHeight * (k + 1)}" text-anchor="middle" font-size="11">` +
          `${escaped(shortened(line))}</text>`,
      ),
    );
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>` +
    `<text x="20" y="30" font-size="16">${escaped(title)}</text>${drawn.join('')}</svg>`
  );
}

/** Enlarged without smoothing, so that what the model sees is what is shown. */
async function pixelsOf(values: ArrayLike<number>, { width, height, channels }: ImageSize): Promise<string> {
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  const scale = (2 * side) / Math.max(width, height);
  const size = { width: scale * width, height: scale * height };
  return pngAddress(await rasterPng({ pixels, width, height, channels: channels as 1 | 3 }, size));
}

const shortened = (text: string): string =>
  text.length > lettersInLine ? `…${text.slice(1 - lettersInLine)}` : text;
