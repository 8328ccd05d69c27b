/** The pictures that a run leaves, beside its learning curve. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { datasets } from '../../../../datasets/index.ts';
import { drawDigits } from '../../../../datasets/built-in/digits.ts';
import type { LoadedDataset } from '../../../../src/data/dataset.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { picturesOf } from '../../../../src/reports/pictures/run-pictures.ts';
import { exampleRequest } from '../../../helpers/example-run.ts';
import { dataFromRows, models, train } from '../../../../src/index.ts';

import { outlineOf } from '../../../helpers/outline.ts';
import { trainedRun } from '../../../helpers/trained.ts';
import { plainText } from '../../../helpers/plain-text.ts';

async function drawPictures(report: Parameters<typeof picturesOf>[0]): Promise<Record<string, string>> {
  const drawn: Record<string, string> = {};
  for (const [name, draw] of Object.entries(picturesOf(report))) drawn[name] = await draw();
  return drawn;
}

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
  // Of the weights a pixel is a pixel; others are twice as fine as on paper.
  for (const [name, scale] of Object.entries({ weights: 1, 'feature-maps': 2, 'learning-curve': 2 })) {
    const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(
      await readFile(join(out, `${name}.svg`), 'utf8'),
    )!;
    const png = await sharp(join(out, `${name}.png`)).metadata();
    expect([name, png.width, png.height]).toEqual([name, scale * Number(width), scale * Number(height)]);
  }
  const maps = await readFile(join(out, 'feature-maps.svg'), 'utf8');
  const title = `lenet: what it makes of test row 1, class ${labels[0]}`;
  for (const text of [title, 'input: 28×28', 'first: 3 maps of 12×12', 'second: 5 maps of 4×4']) {
    expect(maps).toContain(text);
  }
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Feature maps');
});

/** x1 + 2·x2 > c */
const line = (c: number): Parameters<typeof trainedRun>[2] => ({
  weights: [
    [2, 1],
    [1, 2],
  ],
  bias: [[1], [-c]],
});

test('a boundary: the plane around few rows, whole numbers around many, at most four hundred of them', async () => {
  await useBackend('cpu');
  const draw = async (dataset: LoadedDataset, c: number) => {
    const { 'decision-boundary': svg, ...others } = await drawPictures(trainedRun('gate', dataset, line(c)));
    expect(others).toEqual({});
    const lines = (await outlineOf(svg)).split('\n');
    const labels = lines.flatMap((text) =>
      (/^text .*translate\(([\d.]+) ([\d.]+)\) .* (−?-?[\d.]+)$/.exec(text) ?? [])
        .slice(1)
        .map(Number)
        .slice(2),
    );
    const marks = lines.filter((text) => text.startsWith('path d=M') && /matrix\(/.test(text));
    return { svg, lines, labels, marks };
  };
  const gates = await draw(await datasets['logic-gates'].load(exampleRequest('adam').data), 1.5);
  expect([Math.min(...gates.labels), Math.max(...gates.labels)]).toEqual([-0.5, 1.5]);
  // Right are 00, 10 and 11; 01 is taken for a one.
  expect(gates.marks).toHaveLength(4 + 1);
  expect(plainText(gates.svg).split('\n')).toEqual([
    ...['probability 0', '1, of class 1', 'input x2', 'input x1'],
    ...['-0.5', '0', '0.5', '1', '1.5', '-0.5', '0', '0.5', '1', '1.5'],
    ...['class 0', 'class 1', 'wrong', 'boundary', 'gate (and): decision boundary'],
  ]);
  // From x1 = 1.5 − 2·x2, so from the lower right to the upper left.
  const ends = gates.lines.flatMap(
    (text) =>
      /^path d=M([\d.]+) ([\d.]+)L[\d. ]+ fill=#000 stroke=#000000 stroke-width=2/
        .exec(text)
        ?.slice(1)
        .map(Number) ?? [],
  );
  expect(ends.length).toBeGreaterThan(100);
  for (let i = 0; i < ends.length; i += 2) {
    const [x, y] = [(2 * (ends[i] - 66)) / 520 - 0.5, 1.5 - (2 * (ends[i + 1] - 84)) / 440];
    expect(Math.abs(x + 2 * y - 1.5)).toBeLessThan(0.01);
  }
  const inputs = Array.from({ length: 401 }, (_, i) => [i % 2 ? 3.5 : -2.25, (i % 7) / 10 + 0.05]);
  // Each axis is as long as its own column.
  const wide = dataFromRows({
    ...{ name: 'wide', classNames: ['no', 'yes'] },
    train: { inputs: [[0, 10], [1, 20], [1, 10], [0, 20]], labels: [0, 1, 0, 1] }, // prettier-ignore
  });
  expect(Math.max(...(await draw(wide, 30)).labels)).toBeGreaterThanOrEqual(20);
  const rows = { inputs, labels: inputs.map(([x]) => Number(x > 0)) };
  const many = await draw(dataFromRows({ name: 'many', classNames: ['no', 'yes'], train: rows }), 0);
  expect([Math.min(...many.labels), Math.max(...many.labels)]).toEqual([-3, 4]);
  expect(many.svg).not.toContain('wrong');
  expect(many.marks).toHaveLength(400);
});

test('no boundary of other rows and tasks; weights of pixels are a picture', async () => {
  const inputs = [
    [1, 0, 0, 1],
    [0, 1, 1, 0],
  ];
  const greys = dataFromRows({ name: 'greys', classNames: ['a', 'b'], train: { inputs, labels: [0, 1] } });
  const picture: LoadedDataset = {
    ...greys,
    preprocessing: { kind: 'image', height: 2, width: 2, channels: 1, divisor: 1 },
  };
  const hidden = {
    hiddenWeights: [
      [4, 3],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ],
    hiddenBias: [[3], [0, 0, 0]],
    outputWeights: [
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    outputBias: [[2], [0, 0]],
  } satisfies Parameters<typeof trainedRun>[2];
  const run = (dataset: LoadedDataset) => trainedRun('mnist', dataset, hidden, { options: { hidden: 3 } });
  const { weights, ...others } = await drawPictures(run(picture));
  expect(others).toEqual({});
  expect(plainText(weights).split('\n')).toEqual([
    ...['−10', '10 per unit of brightness', 'mnist: learned hiddenWeights', 'all 3 hidden units'],
  ]);
  // Three pictures of 2×2 pixels with a line around each, every pixel twelve wide.
  expect(await outlineOf(weights)).toMatch(/^image href=120×48×3 1be51c30271e width=120 height=48 /m);
  expect(await drawPictures(run(greys))).toEqual({});
});
