import { expect, test } from '@jest/globals';
import { drawGrey } from '../../../../src/cli/shared/prediction-inputs.ts';
import { predictionCsv, predictionTable, rank } from '../../../../src/cli/shared/predictions.ts';

const classNames = ['cat', 'dog', 'cow'];
const predictions = [
  { label: 'dog', probabilities: [0.25, 0.5, 0.25] },
  { label: 'cow', probabilities: [0.1, 0.2, 0.7] },
];
const row = (input: string) => ({ input, values: new Float64Array(1) });

test('classes are ranked by probability, as many as are wanted, equal ones in the order of classes', () => {
  const ranked = rank(predictions, classNames, 2);
  expect(ranked[0]).toEqual({
    ...predictions[0],
    top: [
      { label: 'dog', probability: 0.5 },
      { label: 'cat', probability: 0.25 },
    ],
  });
  expect(ranked[1].top.map(({ label }) => label)).toEqual(['cow', 'dog']);
  expect(rank(predictions, classNames, 3)[1].top).toHaveLength(3);
});

test('a threshold must be exceeded for the second of two classes', () => {
  const labels = (threshold?: number) =>
    rank(
      [0.2, 0.5, 0.8].map((p) => ({ label: p > 0.5 ? '1' : '0', probabilities: [1 - p, p] })),
      ['0', '1'],
      2,
      threshold,
    ).map(({ label }) => label);
  expect(labels()).toEqual(['0', '0', '1']);
  expect(labels(0.1)).toEqual(['1', '1', '1']);
  expect(labels(0.5)).toEqual(['0', '0', '1']);
  expect(labels(0.8)).toEqual(['0', '0', '0']);
});

test('of a long path the table shows the end, in forty characters', () => {
  const shown = (input: string) =>
    predictionTable([row(input)], rank(predictions.slice(0, 1), classNames, 1))
      .split('\n')
      .at(-1)!
      .split('  ')[0];
  const path = `${'a/'.repeat(30)}kitten.png`;
  expect(shown('x'.repeat(40))).toBe('x'.repeat(40));
  expect(shown('y'.repeat(41))).toBe(`…${'y'.repeat(39)}`);
  expect(shown(path)).toHaveLength(40);
  expect(path.endsWith(shown(path).slice(1))).toBe(true);
});

test('CSV holds every probability as it is', () => {
  const text = predictionCsv([row('a,b.png'), row('c.png')], rank(predictions, classNames, 1), classNames);
  expect(text.trimEnd().split(/\r?\n/)).toEqual([
    'input,label,cat,dog,cow',
    '"a,b.png",dog,0.25,0.5,0.25',
    'c.png,cow,0.1,0.2,0.7',
  ]);
});

test('a letter for two pixels one above the other, the darker the more ink, from the top', () => {
  const rows = [
    [0, 0.5, 1, 0],
    [0, 0.5, 1, 1],
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  expect(drawGrey(rows.flat(), 4)).toBe(' +@+\n@+');
});
