/**
 * A dataset at a glance: its first pictures, class by class, or its points in the plane.
 */
import { contactSheet } from './contact-sheet.ts';
import type { Examples, LoadedDataset } from '../../data/dataset.ts';
import { InputError } from '../../utils/errors.ts';
import { counted } from '../../utils/text.ts';
import { drawChart, named, titled } from './echarts.ts';

const mostPictures = 100;
const mostPoints = 3000;

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
  throw new InputError(
    `The rows of ${name} are ${train.features} numbers each, of which there is no picture.`,
  );
}

/** Rows of the beginning, as many of each class as of the others. */
function spread({ labels }: Examples, classes: number): number[] {
  const perClass = Math.floor(mostPictures / classes);
  const taken = new Array<number>(classes).fill(0);
  const rows: number[] = [];
  for (let row = 0; row < labels.length && rows.length < perClass * classes; row++) {
    if (taken[labels[row]]++ < perClass) rows.push(row);
  }
  return rows.sort((a, b) => labels[a] - labels[b] || a - b);
}

function pointsPicture({ train, classNames, name, source }: LoadedDataset): Promise<string> {
  const { inputs, labels, divisor } = train;
  const rows = Array.from({ length: Math.min(train.rows, mostPoints) }, (_, row) => row);
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
