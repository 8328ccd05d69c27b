import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { contour } from '../../../../src/pictures/plots/contour.ts';
import { drawDecisionBoundary } from '../../../../src/pictures/plots/decision-boundary.ts';
import { toPng } from '../../../../src/pictures/plots/picture.ts';
import { divergingColour } from '../../../../src/pictures/plots/raster.ts';
import { drawWeights } from '../../../../src/pictures/plots/weights-picture.ts';

test('a contour lies where the function has the level', () => {
  const xs = Array.from({ length: 21 }, (_, i) => i / 10 - 1);
  const pieces = contour({ xs, ys: xs, values: xs.flatMap((y) => xs.map((x) => x * x + y * y)) }, 0.5).flat();
  expect(pieces.length).toBeGreaterThan(40);
  for (const [x, y] of pieces) expect(Math.abs(Math.hypot(x, y) - Math.SQRT1_2)).toBeLessThan(0.005);
  expect(
    contour({ xs: [0, 1], ys: [0, 1], values: [NaN, 1, 1, 1] }, 0.5)
      .flat(2)
      .every(Number.isNaN),
  ).toBe(true);
});

test('colours go from blue over white to orange, and no further', () => {
  expect([-1, 0, 1, 7, NaN].map(divergingColour)).toEqual([
    [0, 114, 178],
    [255, 255, 255],
    [213, 94, 0],
    [213, 94, 0],
    [255, 255, 255],
  ]);
});

test('a decision boundary: the plane is coloured where the data is, wrong rows are marked', async () => {
  const axis = Array.from({ length: 30 }, (_, i) => i / 29);
  const svg = await drawDecisionBoundary({
    title: 'the <upper> half',
    classNames: ['below', 'above'],
    grid: { xs: axis, ys: axis, values: axis.flatMap((y) => axis.map(() => (y > 0.5 ? 1 : 0))) },
    points: [
      { x: 0.2, y: 0.2, label: 0, predicted: 0 },
      { x: 0.2, y: 0.9, label: 0, predicted: 1 },
    ],
  });
  for (const text of ['the &lt;upper&gt; half', 'below', 'above', 'input x1', 'input x2', 'wrong']) {
    expect(svg).toContain(text);
  }
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
  ['one unit, three colours', { channels: 3, units: 1 }, ['red', 'green', 'blue']],
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
