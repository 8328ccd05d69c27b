import { expect, test } from '@jest/globals';
import { withPositive, type LoadedDataset } from '../../../src/data/dataset.ts';

const part = (labels: number[]) => ({
  ...{ rows: labels.length, features: 1, inputs: new Float64Array(labels.length), divisor: 1 },
  labels: Uint8Array.from(labels),
});

const dataset = (classNames: string[]): LoadedDataset => ({
  ...{ name: 'payments', source: 'dir', files: [], classNames, preprocessing: { kind: 'none' } },
  ...{ train: part([0, 1, 1]), validation: part([1]), test: part([1, 0]) },
});

test('the positive class becomes the second one, with its rows', () => {
  const { classNames, train, validation, test } = withPositive(dataset(['fraud', 'ok']), 'fraud');
  expect(classNames).toEqual(['ok', 'fraud']);
  expect([train, validation!, test].map(({ labels }) => [...labels])).toEqual([[1, 0, 0], [0], [0, 1]]);
});

test('nothing changes without a positive class and with the second one', () => {
  const given = dataset(['fraud', 'ok']);
  expect(withPositive(given)).toBe(given);
  expect(withPositive(given, 'ok')).toBe(given);
});

test('test rows that are the training rows stay so', () => {
  const given = dataset(['fraud', 'ok']);
  const { train, test } = withPositive({ ...given, test: given.train }, 'fraud');
  expect(test).toBe(train);
});

test.each([
  [['fraud', 'ok'], '--positive "yes" is not a class of payments. Its classes: "fraud", "ok".'],
  [['a', 'b', 'c'], '--positive "yes" needs two classes; payments has 3 classes.'],
  [['price'], '--positive "yes" needs two classes; payments has a number to predict.'],
])('is rejected for the classes %j', (classNames, message) =>
  expect(() => withPositive(dataset(classNames), 'yes')).toThrow(message),
);
