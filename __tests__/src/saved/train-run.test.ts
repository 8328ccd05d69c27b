import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import type { LoadedDataset } from '../../../src/core/data/dataset.ts';
import { defaultsOf } from '../../../src/core/entry.ts';
import { RandomState } from '../../../src/core/random.ts';
import { scoreRun } from '../../../src/saved/train-run.ts';
import { clouds } from '../../helpers/toy.ts';

beforeAll(() => useBackend('cpu'));

test('each split is scored on its own rows: turning the labels of one turns its score alone', () => {
  const model = models.points.create({ ...defaultsOf(models.points), asPrinted: false });
  const [train, test, validation] = [40, 10, 20].map((rows, seed) => clouds(rows, { seed }));
  const dataset = {
    name: 'clouds',
    source: 'built-in',
    files: [],
    classNames: ['a', 'b'],
    preprocessing: { kind: 'none' },
    ...{ train, validation, test },
  } satisfies LoadedDataset;
  const parameters = model.initial({ features: 2, classes: 2, random: new RandomState(1) });
  const turned = { ...test, labels: test.labels.map((label) => 1 - label) };
  const scores = scoreRun({ model, dataset }, { parameters });
  const after = scoreRun({ model, dataset: { ...dataset, test: turned } }, { parameters });
  const rowsOf = ({ confusionMatrix }: { confusionMatrix: number[][] }) =>
    confusionMatrix.flat().reduce((sum, count) => sum + count, 0);
  expect([scores.train, scores.validation!, scores.test].map(rowsOf)).toEqual([40, 20, 10]);
  expect(after.test.accuracy).toBeCloseTo(1 - scores.test.accuracy, 12);
  expect([after.train, after.validation]).toEqual([scores.train, scores.validation]);
});
