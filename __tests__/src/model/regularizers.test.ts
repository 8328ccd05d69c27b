import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { l1l2 } from '../../../src/model/regularizers.ts';
import { tensorOf, valuesOf } from '../../../src/utils/tensors.ts';

beforeAll(() => useBackend('float64'));

const weights = (values: number[]) => tensorOf(Float64Array.from(values), [values.length]);

test('(l1·Σ|w| + l2/2·Σw²) / m over the weights that are named, and no others', () => {
  const penalty = l1l2(['a', 'b'], { l1: 0.5, l2: 0.2 })!;
  const parameters = { a: weights([1, -2]), b: weights([3]), bias: weights([100]) };
  expect(penalty.value(parameters, 4)).toBeCloseTo((0.5 * 6 + 0.1 * 14) / 4, 14);
});

test('both forms are the same number, whichever part is left out', () => {
  const share = fc.constantFrom(0, 0.3, 2);
  const values = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(values, share, share, fc.integer({ min: 1, max: 9 }), (w, l1, l2, rows) => {
      fc.pre(l1 + l2 > 0);
      const penalty = l1l2(['w'], { l1, l2 })!;
      const parameters = { w: weights(w) };
      expect(valuesOf(penalty.tensor(parameters, rows))[0]).toBeCloseTo(penalty.value(parameters, rows), 12);
    }),
  );
});

test('without shares there is no penalty', () => {
  expect(l1l2(['w'], { l1: 0, l2: 0 })).toBeUndefined();
});
