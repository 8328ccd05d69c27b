/** The example of docs/proof.md that is worked out by hand modulo 23, here by the field itself. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Field } from '../../../../src/backend/field/index.ts';
import { functionsOf } from '../../../../src/backend/field/functions.ts';

/** Draws that make the bases 2 = 5² and 5 = 4², and then w = (7, 3, 1). */
const draws = [(5 - 2) / 20, (4 - 2) / 8, 7 / 23, 3 / 11, 1 / 5].map((share) => share + 1e-9);

test('L = log(1 + eʷ) − w and its derivative at w = (7, 3, 1)', () => {
  const field = new Field({ primes: [23, 11, 5] }, () => draws.shift()!);
  const { one, sigmoid, reciprocal, negate, plusOne } = functionsOf(field);
  expect(field.bases).toEqual([2, 5]);
  const w = field.variable();
  expect(field.remainders(w)).toEqual([7, 3, 1]);

  const moving = field.moving(w, 1);
  const e = field.exp(moving);
  expect([field.value(e), field.slope(e)]).toEqual([8, 8]);
  const sum = field.add(one, e);
  expect([field.value(sum), field.slope(sum)]).toEqual([9, 8]);
  const logarithm = field.log(sum);
  expect(field.slope(logarithm)).toBe(6);
  expect(field.slope(field.subtract(logarithm, moving))).toBe(5);

  const gradients = {
    'σ(w) − 1': field.subtract(sigmoid(w), one),
    '−1/(1 + eʷ)': negate(reciprocal(plusOne(field.exp(w)))),
    '1 − σ(w)': field.subtract(one, sigmoid(w)),
    'w − 2': field.subtract(w, field.constant(2)),
  };
  const values = Object.entries(gradients).map(([formula, element]) => [formula, field.value(element)]);
  expect(values).toEqual([
    ['σ(w) − 1', 5],
    ['−1/(1 + eʷ)', 5],
    ['1 − σ(w)', 18],
    ['w − 2', 5],
  ]);
  const page = readFileSync(new URL('../../../../docs/proof.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (.*?) *\| [^|]* \| (\d+) *\| (?:equal|different)/gm)];
  expect(rows.map(([, formula, value]) => [formula, Number(value)])).toEqual(values);
});
