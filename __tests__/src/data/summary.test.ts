import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { dataPicture } from '../../../src/reports/pictures/data-picture.ts';
import { toPng } from '../../../src/reports/pictures/echarts.ts';
import { summarize } from '../../../src/data/summary.ts';
import { dataFromRows, loadData } from '../../../src/index.ts';

test('figures of a small table', () => {
  const inputs = [
    [1, 7],
    [3, 7],
    [8, 7],
  ];
  const data = dataFromRows({ name: 'small', classNames: ['a', 'b'], train: { inputs, labels: [1, 0, 1] } });
  const [train, test, ...others] = summarize(data);
  expect(others).toEqual([]);
  expect(test).toEqual({ ...train, name: 'test' });
  expect(train).toMatchObject({ rows: 3, perClass: [1, 2], missing: 0, constantFeatures: 1 });
  expect(train.range).toMatchObject({ minimum: 1, maximum: 8, mean: 5.5 });
  expect(train.range.deviation).toBeCloseTo(Math.sqrt(39.5 / 6), 12);
});

test('what is missing is counted and left out of the figures; bytes are seen as the network sees them', () => {
  const examples = { rows: 2, features: 2, divisor: 255, labels: Uint8Array.of(0, 1) };
  const data = dataFromRows({ name: 'x', classNames: ['a', 'b'], train: { inputs: [[1]], labels: [0] } });
  const [train] = summarize({ ...data, train: { ...examples, inputs: Float64Array.of(NaN, 255, 0, 255) } });
  expect(train).toMatchObject({ missing: 1, range: { minimum: 0, maximum: 1 }, constantFeatures: 1 });
  expect(train.range.mean).toBeCloseTo(2 / 3, 12);
});

test('pictures of points and of pictures, none of other rows', async () => {
  const svg = await dataPicture(await loadData('points', { options: { rows: 50, testRows: 5 } }));
  expect(await sharp(await toPng(svg)).metadata()).toMatchObject({ format: 'png', width: 1280 });
  const inputs = [[1, 2, 3]];
  const wide = dataFromRows({ name: 'wide', classNames: ['a', 'b'], train: { inputs, labels: [0] } });
  await expect(dataPicture(wide)).rejects.toThrow('Cannot draw wide: its rows have 3 numbers each');
});
