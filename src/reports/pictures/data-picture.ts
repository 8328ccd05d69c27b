/**
 * A dataset at a glance: its first pictures, class by class, or its points in the plane.
 */
import type { Examples, LoadedDataset, Preprocessing } from '../../data/dataset.ts';
import type { ColumnSummary } from '../../data/summary.ts';
import { escaped } from '../html.ts';
import { drawChart, fontFamily, named, titled } from './echarts.ts';
import { pngAddress, rasterPng } from './raster.ts';
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal, counted } from '../../utils/text.ts';

const maxPictures = 100;
const maxPoints = 3000;

/**
 * @returns an SVG
 * @throws InputError for rows that are neither pictures nor pairs of numbers
 */
export async function dataPicture(dataset: LoadedDataset): Promise<string> {
  const { preprocessing, train, classNames, name, source } = dataset;
  if (preprocessing.kind === 'image') {
    const { features, inputs, divisor, labels } = train;
    const tiles = spread(train, classNames.length).map((row) => ({
      values: Array.from(inputs.subarray(row * features, (row + 1) * features), (v) => v / divisor),
      caption: [classNames[labels[row]]],
    }));
    return contactSheet(
      `${name}, ${source}: ${counted(tiles.length, 'training picture')}`,
      preprocessing,
      tiles,
    );
  }
  if (train.features === 2) return pointsPicture(dataset);
  throw new InputError(`Cannot draw ${name}: its rows have ${train.features} numbers each.`);
}

/** Rows of the beginning, as many of each class as of the others. */
function spread({ labels }: Examples, classes: number): number[] {
  const perClass = Math.floor(maxPictures / classes);
  const taken = new Array<number>(classes).fill(0);
  const rows: number[] = [];
  for (let row = 0; row < labels.length && rows.length < perClass * classes; row++) {
    if (taken[labels[row]]++ < perClass) rows.push(row);
  }
  return rows.sort((a, b) => labels[a] - labels[b] || a - b);
}

function pointsPicture({ train, classNames, name, source }: LoadedDataset): Promise<string> {
  const { inputs, labels, divisor } = train;
  const rows = Array.from({ length: Math.min(train.rows, maxPoints) }, (_, row) => row);
  const points = inputs.subarray(0, 2 * rows.length);
  const axis = (name: string) => ({ ...named(name, 30), type: 'value' as const });
  return drawChart(
    {
      title: titled(`${name}, ${source}: ${counted(rows.length, 'training row')}`),
      legend: { top: 36, data: classNames },
      grid: { left: 60, right: 30, top: 72, bottom: 56 },
      xAxis: axis('x1'),
      yAxis: axis('x2'),
      series: classNames.map((className, label) => ({
        name: className,
        type: 'scatter',
        symbol: ['circle', 'triangle', 'rect', 'diamond'][label % 4],
        symbolSize: rows.length > 100 ? 4 : 14,
        data: rows
          .filter((row) => labels[row] === label)
          .map((row) => [points[2 * row] / divisor, points[2 * row + 1] / divisor]),
      })),
    },
    640,
    560,
  );
}

const maxColumns = 60;
const across = 3;
const [width, panelWidth, panelHeight, head] = [900, 290, 150, 50];

/** @returns an SVG; of numbers it shows their parts from least to largest, of texts how often each is there */
export function tablePicture(title: string, columns: readonly ColumnSummary[]): Promise<string> {
  const shown = columns.slice(0, maxColumns).map((column) => ({ ...column, bars: barsOf(column) }));
  const place = (i: number) => ({
    left: 20 + (i % across) * panelWidth,
    top: head + Math.floor(i / across) * panelHeight,
  });
  const more = columns.length > shown.length ? `, the first ${shown.length} columns` : '';
  return drawChart(
    {
      title: [
        titled(title + more),
        ...shown.map(({ name, missing }, i) => ({
          text: sanitizeForTerminal(name, 28) + (missing > 0 ? `, ${missing} missing` : ''),
          ...place(i),
          textStyle: { fontSize: 12 },
        })),
      ],
      grid: shown.map((_, i) => {
        const { left, top } = place(i);
        return { left: left + 20, top: top + 26, width: panelWidth - 50, height: panelHeight - 60 };
      }),
      xAxis: shown.map(({ bars }, gridIndex) => ({
        type: 'category' as const,
        gridIndex,
        data: bars.map(([name]) => name),
        axisTick: { show: false },
        axisLabel: { fontSize: 10, hideOverlap: true },
      })),
      yAxis: shown.map((_, gridIndex) => ({ type: 'value' as const, gridIndex, show: false })),
      series: shown.map(({ bars, numbers }, i) => ({
        type: 'bar' as const,
        xAxisIndex: i,
        yAxisIndex: i,
        barCategoryGap: numbers ? '4%' : '30%',
        data: bars.map(([, count]) => count),
      })),
    },
    width,
    head + Math.ceil(shown.length / across) * panelHeight + 10,
  );
}

function barsOf({ numbers, values = {} }: ColumnSummary): [name: string, count: number][] {
  if (!numbers) return Object.entries(values).map(([name, count]) => [sanitizeForTerminal(name, 12), count]);
  const { minimum, maximum, histogram } = numbers;
  const step = (maximum - minimum) / histogram.length;
  return histogram.map((count, i) => [(minimum + (i + 0.5) * step).toPrecision(3), count]);
}

export interface Tile {
  /** `[height, width, channels]`, row-major, 0 … 1, one channel or three. */
  values: ArrayLike<number>;
  /** Short lines below the picture; what does not fit is cut off. */
  caption: string[];
}

export type ImageSize = Pick<Extract<Preprocessing, { kind: 'image' }>, 'height' | 'width' | 'channels'>;

export const maxTiles = 200;
const side = 96;
const tileWidth = 116;
const lineHeight = 14;
const lettersInLine = 16;

/** An SVG. @param tiles at most {@link maxTiles} */
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
