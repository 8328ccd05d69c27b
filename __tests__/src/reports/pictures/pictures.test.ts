import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { lineStyle } from '../../../../src/reports/pictures/chart.ts';
import { contactSheet, dataPicture, tablePicture } from '../../../../src/reports/pictures/data-picture.ts';
import {
  contour,
  colorStrip,
  divergingColor,
  colorLimit,
  tiled,
} from '../../../../src/reports/pictures/raster.ts';
import { drawDecisionBoundary } from '../../../../src/reports/pictures/decision-boundary.ts';
import { drawFeatureMaps, drawWeights } from '../../../../src/reports/pictures/weights-picture.ts';
import { drawHeatMap, shareOf, shortened } from '../../../../src/reports/pictures/heat-map.ts';
import {
  drawLearningCurve,
  learningCurves,
  drawCharts,
} from '../../../../src/reports/pictures/line-chart.ts';
import { toPng } from '../../../../src/reports/pictures/echarts.ts';
import { dataFromRows } from '../../../../src/data/data-from-rows.ts';
import { outlineOf } from '../../../helpers/outline.ts';
import { plainText } from '../../../helpers/plain-text.ts';

const range = Array.from({ length: 30 }, (_, i) => i / 29);

test('a decision boundary: the plane is colored by probability', async () => {
  const svg = await drawDecisionBoundary({
    title: 'the <upper> half',
    classNames: ['below', 'above'],
    grid: { xs: range, ys: range, values: range.flatMap((y) => range.map(() => (y > 0.5 ? 1 : 0))) },
    points: [{ x: 0.2, y: 0.9, label: 0, predicted: 1 }],
  });
  expect(svg).toContain('the &lt;upper&gt; half');
  const { data, info } = await sharp(await toPng(svg, 1))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([640, 620]);
  const pixel = (x: number, y: number) =>
    Array.from(data.subarray((y * info.width + x) * info.channels).subarray(0, 3));
  const [upper, lower] = [pixel(330, 130), pixel(330, 480)];
  expect(upper[0]).toBeGreaterThan(upper[2]);
  expect(lower[2]).toBeGreaterThan(lower[0]);
});

test.each([
  ['one unit, three colors', { channels: 3, units: 1 }, ['red', 'green', 'blue']],
  ['many units', { channels: 1, units: 200 }, ['the first 128 of 200 hidden units']],
])('weights: %s', async (_, size, texts) => {
  const values = Float64Array.from({ length: 64 * size.channels * size.units }, (_, i) => Math.sin(i));
  const svg = await drawWeights({
    title: 'weights',
    unitsAre: 'hidden units',
    height: 8,
    width: 8,
    ...size,
    values,
  });
  for (const text of [...texts, 'per unit of brightness']) expect(svg).toContain(text);
});

test('a contour is one straight piece through a square, none where all is on one side, two at a saddle', () => {
  const square = (...values: number[]) => contour({ xs: [10, 14], ys: [20, 28], values }, 1);
  // Corners: lower left, lower right, upper left, upper right.
  expect(square(0, 2, 0, 4).flat(2)).toEqual([12, 20, 11, 28]);
  expect(square(0, 0, 4, 4).flat(2)).toEqual([14, 22, 10, 22]);
  expect(square(2, 3, 4, 5)).toEqual([]);
  // What lies on the level is below it.
  expect(square(1, 1, 1, 1)).toEqual([]);
  expect(square(1, 1, 2, 2).flat(2)).toEqual([14, 20, 10, 20]);
  expect(square(2, 0, 0, 2)).toHaveLength(2);
  expect(square(NaN, 2, 2, 2).flat(2).every(Number.isNaN)).toBe(true);
  const three = contour({ xs: [0, 1, 2], ys: [0, 1, 2], values: [0, 0, 0, 0, 2, 0, 0, 0, 0] }, 1);
  expect(three).toHaveLength(4);
  for (const [[x1, y1], [x2, y2]] of three) {
    // A diamond about the middle.
    expect([Math.abs(x1 - 1) + Math.abs(y1 - 1), Math.abs(x2 - 1) + Math.abs(y2 - 1)]).toEqual([0.5, 0.5]);
  }
});

test('the strip has the colors from −1 to 1, the middle of each half between', () => {
  const { pixels, ...size } = colorStrip(5);
  expect(size).toEqual({ width: 5, height: 1, channels: 3 });
  expect(Array.from(pixels)).toEqual([-1, -0.5, 0, 0.5, 1].flatMap(divergingColor));
  expect(divergingColor(-0.5)).toEqual([128, 185, 217]);
  expect(divergingColor(0.5)).toEqual([234, 175, 128]);
  expect(divergingColor(-7)).toEqual(divergingColor(-1));
  expect([-1, 0, 7, NaN].flatMap(divergingColor)).toEqual([
    ...[0, 114, 178, 255, 255, 255, 213, 94, 0, 255, 255, 255],
  ]);
});

