import { describe, expect, test } from '@jest/globals';
import { MeasuringField } from '../../../../src/backend/field/index.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';
import { largeChain } from './support.ts';

const field = new MeasuringField({ primes: largeChain }, randomNumbers('51ce'));
const [x, y, z] = [field.variable(), field.variable(), field.variable()];
const c = (value: number): number => field.constant(value);
const size = (element: number) => field.differenceSize(element, 0);
const degree = (element: number): number => size(element).degree;
const bits = (element: number): number => size(element).bits;

describe('the counted degree and coefficients are no less than those of the formula', () => {
  const sum = field.add(x, y);
  const ratio = field.divide(field.multiply(x, y), field.add(x, z)); // xy/(x + z)

  test('polynomials: (x + y)³ has degree 3 and coefficients that add up to 2³', () => {
    const cube = field.multiply(sum, field.multiply(sum, sum));
    expect(degree(cube)).toBe(3);
    expect(bits(cube)).toBe(3);
  });

  test('fractions with one divisor keep it: xy/(x + z) + y/(x + z)', () => {
    const total = field.add(ratio, field.divide(y, field.add(x, z)));
    expect(degree(total)).toBe(2);
  });

  test('fractions with different divisors: xy/(x + z) + 1/y = (xy² + x + z)/((x + z)y)', () => {
    expect(degree(field.add(ratio, field.divide(c(1), y)))).toBe(3);
  });

  test('a quotient of quotients: (xy/(x + z))/(y/(x + z)) = xy/y', () => {
    expect(degree(field.divide(ratio, field.divide(y, field.add(x, z))))).toBe(2);
  });

  test('what a quotient leaves of a divisor: (1/((x + z)y))/(1/y) + z = (1 + z(x + z))/(x + z)', () => {
    const [a, b] = [field.add(x, z), y].map((divisor) => field.divide(c(1), divisor));
    const left = field.divide(field.multiply(a, b), b);
    expect(degree(field.add(left, z))).toBe(2);
  });

  test('constants: 0.75·x + 3 = (3x + 12)/4 has coefficients that add up to 15, less than 2⁴·⁶', () => {
    const total = field.add(field.multiply(c(0.75), x), c(3));
    expect(bits(total)).toBeGreaterThanOrEqual(Math.log2(15));
    expect(bits(total)).toBeLessThan(5);
  });

  test('σ(x) = e/(1 + e) = n/(d + n) where e = n/d, both products of two exponentials', () => {
    const e = field.exp(x);
    const sigmoid = field.divide(e, field.add(c(1), e));
    expect(degree(sigmoid)).toBe(2);
    expect(degree(field.add(sigmoid, z))).toBe(3);
  });

  test('zero has none, and x − x is counted as if it were something', () => {
    expect(size(0)).toEqual({ degree: 0, bits: 0 });
    expect(field.differenceSize(x, x)).toEqual({ degree: 1, bits: 1 });
  });
});

test('it computes what a plain field computes', () => {
  const total = field.dot({
    length: 2,
    xs: { values: [x, y], start: 0, step: 1 },
    ys: { values: [y, z], start: 0, step: 1 },
  });
  expect(field.value(total)).toBe(field.value(field.multiply(y, field.add(x, z))));
  expect(field.decisions).toBe(0);
  field.sign(total);
  expect(field.decisions).toBe(1);
});
