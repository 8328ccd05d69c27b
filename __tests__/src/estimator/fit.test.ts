import { beforeAll, describe, expect, test } from '@jest/globals';
import { argumentsFor, ownInTraining } from '../../../src/weights/run-record.ts';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import type { LoadedDataset } from '../../../src/data/dataset.ts';
import { defaultsOf } from '../../../src/model/definition.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { scoreRun } from '../../../src/estimator/fit.ts';
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

test('rows set aside for validation count in the validation score and not in the training score', () => {
  const model = models.points.create({ ...defaultsOf(models.points), asPrinted: false });
  const [train, test] = [40, 10].map((rows, seed) => clouds(rows, { seed }));
  const dataset = {
    ...{ name: 'clouds', source: 'built-in', files: [], classNames: ['a', 'b'] },
    ...{ preprocessing: { kind: 'none' }, train, test },
  } as LoadedDataset;
  const parameters = model.initial({ features: 2, classes: 2, random: new RandomState(1) });
  const setAside = {
    training: Int32Array.from({ length: 30 }, (_, i) => i),
    validation: Int32Array.from({ length: 10 }, (_, i) => 30 + i),
  };
  const scores = scoreRun({ model, dataset }, { parameters, setAside });
  const rowsOf = ({ confusionMatrix }: { confusionMatrix: number[][] }) =>
    confusionMatrix.flat().reduce((sum, count) => sum + count, 0);
  expect([scores.train, scores.validation!, scores.test].map(rowsOf)).toEqual([30, 10, 10]);
});

describe('files of the user’s own', () => {
  test('are asked for again in the words of a command line', () => {
    expect(argumentsFor({})).toEqual([]);
    expect(
      argumentsFor({
        ...{ file: 'a b.csv', target: 'price', missing: 'drop', task: 'regression' },
        ...{ categories: ['x', 'y'], dropColumns: ['z'], testShare: 0 },
      }).join(' '),
    ).toBe(
      '--data-file a b.csv --target price --missing drop --task regression --categories x,y --drop-columns z --test-share 0',
    );
    expect(argumentsFor({ folder: 'cats', size: [64, 32], grey: true, testShare: 0.25 }).join(' ')).toBe(
      '--data-dir cats --test-share 0.25 --size 64x32 --grey',
    );
    expect(argumentsFor({ file: 'a.csv', decimal: ',', header: false })).toEqual(
      '--data-file a.csv --decimal , --no-header'.split(' '),
    );
    expect(argumentsFor({ file: 'a.csv', header: true })).toEqual(['--data-file', 'a.csv', '--header']);
    expect(argumentsFor({ folder: 'cats', grey: false })).toEqual(['--data-dir', 'cats']);
  });

  test('are known again from what weights say of their training', () => {
    const own = { file: 'a.csv', testShare: 0.5, size: [1, 4096], sha256: 'ab' };
    expect(ownInTraining({ dataset: { name: 'a', own } })).toEqual(own);
    expect(ownInTraining({ dataset: { name: 'mnist' } })).toBeUndefined();
    expect(ownInTraining({})).toBeUndefined();
    for (const wrong of [
      ...[{ testShare: 1 }, { testShare: -0.1 }, { size: [0, 1] }, { size: [1, 4097] }, { size: [1, 2, 3] }],
      ...[
        { file: 'x'.repeat(4097) },
        { missing: 'guess' },
        { task: 'sorting' },
        { grey: 1 },
        { decimal: ';' },
        { header: 1 },
      ],
    ])
      expect([wrong, ownInTraining({ dataset: { own: wrong } })]).toEqual([wrong, undefined]);
    expect(ownInTraining({ dataset: { own: { file: 'x'.repeat(4096) } } })).toBeDefined();
  });
});
