import { describe, expect, test } from '@jest/globals';
import { sentenceOf, preparedWords } from '../../../../src/cli/shared/arguments.ts';
import { standardInput } from '../../../../src/cli/shared/options.ts';
import { editDistance, nearest } from '../../../../src/cli/shared/suggest.ts';
import { numbersIn, ownFilesIn } from '../../../../src/cli/shared/options.ts';
import {
  shardIn,
  sweepDefinition,
  modelOfSweepFile,
  sweepFile,
} from '../../../../src/cli/shared/sweep-plan.ts';
import { models } from '../../../../models/index.ts';
import { checkpointEvery } from '../../../../src/cli/shared/training-options.ts';

test.each([
  ['30s', { seconds: 30 }],
  ['1s', { seconds: 1 }],
  ['500', { steps: 500 }],
  ['0', undefined],
  ['0s', undefined],
  ['999999999', { steps: 999_999_999 }],
])('--checkpoint-every %s', (words, meaning) => expect(checkpointEvery(words)).toEqual(meaning));

test.each(['', 's', '-1', '1.5', '30m', '30 s', '1234567890', '1e3'])('%j is refused', (words) =>
  expect(() => checkpointEvery(words)).toThrow('--checkpoint-every takes a number of steps'),
);

describe('data of one’s own', () => {
  test.each([
    [{}, undefined],
    [{ dataFile: 'a.csv' }, { file: 'a.csv' }],
    [
      {
        dataFile: 'a.csv',
        target: 'y',
        missing: 'mean',
        categories: 'a, b,,c ',
        dropColumns: 'd',
        task: 'regression',
        testShare: 0.9,
      },
      {
        file: 'a.csv',
        target: 'y',
        missing: 'mean',
        categories: ['a', 'b', 'c'],
        dropColumns: ['d'],
        task: 'regression',
        testShare: 0.9,
      },
    ],
    [{ dataDir: 'd' }, undefined],
    [
      { dataDir: 'd', size: '28x14' },
      { folder: 'd', size: [28, 14] },
    ],
    [
      { dataDir: 'd', size: '1X9999', grey: true, testShare: 0 },
      { folder: 'd', size: [1, 9999], grey: true, testShare: 0 },
    ],
    [
      { dataDir: 'd', grey: true },
      { folder: 'd', grey: true },
    ],
  ])('%j', (args, own) => expect(ownFilesIn(args)).toEqual(own));

  test.each([
    [{ dataFile: 'a', dataDir: 'd' }, 'Give --data-file or --data-dir, not both.'],
    [{ dataFile: 'a', size: '1x1' }, '--size and --grey are for pictures in --data-dir.'],
    [{ dataFile: 'a', grey: true }, '--size and --grey are for pictures in --data-dir.'],
    [{ size: '1x1' }, '--size and --grey are for pictures in --data-dir.'],
    [{ target: 'y' }, '--target says how to read a table: name it with --data-file.'],
    [
      { dataDir: 'd', size: '1x1', dropColumns: 'x' },
      '--drop-columns says how to read a table: name it with --data-file.',
    ],
    [{ task: 'regression' }, '--task says how to read a table: name it with --data-file.'],
    [{ testShare: 0.5 }, '--test-share is for data of your own: --data-file.'],
    [{ dataFile: 'a', testShare: 0.91 }, '--test-share takes a number from 0 to 0.9, not 0.91.'],
    [{ dataDir: 'd', size: '0x5' }, '--size takes width x height in pixels, such as 28x28, not 0x5.'],
    [{ dataDir: 'd', size: '5x0' }, '--size takes width x height in pixels, such as 28x28, not 5x0.'],
    [{ dataDir: 'd', size: '10000x5' }, '--size takes width x height in pixels, such as 28x28, not 10000x5.'],
    [{ dataDir: 'd', size: '28' }, '--size takes width x height in pixels, such as 28x28, not 28.'],
  ])('%j is refused', (args, message) => expect(() => ownFilesIn(args)).toThrow(message));
});

