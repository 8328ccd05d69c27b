/** The pictures that a run leaves, beside its learning curve. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { drawDigits } from '../../../datasets/built-in/digits.ts';
import type { LoadedDataset } from '../../../src/core/data/dataset.ts';
import { dataFromRows, models, train } from '../../../src/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-pictures-'));
});
afterAll(() => rm(directory, { recursive: true }));

const { pixels, labels } = drawDigits({ count: 30, seed: 5 });
const rows = dataFromRows({
  name: 'digits',
  classNames: [...'0123456789'],
  train: {
    inputs: Array.from(labels, (_, row) =>
      Array.from(pixels.subarray(784 * row, 784 * (row + 1)), (value) => value / 255),
    ),
    labels: Array.from(labels),
  },
});
const digits: LoadedDataset = {
  ...rows,
  preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 1 },
};

test('a convolutional network leaves its filters and the maps of each layer', async () => {
  const out = join(directory, 'lenet');
  const options = { filters: [3, 5] };
  await train(models.lenet, { out, epochs: 1, batchSize: 10, options, data: digits, backend: 'wasm' });
  expect(await readdir(out)).toEqual(expect.arrayContaining(['weights.svg', 'feature-maps.svg']));
  expect(await readFile(join(out, 'weights.svg'), 'utf8')).toContain('all 3 filters');
  const maps = await readFile(join(out, 'feature-maps.svg'), 'utf8');
  const title = `lenet: what it makes of test row 1, class ${labels[0]}`;
  for (const text of [title, 'input: 28×28', 'first: 3 maps of 12×12', 'second: 5 maps of 4×4']) {
    expect(maps).toContain(text);
  }
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Feature maps');
});
