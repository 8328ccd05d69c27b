import { expect, test } from '@jest/globals';
import {
  beforeSeparator,
  editDistance,
  nearest,
  normalizeArguments,
  usageMessage,
} from '../../../../src/cli/shared/arguments.ts';
import { numbersIn, standardInput } from '../../../../src/cli/shared/options.ts';

test('editDistance counts insertions, deletions, replacements and swaps of neighbors', () => {
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

test('nearest returns the known word that differs in at most a third of the letters or begins with the given one', () => {
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
  // A prefix is nearer than one changed letter; the first of equally near words wins.
  expect(nearest('dots', ['dot', 'dotsy'])).toBe('dotsy');
  expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
});

test.each([
  ['Unknown argument: epohcs', ['--epohcs', '3'], 'Unknown option --epohcs. Did you mean --epochs?'],
  ['Unknown arguments: epohcs, epohCs', ['--epohcs=3'], 'Unknown option --epohcs. Did you mean --epochs?'],
  ['Unknown argument: zzz', ['--zzz'], 'Unknown option --zzz. See --help.'],
  ['Unknown argument: epohcs', ['epohcs'], 'Unexpected argument "epohcs". See --help.'],
  ['Not enough arguments following: out', ['--out'], '--out needs a value. See --help.'],
  [
    'Not enough non-option arguments: got 0, need at least 1',
    ['evaluate'],
    'Missing argument. Usage: zoo evaluate <weights>',
  ],
  [
    'Invalid values:\n  Argument: gate, Given: "nadn", Choices: "and", "or", "nand"',
    [],
    'Unknown gate "nadn". Did you mean nand? Choose from: and, or, nand.',
  ],
  [
    'Invalid values:\n  Argument: gate, Given: "zzzz", Choices: "and", "or"',
    [],
    'Unknown gate "zzzz". Choose from: and, or.',
  ],
  ['Something else', [], 'Something else.'],
  [' Is it so? ', [], 'Is it so?'],
])('turns the yargs message %j into one sentence', (message, argv, sentence) =>
  expect(usageMessage(message, argv, ['epochs', 'out'], ['train <model>', 'evaluate <weights>'])).toBe(
    sentence,
  ),
);

test('normalizeArguments takes what follows -- for paths, also if they begin with a minus sign', () => {
  expect(normalizeArguments(['predict', 'run', '--json', '--', '-d.png', '--json', 'a.png', '-'])).toEqual([
    ...['predict', 'run', '--json', './-d.png', './--json', 'a.png', standardInput],
  ]);
  expect(beforeSeparator(['predict', '--', '--json'])).toEqual(['predict']);
});

test('normalizeArguments leaves the words of a completion as they are', () => {
  const words = ['--get-yargs-completions', 'zoo', 'train', 'mnist', '--'];
  expect(normalizeArguments(words)).toEqual(words);
});

test('normalizeArguments joins negative values to their options and rejects empty values', () => {
  expect(normalizeArguments(['train', '--list', '-1,2', '--rate', '-.5', '-', '-x', '--a=b', '-1'])).toEqual([
    ...['train', '--list=-1,2', '--rate=-.5', standardInput, '-x', '--a=b', '-1'],
  ]);
  expect(normalizeArguments(['help', 'train'])).toEqual(['train', '--help']);
  expect(normalizeArguments(['train', ''])).toEqual(['train', '']);
  expect(() => normalizeArguments(['--out', ''])).toThrow('--out needs a value. See --help.');
  expect(() => normalizeArguments(['--out='])).toThrow('--out needs a value. See --help.');
  expect(numbersIn('1, -2,,x')).toEqual([1, -2, NaN, NaN]);
});
