/**
 * Weights that belong to pixels, as pictures: blue where a bright pixel speaks against, orange where it speaks for.
 */
import { drawChart } from './echarts.ts';
import { colourStrip, divergingColour, pngAddress, rasterPng, type Raster } from './raster.ts';

export interface PixelWeights {
  title: string;
  height: number;
  width: number;
  channels: number;
  /** `[height · width · channels, units]`, row-major. */
  values: ArrayLike<number>;
  units: number;
}

/** More units are too small to see; the first ones are shown. */
const mostUnits = 128;
const gap = 2;

/** An SVG with one tile per unit, or per colour channel where there is one unit. */
export async function drawWeights(weights: PixelWeights): Promise<string> {
  const { title, units, channels } = weights;
  const perChannel = units === 1 && channels === 3;
  const tiles = perChannel ? 3 : Math.min(units, mostUnits);
  const columns = perChannel ? 3 : Math.min(tiles, 16);
  const rows = Math.ceil(tiles / columns);
  const limit = largestUsual(weights.values);
  const raster = tile(weights, { tiles, columns, rows, perChannel, limit });
  const scale = Math.min(5, Math.max(1, Math.round(860 / raster.width)));
  const [wide, high] = [raster.width * scale, raster.height * scale];
  const total = { width: Math.max(480, wide + 40), height: high + 132 };
  const left = (total.width - wide) / 2;
  const middle = total.width / 2;
  const text = (content: string, x: number, y: number, align: string) => ({
    type: 'text',
    style: { text: content, x, y, fontSize: 13, fill: '#333333', align },
  });
  const image = (address: string, x: number, y: number, width: number, height: number) => ({
    type: 'image',
    style: { image: address, x, y, width, height },
  });
  const stripTop = high + 92;
  return drawChart(
    {
      title: {
        text: title,
        subtext: describe(weights, tiles, perChannel),
        left: 'center',
        top: 8,
        textStyle: { fontSize: 16 },
        subtextStyle: { fontSize: 12, color: '#333333' },
      },
      graphic: [
        image(pngAddress(await rasterPng(raster, { width: wide, height: high })), left, 62, wide, high),
        ...(perChannel
          ? ['red', 'green', 'blue'].map((name, i) =>
              text(name, left + wide * ((i + 0.5) / 3), high + 66, 'center'),
            )
          : []),
        image(
          pngAddress(await rasterPng(colourStrip(120), { width: 240, height: 12 })),
          middle - 120,
          stripTop,
          240,
          12,
        ),
        text(`−${limit.toPrecision(2)}`, middle - 128, stripTop, 'right'),
        text(`${limit.toPrecision(2)} per unit of brightness`, middle + 128, stripTop, 'left'),
      ] as never,
    },
    total.width,
    total.height,
  );
}

function describe({ units }: PixelWeights, tiles: number, perChannel: boolean): string {
  if (perChannel) return 'one weight for each pixel and colour';
  if (units === 1) return 'one weight for each pixel';
  return tiles < units ? `the first ${tiles} of ${units} hidden units` : `all ${units} hidden units`;
}

/** The end of the colour scale: the 99th percentile of |w|, so that a few outliers do not make the rest pale. */
function largestUsual(values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))] || sizes.at(-1) || 1;
}

interface Layout {
  tiles: number;
  columns: number;
  rows: number;
  perChannel: boolean;
  limit: number;
}

/** Of several units with three colours each, the mean of the colours is shown. */
function tile(weights: PixelWeights, { tiles, columns, rows, perChannel, limit }: Layout): Raster {
  const { width, height, channels, units, values } = weights;
  const raster = {
    width: columns * (width + gap) - gap,
    height: rows * (height + gap) - gap,
    channels: 3 as const,
  };
  const pixels = new Uint8Array(3 * raster.width * raster.height).fill(190);
  const weightAt = (pixel: number, index: number): number => {
    if (perChannel) return values[pixel * channels + index];
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[(pixel * channels + c) * units + index];
    return sum / channels;
  };
  for (let index = 0; index < tiles; index++) {
    const [left, top] = [(index % columns) * (width + gap), Math.floor(index / columns) * (height + gap)];
    for (let pixel = 0; pixel < width * height; pixel++) {
      const place = (top + Math.floor(pixel / width)) * raster.width + left + (pixel % width);
      pixels.set(divergingColour(weightAt(pixel, index) / limit), 3 * place);
    }
  }
  return { pixels, ...raster };
}