test('the full color belongs to the 99th percentile of sizes, or to the largest, or to 1', () => {
  const upTo = (count: number) => Float64Array.from({ length: count }, (_, i) => (i % 2 ? 1 : -1) * (i + 1));
  expect(colorLimit(upTo(101))).toBe(100);
  expect(colorLimit(upTo(201))).toBe(199);
  expect(colorLimit(upTo(2))).toBe(1);
  expect(colorLimit([-3])).toBe(3);
  expect(colorLimit([0, 0, -5])).toBe(5);
  expect(colorLimit([0, 0])).toBe(1);
});

const letterOf = new Map([
  ['190,190,190', '#'],
  ...(
    [
      [1, 'O'],
      [0.5, 'o'],
      [0, '.'],
      [-0.5, 'b'],
      [-1, 'B'],
    ] as const
  ).map(([value, letter]) => [divergingColor(value).join(), letter] as const),
]);

/** Pixels as letters: grey lines, oranges, white, blues. */
const letters = ({ pixels, width }: { pixels: Uint8Array; width: number }): string[] =>
  Array.from({ length: pixels.length / 3 / width }, (_, y) =>
    Array.from(
      { length: width },
      (_, x) => letterOf.get(pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3).join()) ?? '?',
    ).join(''),
  );

test('tiles: a pixel for each value, row by row, unit after unit, a line of a pixel between', () => {
  const units = [
    [1, 0, -1, 0.5, 0, 0],
    [0, 1, 0, 0, 0, 1],
    [-1, -0.5, 0, 0, 0, 0.5],
  ];
  const values = units[0].flatMap((_, pixel) => units.map((unit) => unit[pixel]));
  const pictures = { height: 2, width: 3, channels: 1, units: 3, values };
  const raster = tiled(pictures, { tiles: 3, columns: 2, limit: 1 });
  expect({ ...raster, pixels: raster.pixels.length }).toEqual({
    ...{ pixels: 3 * 9 * 7, width: 9, height: 7, channels: 3 },
  });
  expect(letters(raster)).toEqual([
    '#########',
    '#O.B#.O.#',
    '#o..#..O#',
    '#########',
    '#Bb.#####',
    '#..o#####',
    '#########',
  ]);
  expect(letters(tiled(pictures, { tiles: 1, columns: 1, limit: 2 }))[1]).toBe('#o.b#');
});

test('tiles of colors: each channel alone, or their mean; lines are wider between large pictures', () => {
  // Two pixels of three channels.
  const one = { height: 1, width: 2, channels: 3, units: 1, values: [1, 0.5, -1, 1, -0.5, 1] };
  const layout = { tiles: 3, columns: 3, limit: 1 };
  expect(letters(tiled(one, { ...layout, perChannel: true }))).toEqual([
    '##########',
    '#OO#ob#BO#',
    '##########',
  ]);
  const means = { height: 1, width: 2, channels: 2, units: 2, values: [1, 0, 0, 1, -1, 0.5, -1, 0.5] };
  expect(letters(tiled(means, { tiles: 2, columns: 2, limit: 1 }))[1]).toBe('#oB#oo#');
  const size = (width: number) => {
    const plain = { height: 1, width, channels: 1, units: 1, values: Array<number>(width).fill(0) };
    const { width: wide, height } = tiled(plain, { tiles: 1, columns: 1, limit: 1 });
    return [wide, height];
  };
  expect([size(15), size(16)]).toEqual([
    [17, 3],
    [20, 5],
  ]);
});

test('series differ by color first, then by dashes', () => {
  const styles = [0, 6, 7, 13, 14, 21, 28].map(lineStyle);
  expect(styles.map(({ color }) => color)).toEqual([0, 6, 0, 6, 0, 0, 0]);
  expect(styles.map(({ dash }) => dash)).toEqual(['', '', '7 4', '7 4', '2 3', '10 3 2 3', '']);
});

/** The texts of a drawing, in its order. */
const textsOf = (svg: string): string[] => plainText(svg).split('\n');

const curve = (name: string, points: [number, number][]) => ({ name, points });

