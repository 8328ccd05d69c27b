/** What the page draws of a network: each number at its place. */
import { expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { dataFromRows } from '../../../../src/data/data-from-rows.ts';
import type { LoadedDataset } from '../../../../src/data/dataset.ts';
import { Curve, networkOf, surfaceOf, tilesOf } from '../../../../src/playground/worker/views.ts';

const images = (height: number, width: number) =>
  ({
    train: { features: height * width },
    preprocessing: { kind: 'image', height, width, channels: 1 },
  }) as LoadedDataset;

test('tiles of a dense layer hold the weights of one unit each, row by row of the image', () => {
  // Pixel (y, x) of unit u has the weight 100u + 10y + x.
  const values = [0, 1, 2, 10, 11, 12].flatMap((place) => [place, 100 + place]);
  const set = { weights: { shape: [6, 2], values: Float64Array.from(values) } };
  expect(tilesOf(set, images(2, 3))).toEqual({
    ...{ count: 2, height: 2, width: 3 },
    values: Float32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112),
  });
});

test('tiles of a convolution are its filters, with height and width in this order', () => {
  const values = [0, 1, 2, 10, 11, 12].flatMap((place) => [place, 100 + place, 200 + place]);
  const set = { filters: { shape: [2, 3, 1, 3], values: Float64Array.from(values) } };
  const tiles = tilesOf(set, images(28, 28))!;
  expect([tiles.count, tiles.height, tiles.width]).toEqual([3, 2, 3]);
  expect(Array.from(tiles.values.slice(6, 12))).toEqual([100, 101, 102, 110, 111, 112]);
});

const rows = dataFromRows({
  name: 'plane',
  classNames: ['left', 'right'],
  train: { inputs: [[-1, 0], [1, 0], [-1, 3], [1, 3]], labels: [0, 1, 0, 1] }, // prettier-ignore
});
/** A network of two layers, of which the first is the identity. */
const network = (first: number[], second: number[]) => ({
  hiddenWeights: { shape: [2, 2], values: Float64Array.from(first) },
  hiddenBias: { shape: [2], values: Float64Array.of(0.5, -0.5) },
  outputWeights: { shape: [2, 1], values: Float64Array.from(second) },
  outputBias: { shape: [1], values: Float64Array.of(0.25) },
});
const xor = models.xor.create({ ...defaultsOf(models.xor), asPrinted: false, classes: 2 });

function defaultsOf({ options }: typeof models.xor) {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
}

test('the network has the weights from unit to unit, and the activations of the input', () => {
  const seen = networkOf(xor, network([1, 2, 3, 4], [5, 6]), 2, Float64Array.of(1, 0))!;
  expect(seen).toMatchObject({ layers: [2, 2, 1], weights: [[1, 2, 3, 4], [5, 6]], biases: [[0.5, -0.5], [0.25]] }); // prettier-ignore
  expect(seen.activations!.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(seen.activations![0]).toEqual([1, 0]);
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  expect(seen.activations![1][0]).toBeCloseTo(sigmoid(1.5), 6);
  expect(seen.activations![1][1]).toBeCloseTo(sigmoid(1.5), 6);
});

test('the surface starts at the lowest x2 and its columns go along x1', () => {
  // The output depends on x1 alone, then on x2 alone.
  const classesFor = (first: number[]) => {
    const { classes, side, from, to } = surfaceOf(xor, network(first, [20, -20]), rows)!;
    expect([from[0], to[0]]).toEqual([-2, 4]);
    const at = (row: number, column: number) => classes[row * side + column];
    return [at(0, 0), at(0, side - 1), at(side - 1, 0), at(side - 1, side - 1)];
  };
  expect(classesFor([4, -4, 0, 0])).toEqual([0, 1, 0, 1]);
  expect(classesFor([0, 0, 4, -4])).toEqual([0, 0, 1, 1]);
});

test('a curve keeps the mean of its values when it is thinned out', () => {
  const curve = new Curve();
  for (let i = 1; i <= 1600; i++) curve.add(i, i % 2);
  const { x, y } = curve.line;
  expect(x.length).toBeLessThan(400);
  expect(x.at(-1)).toBe(1600);
  expect(new Set(y)).toEqual(new Set([0.5]));
});