describe('slips', () => {
  test('steps from one word to another: insertions, deletions, replacements, swaps of neighbours', () => {
    const pairs = [
      ['', ''],
      ['', 'abc'],
      ['abc', ''],
      ['kitten', 'sitting'],
      ['ab', 'ba'],
      ['abc', 'acb'],
      ['ca', 'abc'],
      ['flaw', 'lawn'],
      ['abcd', 'badc'],
    ];
    expect(pairs.map(([a, b]) => editDistance(a, b))).toEqual([0, 3, 3, 3, 1, 1, 3, 2, 2]);
  });

  test('the nearest known word, where it is near: a third of the letters, or its beginning', () => {
    const known = ['train', 'export', 'predict', 'data', 'doctor'];
    const meant = [
      'trian',
      'TRAIN',
      'pre',
      'pr',
      'expart',
      'ezpart',
      'xxport',
      'xyport',
      'dat',
      'date',
      'dte',
      'dcotro',
    ].map((word) => nearest(word, known));
    expect(meant).toEqual([
      'train',
      'train',
      'predict',
      undefined,
      'export',
      'export',
      'export',
      'export',
      'data',
      'data',
      undefined,
      'doctor',
    ]);
    // A beginning is nearer than another word by one letter; of equals it is the first.
    expect(nearest('dots', ['dot', 'dotsy'])).toBe('dotsy');
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
  });

  test.each([
    [
      'Unknown argument: epohcs',
      ['--epohcs', '3'],
      'There is no option --epohcs here; did you mean --epochs?',
    ],
    [
      'Unknown arguments: epohcs, epohCs',
      ['--epohcs=3'],
      'There is no option --epohcs here; did you mean --epochs?',
    ],
    ['Unknown argument: zzz', ['--zzz'], 'There is no option --zzz here; --help lists what there is.'],
    ['Unknown argument: epohcs', ['epohcs'], 'What is "epohcs" here? --help lists what there is.'],
    ['Not enough arguments following: out', ['--out'], '--out needs a value after it; --help says which.'],
    [
      'Not enough non-option arguments: got 0, need at least 1',
      ['evaluate'],
      'Something is missing: zoo evaluate <weights>; add --help to have it explained.',
    ],
    [
      'Invalid values:\n  Argument: gate, Given: "nadn", Choices: "and", "or", "nand"',
      [],
      'There is no gate "nadn"; did you mean nand? There are and, or, nand.',
    ],
    [
      'Invalid values:\n  Argument: gate, Given: "zzzz", Choices: "and", "or"',
      [],
      'There is no gate "zzzz"; there are and, or.',
    ],
    ['Something else', [], 'Something else.'],
    [' Is it so? ', [], 'Is it so?'],
  ])('%j', (complaint, argv, sentence) =>
    expect(sentenceOf(complaint, argv, ['epochs', 'out'])).toBe(sentence),
  );

  test('words are made ready for the parser', () => {
    expect(preparedWords(['train', '--list', '-1,2', '--rate', '-.5', '-', '-x', '--a=b', '-1'])).toEqual([
      ...['train', '--list=-1,2', '--rate=-.5', standardInput, '-x', '--a=b', '-1'],
    ]);
    expect(preparedWords(['help', 'train'])).toEqual(['train', '--help']);
    expect(preparedWords(['train', ''])).toEqual(['train', '']);
    expect(() => preparedWords(['--out', ''])).toThrow('--out needs a value after it; --help says which.');
    expect(() => preparedWords(['--out='])).toThrow('--out needs a value after it; --help says which.');
    expect(numbersIn('1, -2,,x')).toEqual([1, -2, NaN, NaN]);
  });
});

describe('the axes of a sweep', () => {
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

  test('the command line replaces what a file says of the same setting, and nothing else', () => {
    const base = { fixed: { epochs: 9, seed: 4 }, grid: { learningRate: [1, 2] } };
    expect(of({ learningRate: '3', epochs: '1,2' }, base)).toEqual({
      model: 'mlp',
      fixed: { seed: 4, learningRate: 3 },
      grid: { epochs: [1, 2] },
    });
    expect(base).toEqual({ fixed: { epochs: 9, seed: 4 }, grid: { learningRate: [1, 2] } });
  });

  test('random draws: ranges and several values, but for seeds', () => {
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

  test('parts of a sweep', () => {
    expect(['1/1', '2/4', '4/4'].map(shardIn)).toEqual([
      { index: 1, count: 1 },
      { index: 2, count: 4 },
      { index: 4, count: 4 },
    ]);
    for (const wrong of ['0/2', '3/2', '1', 'a/b', '1/2/3', '1234567/2'])
      expect(() => shardIn(wrong)).toThrow(`such as 1/4, not ${wrong}.`);
  });

  test('a sweep file is a path, or a name of those that come with the zoo', () => {
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
});