test('charts side by side: each with its own axes, a legend of those that have points', async () => {
  const many = Array.from({ length: 31 }, (_, i): [number, number] => [i, i % 3]);
  const svg = await drawCharts('two charts', [
    {
      x: { label: 'epoch', min: 0, integer: true },
      y: { label: 'loss', min: 0, max: 4 },
      series: [
        curve('training', many),
        curve('validation', []),
        { ...curve('draws', [[3, 1]]), scattered: true },
      ],
    },
    {
      x: { label: 'rate', min: 0.01, max: 10, logarithmic: true },
      y: { label: 'accuracy in %', max: 100 },
      series: [
        curve('training', [
          [0.1, 92],
          [1, 97],
        ]),
        curve('a third', [[0.1, 93]]),
      ],
    },
  ]);
  expect(svg).not.toContain('validation');
  const texts = textsOf(svg);
  for (const axis of [
    ['loss', 'epoch', '0', '1', '2', '3', '4'],
    ['accuracy in %', 'rate', '92', '94', '96', '98', '100'],
    ['0', '5', '10', '15', '20', '25', '30'],
    ['0.01', '0.1', '1', '10'],
    ['training', 'draws', 'a third', 'two charts'],
  ]) {
    expect(texts).toEqual(expect.arrayContaining(axis));
  }
});

test.each([
  ['a line for four short names', 4, 1, true],
  ['a line for sixty letters', 3, 20, true],
  ['a column for more', 3, 21, false],
])('the legend of one chart is %s', async (_, count, length, isLine) => {
  const names = Array.from({ length: count }, (_, i) => 'abcd'[i].repeat(length));
  const series = names.map((name, i) =>
    curve(
      name,
      [0, 1].map((x): [number, number] => [x, i + x]),
    ),
  );
  const svg = await drawCharts('one chart', [{ x: { label: 'x' }, y: { label: 'y' }, series }]);
  const places = names.map((name) => {
    const place = new RegExp(`translate\\(([\\d.]+) ([\\d.]+)\\)[^>]*>${name}<`).exec(svg)!;
    return place.slice(1).map(Number);
  });
  const [xs, ys] = [0, 1].map((axis) => new Set(places.map((place) => place[axis])).size);
  expect([xs, ys]).toEqual(isLine ? [count, 1] : [1, count]);
});

test('learning curves: loss from 0, accuracy in %, which a regression has not', () => {
  const history = [
    { epoch: 2, loss: 0.5, accuracy: 0.75, validationLoss: 0.625, seconds: 1 },
    { epoch: 4, loss: 0.25, accuracy: 0.875, validationAccuracy: 0.5, seconds: 2 },
  ];
  const x = { label: 'epoch', min: 0, integer: true };
  const ofLoss = (training: [number, number][], validation: [number, number][]) => ({
    title: 'Loss',
    x,
    y: { label: 'loss', min: 0 },
    series: [curve('training', training), curve('validation', validation)],
  });
  expect(learningCurves(history)).toEqual([
    ofLoss(
      [
        [2, 0.5],
        [4, 0.25],
      ],
      [[2, 0.625]],
    ),
    {
      title: 'Accuracy',
      x,
      y: { label: 'accuracy in %', max: 100 },
      series: [
        curve('training', [
          [2, 75],
          [4, 87.5],
        ]),
        curve('validation', [[4, 50]]),
      ],
    },
  ]);
  expect(learningCurves([{ epoch: 1, loss: 3, seconds: 1 }])).toEqual([ofLoss([[1, 3]], [])]);
  expect(learningCurves([])).toHaveLength(2);
});

test('a heat map: the least is lightest, the greatest darkest, words are white', async () => {
  const map = {
    title: 'accuracy',
    rowName: 'hidden',
    columnName: 'rate',
    rows: ['8', 'sixteen units in a row and many more'],
    columns: ['0.1', '1', '10'],
    cells: [
      [50, 75, 'failed'],
      [100, 77.6, 60],
    ],
  };
  const share = shareOf(map);
  expect([50, 75, 100].map(share)).toEqual([0, 0.5, 1]);
  expect(shareOf({ ...map, cells: [[3, 'x', 3]] })(3)).toBe(1);
  expect([34, 35].map((length) => shortened('x'.repeat(length)))).toEqual([
    'x'.repeat(34),
    `${'x'.repeat(33)}…`,
  ]);
  expect(textsOf(await drawHeatMap(map))).toEqual([
    ...['hidden', 'rate', '8', 'sixteen units in a row and many m…', '0.1', '1', '10'],
    ...['50.00', '75.00', 'failed', '100.00', '77.60', '60.00', 'accuracy'],
  ]);
  const sizeOf = async (rows: number, columns: number) => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));
    const cells = Array.from({ length: rows }, () => Array<number>(columns).fill(1));
    const svg = await drawHeatMap({ ...map, rows: names(rows), columns: names(columns), cells });
    return /^<svg width="(\d+)" height="(\d+)"/.exec(svg)!.slice(1).map(Number);
  };
  expect(await sizeOf(1, 1)).toEqual([640, 130 + 3 * 38]);
  expect(await sizeOf(4, 6)).toEqual([8 + 50 + 70 + 6 * 90, 130 + 4 * 38]);
  expect(await sizeOf(60, 1)).toEqual([640, 2400]);
  expect(await sizeOf(1, 15)).toEqual([1400, 130 + 3 * 38]);
});

