import { expect, test } from '@jest/globals';
import { points } from '../../datasets/points.ts';
import { InputError } from '../../src/utils/errors.ts';
import { dataRequestWith } from '../../src/node/data-request.ts';

const load = (options: Record<string, unknown>, seed = 0) => points.load(dataRequestWith({ options, seed }));

/** np.random.RandomState(seed).uniform(-10, 10, (10000, 2)): [:2], [-1], and the sum of y = (|x[:, 0]| > 5). */
test("draws NumPy's points", async () => {
  const { train, test, source, standIn } = await load({});
  expect([train.rows, train.features, train.divisor]).toEqual([10000, 2, 1]);
  expect(Array.from(train.inputs.subarray(0, 4))).toEqual([
    0.9762700785464951, 4.30378732744839, 2.055267521432878, 0.8976636599379368,
  ]);
  expect(Array.from(train.inputs.subarray(-2))).toEqual([-2.7974677231380207, 2.51773291983622]);
  expect(Array.from(train.labels).reduce((sum, label) => sum + label, 0)).toBe(5026);
  expect(test.rows).toBe(1000);
  expect(test.inputs).not.toEqual(train.inputs.subarray(0, 2000));
  const next = await load({ rows: 1000 }, 1);
  expect(test.inputs).toEqual(next.train.inputs);
  expect({ source, standIn }).toEqual({ source: 'built-in', standIn: undefined });
});

test("follows the document's rule", async () => {
  const { train } = await load({ rows: 500 }, 7);
  for (let row = 0; row < train.rows; row++) {
    const [x1, x2] = train.inputs.subarray(2 * row);
    expect(Math.max(Math.abs(x1), Math.abs(x2))).toBeLessThanOrEqual(10);
    expect(train.labels[row]).toBe(x1 < -5 || x1 > 5 ? 1 : 0);
  }
});

test('options and the last seed', async () => {
  const { train, test } = await load({ rows: 3, testRows: 5 }, 0xffffffff);
  expect([train.rows, test.rows]).toEqual([3, 5]);
});

test.each([0, -1, 2.5, 1e9, '10', NaN])('rows %p is refused', async (rows) => {
  await expect(load({ rows })).rejects.toThrow(
    new InputError('option rows: expected a whole number from 1 to 10000000'),
  );
});
