import { expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import {
  modelOfSweepFile,
  oneListNote,
  shardIn,
  sweepDefinition,
  sweepFile,
  sweptText,
} from '../../../../src/cli/shared/sweep.ts';

const of = (args: Record<string, unknown>, base = {}) =>
  sweepDefinition(models.mlp, { model: 'mlp', fixed: {}, grid: {}, ...base }, args);

test.each<[string, Record<string, unknown>, object, object]>([
  [
    'one value is fixed, several are an axis',
    { learningRate: '0.1,1', epochs: '3', optimizer: 'adam' },
    { epochs: 3, optimizer: 'adam' },
    { learningRate: [0.1, 1] },
  ],
  ['given twice as given once', { epochs: ['3', '4'] }, {}, { epochs: [3, 4] }],
  ['a list is one value', { hidden: '3,4' }, { hidden: [3, 4] }, {}],
  ['lists given twice are an axis', { hidden: ['8', '3,4'] }, {}, { hidden: [[8], [3, 4]] }],
  [
    'truths and the whole batch',
    { asPrinted: 'true,false', batchSize: 'full, 3' },
    {},
    { asPrinted: [true, false], batchSize: ['full', 3] },
  ],
  ['a truth alone', { asPrinted: '' }, { asPrinted: true }, {}],
  [
    'seeds count from the usual one',
    { seeds: 3 },
    {},
    { seed: [0, 1, 2].map((i) => models.mlp.recipe.seed + i) },
  ],
  ['or from the one given', { seeds: 2, seed: '7' }, {}, { seed: [7, 8] }],
])('%s', (_, args, fixed, grid) => expect(of(args)).toEqual({ model: 'mlp', fixed, grid }));

test('says what varies and what is fixed, and that a list given once is one value', () => {
  const args = { hidden: ['8', '3,4'], learningRate: '0.1,1', epochs: '3' };
  expect(sweptText(of(args))).toBe('varied   hidden: 8 | 3,4; learningRate: 0.1 | 1\nfixed    epochs: 3');
  expect(oneListNote(models.mlp, of(args), args)).toBeUndefined();
  const once = { hidden: ['8,32'] };
  expect(sweptText(of(once))).toBe('varied   nothing\nfixed    hidden: 8,32');
  expect(oneListNote(models.mlp, of(once), once)).toBe(
    '--hidden 8,32 is one value for all trials; to vary it: --hidden 8 --hidden 32.',
  );
  const drawn = { random: 2, randomSeed: 1, learningRate: '0.001..1', hidden: ['8', '16'] };
  expect(sweptText(of(drawn))).toBe('varied   2 random draws of hidden: 8 | 16; learningRate: 0.001 … 1');
});

test('options replace the same settings of a sweep file, and no others', () => {
  const base = { fixed: { epochs: 9, seed: 4 }, grid: { learningRate: [1, 2] } };
  expect(of({ learningRate: '3', epochs: '1,2' }, base)).toEqual({
    model: 'mlp',
    fixed: { seed: 4, learningRate: 3 },
    grid: { epochs: [1, 2] },
  });
  expect(base).toEqual({ fixed: { epochs: 9, seed: 4 }, grid: { learningRate: [1, 2] } });
});

test('--random draws from ranges and lists, except seeds', () => {
  expect(
    of({ random: 5, randomSeed: 2, learningRate: '0.001..1', epochs: '1,2', l2: '3', seed: '1,2' }),
  ).toEqual({
    ...{ model: 'mlp', fixed: { l2: 3 }, grid: { seed: [1, 2] } },
    random: { draws: 5, seed: 2, from: { learningRate: { low: 0.001, high: 1 }, epochs: [1, 2] } },
  });
  const base = { random: { draws: 1, seed: 1, from: { l1: [1, 2], l2: { low: 0, high: 1 } } } };
  expect(of({ random: 5, randomSeed: 2, l2: '3' }, base).random).toEqual({
    draws: 5,
    seed: 2,
    from: { l1: [1, 2] },
  });
});

test.each([
  [{ asPrinted: 'maybe' }, '--as-printed takes true or false, not maybe.'],
  [{ recordEvery: 'x' }, '--record-every takes numbers, not "x".'],
  [{ batchSize: 'half' }, '--batch-size takes numbers, not "half".'],
  [{ l1: '1,' }, '--l1 takes numbers, not "".'],
  [{ learningRate: '1..1', random: 1 }, '--learning-rate takes a range such as 0.001..1, not 1..1.'],
  [{ seeds: 2, seed: '1,2' }, 'Give --seeds or several values of --seed, not both.'],
])('%j is refused', (args, message) => expect(() => of(args)).toThrow(message));

test('reads --shard', () => {
  expect(['1/1', '2/4', '4/4'].map(shardIn)).toEqual([
    { index: 1, count: 1 },
    { index: 2, count: 4 },
    { index: 4, count: 4 },
  ]);
  for (const wrong of ['0/2', '3/2', '1', 'a/b', '1/2/3', '1234567/2'])
    expect(() => shardIn(wrong)).toThrow(`such as 1/4, not ${wrong}.`);
});

test('finds sweep files by path, or by name among the shipped ones', () => {
  expect(sweepFile('mine/a.json')).toBe('mine/a.json');
  expect(sweepFile('document-000')).toMatch(/sweeps\/document-000\.json$/);
  expect([sweepFile('nothing'), sweepFile('../document-000'), sweepFile('-x')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(modelOfSweepFile(['--out', 'nowhere.json', 'document-000'])).toBe(models.points);
  expect(modelOfSweepFile(['mnist'])).toBeUndefined();
});