test('a decision boundary: each thing in its place', async () => {
  const boundary = {
    title: 'gate: decision boundary',
    classNames: ['below', 'above'],
    grid: { xs: [0, 1, 2], ys: [0, 4], values: [0, 0.25, 1, 0.5, 1, 0.75] },
    points: [
      { x: 1, y: 2, label: 0, predicted: 0 },
      { x: 2, y: 3, label: 1, predicted: 0 },
    ] as { x: number; y: number; label: 0 | 1; predicted: 0 | 1 }[],
  };
  expect(textsOf(await drawDecisionBoundary(boundary))).toEqual([
    ...['probability 0', '1, of above', 'input x2', 'input x1', '0', '1', '2', '3', '4'],
    ...['0', '0.5', '1', '1.5', '2', 'below', 'above', 'wrong', 'boundary', 'gate: decision boundary'],
  ]);
  const right = { x: 1, y: 2, label: 1, predicted: 1 } as const;
  const many = async (count: number) => {
    const svg = await drawDecisionBoundary({ ...boundary, points: Array<typeof right>(count).fill(right) });
    expect(svg).not.toContain('wrong');
    return new Set(
      Array.from(svg.matchAll(/<path d="M0 -1L1 0L0 1L-1 0Z" transform="matrix\((\d+)/g), ([, size]) =>
        Number(size),
      ),
    );
  };
  // Diamonds of sixteen points, with the legend's; of eight, where there are many.
  expect([await many(50), await many(51)].map((sizes) => Math.min(...sizes))).toEqual([8, 4]);
});

test('feature maps: the picture, below it the maps of each layer, at most sixty-four', async () => {
  const layer = (name: string, units: number, side = 2) => ({
    ...{ name, height: side, width: side, channels: 1, units },
    values: Float64Array.from({ length: side * side * units }, (_, i) => (i % 5) / 4),
  });
  const svg = await drawFeatureMaps('maps', layer('input', 1, 4), [layer('first', 3), layer('second', 65)]);
  expect(textsOf(svg)).toEqual([
    ...['input: 4×4', 'first: 3 maps of 2×2', 'second: 64 of 65 maps of 2×2', 'maps'],
  ]);
  expect(await drawFeatureMaps('maps', layer('input', 1), [layer('all', 64)])).toContain(
    'all: 64 maps of 2×2',
  );
});

const numbers = { count: 6, minimum: 10, maximum: 30, mean: 20, deviation: 5, histogram: [1, 0, 3, 2] };

test('a table: a histogram for each column, texts by their names, sixty columns at most', async () => {
  const columns = [
    { name: 'age', missing: 0, numbers, different: 6 },
    {
      name: 'color of the hair\u0007 of somebody else',
      missing: 2,
      values: { red: 4, 'a very long word': 1 },
      different: 2,
    },
    { name: 'nothing', missing: 9, different: 0 },
    { name: 'last', missing: 1, numbers: { ...numbers, minimum: 0, maximum: 1 }, different: 6 },
  ];
  expect(textsOf(await tablePicture('table.csv: 6 rows', columns))).toEqual([
    ...['12.5', '17.5', '22.5', '27.5', 'red', 'a very long …', '0.125', '0.375', '0.625', '0.875'],
    ...['table.csv: 6 rows', 'age', 'color of the hair? of somebo…, 2 missing', 'nothing, 9 missing'],
    'last, 1 missing',
  ]);
  const wide = await tablePicture('wide', Array<(typeof columns)[2]>(61).fill(columns[2]));
  expect(wide).toContain('>wide, the first 60 columns<');
});

test('points of a dataset, and its first pictures, as many of each class', async () => {
  const points = dataFromRows({
    name: 'dots',
    classNames: ['in', 'out'],
    train: {
      inputs: [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      labels: [0, 1, 1],
    },
  });
  expect(textsOf(await dataPicture(points))).toEqual([
    ...['x2', 'x1', '0', '1', '2', '3', '4', '5', '0', '1', '2', '3', '4'],
    ...['in', 'out', 'dots, dir: 3 training rows'],
  ]);
  const large = async (rows: number, value: number) => {
    const train = {
      ...points.train,
      rows,
      inputs: new Float64Array(2 * rows).fill(value),
      labels: new Uint8Array(rows),
    };
    const svg = await dataPicture({ ...points, train });
    const [, count] = /(\d+) training row/.exec(svg)!;
    const sizes = Array.from(svg.matchAll(/transform="matrix\(([\d.]+),0,0/g), ([, size]) => Number(size));
    return [Number(count), Math.min(...sizes)];
  };
  expect(await large(100, 1)).toEqual([100, 7]);
  expect(await large(101, 1)).toEqual([101, 2]);
  // What is no number is not drawn, which is quicker.
  expect(await large(3001, NaN)).toEqual([3000, Infinity]);
  const labels = [...Array<number>(60).fill(1), 0, 1, 0];
  const pictures = {
    ...dataFromRows({
      name: 'greys',
      classNames: ['dark', 'light'],
      train: { inputs: labels.map((label, i) => [label, i / 100, 0, 1]), labels },
    }),
    preprocessing: { kind: 'image' as const, height: 2, width: 2, channels: 1, divisor: 1 },
  };
  const outline = await outlineOf(await dataPicture(pictures));
  const captions = Array.from(outline.matchAll(/ (dark|light)$/gm), ([, name]) => name);
  // Fifty of each are wanted; the dark ones are fewer.
  expect(captions).toEqual([...Array<string>(2).fill('dark'), ...Array<string>(50).fill('light')]);
  expect(outline).toContain('greys, dir: 52 training pictures');
  const digests = Array.from(outline.matchAll(/href=(.*)$/gm), ([, digest]) => digest);
  expect(new Set(digests).size).toBe(52);
});

test('a contact sheet: pictures row by row with their captions, enlarged without smoothing', async () => {
  const tiles = Array.from({ length: 13 }, (_, i) => ({
    values: [i / 12, 1.5, -1, 0.5, 0, 1],
    caption: i === 4 ? ['<four>', 'a-name-of-sixteen'] : [`number ${i}`],
  }));
  const svg = await contactSheet('sheet & all', { height: 1, width: 2, channels: 3 }, tiles);
  expect(plainText(svg)).toBe(
    'sheet &amp; all number 0 number 1 number 2 number 3 &lt;four&gt; …name-of-sixteen ' +
      [5, 6, 7, 8, 9, 10, 11, 12].map((i) => `number ${i}`).join(' '),
  );
  // Two lines of 14 below the first row of tiles, which is at 48 and 96 high.
  const heights = Array.from(svg.matchAll(/y="(\d+)"[^>]*>(?:&lt;four|…name)/g), ([, y]) => Number(y));
  expect(heights).toEqual([48 + 96 + 14, 48 + 96 + 28]);
  const [, content] = /base64,([^"]+)"/.exec(svg)!;
  const { data, info } = await sharp(Buffer.from(content, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([192, 96]);
  const pixel = (x: number) => Array.from(data.subarray(3 * x, 3 * x + 3));
  expect([pixel(0), pixel(95), pixel(96)]).toEqual([
    [0, 255, 0],
    [0, 255, 0],
    [128, 0, 255],
  ]);
  const sizeOf = async (count: number) => {
    const sheet = await contactSheet(
      '',
      { height: 2, width: 1, channels: 1 },
      tiles.slice(0, 1).flatMap((tile) => Array<typeof tile>(count).fill({ ...tile, values: [0, 1] })),
    );
    return /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(sheet)!.slice(1).map(Number);
  };
  // Four columns at least, ten at most.
  expect([await sizeOf(1), await sizeOf(17), await sizeOf(90)]).toEqual([
    [4 * 116 + 20, 122 + 56],
    [6 * 116 + 20, 3 * 122 + 56],
    [10 * 116 + 20, 9 * 122 + 56],
  ]);
});

test('learning curves are drawn with the validation rows, as SVG and as PNG of twice its size', async () => {
  const history = [1, 2, 3].map((epoch) => ({ epoch, loss: 1 / epoch, accuracy: 0.5, seconds: epoch }));
  const validated = history.map((record) => ({ ...record, validationLoss: 1, validationAccuracy: 0.5 }));
  const svg = await drawLearningCurve('mnist by hand', validated);
  for (const text of ['mnist by hand', 'training', 'validation', 'loss', 'accuracy in %', 'epoch']) {
    expect(svg).toContain(text);
  }
  const metadata = await sharp(await toPng(svg)).metadata();
  expect(metadata).toMatchObject({ width: 1800, height: 920, format: 'png' });
  expect(await drawLearningCurve('x', history)).not.toContain('validation');
});
