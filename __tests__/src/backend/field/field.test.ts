import { describe, expect, test } from '@jest/globals';
import { fieldOf, largeChain, smallChain } from './support.ts';
import fc from 'fast-check';
import {
  hasSmallDivisor,
  isPrime,
  randomChain,
  shortestChain,
  supplies,
} from '../../../../src/backend/field/chains.ts';
import {
  difference,
  fractionOf,
  fromDouble,
  inverse,
  isSquare,
  multiply,
  type Operation,
  power,
  product,
  quotient,
  reasons,
  sum,
} from '../../../../src/backend/field/remainders.ts';
import { functionsOf } from '../../../../src/backend/field/functions.ts';
import { Field, MeasuringField } from '../../../../src/backend/field/index.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';

// Longer ones are rare and take seconds to find: see chain.long.test.ts.
test.each([shortestChain, 4, 5])(
  'randomChain(%d) returns primes p, (p − 1)/2, … within the range of its length',
  (length) => {
    const chain = randomChain(length, randomNumbers('c4a1'));
    expect(chain).toHaveLength(length);
    chain.forEach((p, i) => {
      expect(isPrime(p)).toBe(true);
      if (i > 0) expect(chain[i - 1]).toBe(2 * p + 1);
    });
    expect(chain[0]).toBeGreaterThanOrEqual(supplies[length].from);
    expect(chain[0]).toBeLessThanOrEqual(supplies[length].to);
  },
);

/** Remainders in which a result is known. */
const known = (field: Field, x: number): (number | undefined)[] =>
  field.remainders(x).map((remainder, i) => (remainder < field.primes[i] ? remainder : undefined));

/** Equal wherever both are known, and known where compared. */
function expectSame(field: Field, x: number, y: number): void {
  const [left, right] = [known(field, x), known(field, y)];
  expect(left[field.ground]).toBeDefined();
  left.forEach((remainder, i) => {
    if (remainder !== undefined && right[i] !== undefined) expect(remainder).toBe(right[i]);
  });
}

describe('the laws by which formulas are brought into other forms', () => {
  const field = fieldOf({ ground: 1 });
  const functions = functionsOf(field);
  const [x, y, z] = [field.variable(), field.variable(), field.variable()];
  const { one, negate, square } = functions;
  const positive = square(x);

  test.each([
    [
      '(x + y)·z = x·z + y·z',
      () => [field.multiply(field.add(x, y), z), field.add(field.multiply(x, z), field.multiply(y, z))],
    ],
    ['x/y·y = x', () => [field.multiply(field.divide(x, y), y), x]],
    ['e^(x + y) = eˣ·eʸ', () => [field.exp(field.add(x, y)), field.multiply(field.exp(x), field.exp(y))]],
    ['log eˣ = x', () => [field.log(field.exp(x)), x]],
    ['log(eˣ·eʸ) = x + y', () => [field.log(field.multiply(field.exp(x), field.exp(y))), field.add(x, y)]],
    ['√x² is x or −x, and its square x²', () => [square(field.sqrt(positive)), positive]],
    ['σ(−x) = 1 − σ(x)', () => [functions.sigmoid(negate(x)), field.subtract(one, functions.sigmoid(x))]],
    [
      'softplus(x) − softplus(−x) has the slope of x',
      () => {
        const moving = field.moving(x, 1);
        const difference = field.subtract(functions.softplus(moving), functions.softplus(negate(moving)));
        return [field.constant(field.slope(difference)), one];
      },
    ],
    [
      'tanh x = 2σ(2x) − 1',
      () => [
        functions.tanh(x),
        field.subtract(
          field.add(functions.sigmoid(field.add(x, x)), functions.sigmoid(field.add(x, x))),
          one,
        ),
      ],
    ],
    ['x³ = x·x·x', () => [functions.power(x, field.constant(3)), field.multiply(x, square(x))]],
    ['|x| = x·sign(x)', () => [functions.abs(x), field.multiply(x, functions.sign(x))]],
    [
      'max(x, y) + min(x, y) = x + y',
      () => [field.add(functions.larger(x, y), functions.smaller(x, y)), field.add(x, y)],
    ],
  ] as [string, () => [number, number]][])('%s', (_, sides) => {
    const [left, right] = sides();
    expectSame(field, left, right);
  });
});

test('sign is odd and multiplicative, and exponentials are positive', () => {
  const field = fieldOf();
  for (let i = 0; i < 50; i++) {
    const [x, y] = [field.variable(), field.variable()];
    expect(field.sign(field.multiply(x, y))).toBe(field.sign(x) * field.sign(y));
    expect(field.sign(field.subtract(0, x))).toBe(-field.sign(x));
    expect(field.sign(field.exp(x))).toBe(1);
  }
});

test('the slope of a rational function is the coefficient of h in f(x + h·v)', () => {
  const field = fieldOf();
  const p = field.prime;
  // f(x) = (x² + 3)/(x − 2), f′ = (x² − 4x − 3)/(x − 2)²
  const [two, three, four] = [2, 3, 4].map((n) => field.constant(n));
  const square = (a: number): number => field.multiply(a, a);
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 1000 }), fc.integer({ min: 1, max: p - 1 }), (at, v) => {
      const x = field.constant(at);
      const moving = field.moving(x, v);
      const f = field.divide(field.add(square(moving), three), field.subtract(moving, two));
      const numerator = field.subtract(field.subtract(square(x), field.multiply(four, x)), three);
      const derivative = field.divide(numerator, square(field.subtract(x, two)));
      expect(BigInt(field.slope(f))).toBe((BigInt(field.value(derivative)) * BigInt(v)) % BigInt(p));
    }),
  );
});

describe('unknown remainders', () => {
  test('an exponential of an exponential of an exponential lies below a chain of three', () => {
    const field = fieldOf();
    const twice = field.exp(field.exp(field.variable()));
    expect(field.reason(field.value(twice))).toBeUndefined();
    const thrice = field.exp(twice);
    expect(field.reason(field.value(thrice))).toBe(reasons.below);
    expect(field.reason(field.value(field.add(field.constant(1), thrice)))).toBe(reasons.below);
    expect(field.multiply(0, thrice)).not.toBe(thrice);
    expect(field.value(field.multiply(0, thrice))).toBe(0);
  });

  test('a logarithm lies above where the comparison is at the beginning; its slope is known', () => {
    const field = fieldOf();
    const x = field.moving(field.constant(5), 10);
    const log = field.log(x);
    expect(field.reason(field.value(log))).toBe(reasons.above);
    expect(field.slope(log)).toBe(2);
  });

  test('a quotient by 0 is outside, whatever is done with it', () => {
    const field = fieldOf();
    const quotient = field.divide(field.constant(1), 0);
    for (const x of [quotient, field.multiply(0, quotient), field.exp(quotient), field.sqrt(quotient)]) {
      expect(field.reason(field.value(x))).toBe(reasons.outside);
    }
  });

  test('NaN and infinity stay what they are', () => {
    const field = fieldOf();
    for (const value of [NaN, Infinity, -Infinity]) {
      const sum = field.add(field.constant(1), field.constant(value));
      expect(field.reason(field.value(sum))).toBe(reasons.notANumber);
    }
  });

  test('a comparison of it leaves a doubt, and a choice is not known either', () => {
    const field = fieldOf();
    const nothing = field.divide(field.constant(1), 0);
    expect(field.reason(field.value(field.choose(nothing, 1, 2, 3)))).toBe(reasons.outside);
    expect(field.doubt).toBeUndefined();
    field.decide(nothing);
    expect(field.doubt).toBe(reasons.outside);
  });
});

test('in a field of 23 elements: the powers of 2 are the squares, and their exponents are known modulo 11', () => {
  const field = fieldOf({ primes: smallChain });
  const powers = new Set(Array.from({ length: 11 }, (_, n) => field.bases[0] ** n % 23));
  expect([...powers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 6, 8, 9, 12, 13, 16, 18]);
});

describe('slopes of operations, whichever operand moves', () => {
  const field = fieldOf();
  const { square, reciprocal, negate, one } = functionsOf(field);
  const v = 7;
  const [c, positive] = [field.variable(), square(field.variable())];
  const stretch = (...values: number[]) => ({ values, start: 0, step: 1 });
  const two = field.constant(2);
  test.each<[string, (x: number) => number, (x: number) => number]>([
    ['c + x', (x) => field.add(c, x), () => one],
    ['x + x', (x) => field.add(x, x), () => two],
    ['x − c', (x) => field.subtract(x, c), () => one],
    ['c − x', (x) => field.subtract(c, x), () => negate(one)],
    ['c·x', (x) => field.multiply(c, x), () => c],
    ['x·c', (x) => field.multiply(x, c), () => c],
    ['x·x', square, (x) => field.multiply(two, x)],
    ['x/c', (x) => field.divide(x, c), () => reciprocal(c)],
    ['c/x', (x) => field.divide(c, x), (x) => negate(field.divide(c, square(x)))],
    ['x/(x + 1)', (x) => field.divide(x, field.add(x, one)), (x) => reciprocal(square(field.add(x, one)))],
    ['eˣ', (x) => field.exp(x), (x) => field.exp(x)],
    ['log x', (x) => field.log(x), reciprocal],
    ['√x', (x) => field.sqrt(x), (x) => reciprocal(field.multiply(two, field.sqrt(x)))],
    [
      '(x, c)·(c, x)',
      (x) => field.dot({ length: 2, xs: stretch(x, c), ys: stretch(c, x) }),
      () => field.multiply(two, c),
    ],
    [
      '(c, x)·(c, x)',
      (x) => field.dot({ length: 2, xs: stretch(c, x), ys: stretch(c, x) }),
      (x) => field.multiply(two, x),
    ],
  ])('%s', (_, f, derivative) => {
    const found = f(field.moving(positive, v));
    const expected = field.multiply(derivative(positive), field.constant(v));
    expect(field.slope(found)).toBe(field.value(expected));
    // Who stands still has none, and the value is the same.
    const still = f(positive);
    expect([field.slope(still), field.remainders(still)]).toEqual([0, field.remainders(found)]);
  });
});

test('thousands of elements keep their remainders until restart', () => {
  const field = fieldOf();
  const draws = Array.from({ length: 5000 }, () => field.variable());
  const before = draws.map((x) => field.remainders(x));
  const total = draws.reduce((sum, x) => field.add(sum, x), 0);
  expect(draws.map((x) => field.remainders(x))).toEqual(before);
  const sums = before.reduce((sum, row) => sum.map((r, i) => (r + row[i]) % field.primes[i]), [0, 0, 0]);
  expect(field.remainders(total)).toEqual(sums);
  field.constant(5);
  field.decide(field.divide(field.constant(1), 0));
  field.restart();
  expect(field.doubt).toBeUndefined();
  const [four, five] = [field.constant(4), field.constant(5)];
  expect([four, five, field.constant(4)]).toEqual([1, 2, 1]);
  expect([field.value(four), field.value(five), field.constant(0), field.value(0)]).toEqual([4, 5, 0, 0]);
});

describe('doubles as fractions', () => {
  const small = fc.integer({ min: 1, max: 2 ** 18 });
  test('a quotient of small whole numbers is that fraction, with its sign', () => {
    const holds = (n: number, d: number): void => {
      const { numerator, denominator } = fractionOf(-n / d)!;
      expect(numerator * d).toBe(-n * denominator);
    };
    fc.assert(fc.property(small, small, holds));
  });

  test.each([
    [0, 0, 1],
    [1 - 0.9, 1, 10],
    [0.01 / 3, 1, 300],
    [1e-9 / 5, 1, 5e9],
    [3, 3, 1],
  ])('%d is %d/%d', (value, numerator, denominator) => {
    expect(fractionOf(value)).toEqual({ numerator, denominator });
  });

  test.each([Math.SQRT2, Math.fround(0.1), 2 ** -60, 1e-300, NaN, Infinity])('%d is none', (value) => {
    expect(fractionOf(value)).toBeUndefined();
  });

  test('a field takes constants for them only if told to', () => {
    const thrice = (field: Field, value: number) => field.multiply(field.constant(3), field.constant(value));
    for (const hasFractions of [true, false]) {
      const field = fieldOf({ hasFractions });
      const isOne = field.value(thrice(field, 1 / 3)) === 1;
      expect(isOne).toBe(hasFractions);
      expect(field.remainders(field.constant(Math.SQRT2))).toEqual(
        largeChain.map((p) => fromDouble(Math.SQRT2, p)),
      );
    }
  });

  test('their denominators count as coefficients', () => {
    const field = new MeasuringField({ primes: largeChain, hasFractions: true }, randomNumbers('1'));
    const [third, sixth, x] = [field.constant(1 / 3), field.constant(5 / 6), field.variable()];
    expect(field.differenceSize(third, 0)).toEqual({ degree: 0, bits: 0 });
    // x/3 + 5/6 = (2x + 5)/(3·2)
    const sum = field.add(field.multiply(third, x), sixth);
    expect(field.differenceSize(sum, 0).degree).toBe(1);
    expect(field.differenceSize(sum, x).bits).toBeGreaterThanOrEqual(Math.log2(4 + 5));
  });
});

test('an element is a whole number where all its remainders are', () => {
  const field = fieldOf();
  const [two, three] = [field.constant(2), field.constant(3)];
  expect(field.wholeNumber(field.subtract(three, two), 9)).toBe(1);
  expect(field.wholeNumber(field.subtract(two, three), 9)).toBe(-1);
  expect(field.wholeNumber(0, 9)).toBe(0);
  for (const other of [
    field.constant(10),
    field.constant(0.5),
    field.variable(),
    field.moving(three, 1),
    field.log(three),
    field.constant(NaN),
  ]) {
    expect(field.wholeNumber(other, 9)).toBeUndefined();
  }
});

test('doubt keeps the largest reason', () => {
  const field = fieldOf();
  const outside = field.divide(field.constant(1), 0);
  const infinite = field.constant(Infinity);
  field.decide(infinite);
  field.decide(outside);
  expect(field.doubt).toBe(reasons.notANumber);
  const x = field.variable();
  expect([field.decide(0), Math.abs(field.decide(x))]).toEqual([0, 1]);
  expect([field.sign(outside), field.sign(infinite)]).toEqual([NaN, NaN]);
  expect(field.choose(0, 1, 2, 3)).toBe(2);
  const negative = field.sign(x) < 0 ? x : field.subtract(0, x);
  expect([field.choose(negative, 1, 2, 3), field.choose(field.subtract(0, negative), 1, 2, 3)]).toEqual([
    3, 1,
  ]);
});

test('whole powers are products, their inverses for negative exponents, others go by the logarithm', () => {
  const field = fieldOf({ ground: 1 });
  const { power, reciprocal, square, one } = functionsOf(field);
  const x = square(field.variable());
  const value = (y: number) => field.value(y);
  const to = (n: number) => value(power(x, field.constant(n)));
  expect([to(0), to(1), to(2), to(-1), to(-2)]).toEqual(
    [one, x, square(x), reciprocal(x), reciprocal(square(x))].map(value),
  );
  const byLogarithm = (n: number) => value(field.exp(field.multiply(field.constant(n), field.log(x))));
  expect(to(0.5)).toBe(byLogarithm(0.5));
  expect(to(1001)).toBe(byLogarithm(1001));
  let thousand = one;
  for (let i = 0; i < 1000; i++) thousand = field.multiply(thousand, x);
  expect(to(1000)).toBe(value(thousand));
});

// 23, a small prime, and the largest below 2^26.5 and 2³⁵.
const primes = [23, 65537, 94906249, 34359738337];

test.each(primes)('products, powers and inverses modulo %d are exact', (p) => {
  const residue = fc.integer({ min: 0, max: p - 1 });
  fc.assert(
    fc.property(residue, residue, fc.integer({ min: 0, max: 1000 }), (a, b, n) => {
      expect(BigInt(multiply(a, b, p))).toBe((BigInt(a) * BigInt(b)) % BigInt(p));
      expect(BigInt(power(a, n, p))).toBe(BigInt(a) ** BigInt(n) % BigInt(p));
      if (a !== 0) expect(multiply(a, inverse(a, p), p)).toBe(1);
    }),
    { examples: [[p - 1, p - 1, 3]] },
  );
});

test('isSquare accepts exactly the squares of residues', () => {
  const squares = new Set(Array.from({ length: 22 }, (_, i) => ((i + 1) * (i + 1)) % 23));
  for (let a = 1; a < 23; a++) expect(isSquare(a, 23)).toBe(squares.has(a));
  expect(squares.size).toBe(11);
});

test('isPrime rejects products', () => {
  const byDivision = (n: number): boolean => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
    return n > 1;
  };
  const wrong = Array.from({ length: 5000 }, (_, n) => n).filter((n) => isPrime(n) !== byDivision(n));
  expect(wrong).toEqual([]);
  // Strong pseudoprimes to the bases 2, 3, 5, 7 (Jaeschke).
  expect(isPrime(3215031751)).toBe(false);
});

test('hasSmallDivisor finds divisors up to 53', () => {
  const leastDivisor = (n: number): number => {
    let least = 2;
    while (n % least !== 0) least++;
    return least;
  };
  const numbers = Array.from({ length: 6000 }, (_, i) => 54 + i);
  expect(numbers.filter((n) => hasSmallDivisor(n) !== leastDivisor(n) <= 53)).toEqual([]);
});

test('fromDouble takes a double for exactly its fraction', () => {
  const p = 94906249;
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
      let [numerator, denominator] = [value, 1n];
      for (; !Number.isInteger(numerator); numerator *= 2) denominator *= 2n;
      const residue = BigInt(fromDouble(value, p));
      const expected = ((BigInt(numerator) % BigInt(p)) + BigInt(p)) % BigInt(p);
      expect((residue * denominator) % BigInt(p)).toBe(expected);
    }),
    { examples: [[5e-324], [1 + 2 ** -52], [-0.1]] },
  );
  expect(fromDouble(1 + 2 ** -52, p)).not.toBe(1);
});

const p = 23;
const operations = { sum, difference, product, quotient };
const unknowns = Object.values(reasons).map((reason) => p + reason);

test.each(Object.entries(operations))('the %s of known remainders is that modulo p', (name, operation) => {
  const exact: Record<string, Operation> = {
    sum: (a, b) => (a + b) % p,
    difference: (a, b) => (a - b + p) % p,
    product: (a, b) => (a * b) % p,
    // The one number whose product with the divisor is the dividend.
    quotient: (a, b) => Array.from({ length: p }, (_, q) => q).find((q) => (q * b) % p === a)!,
  };
  for (let a = 0; a < p; a++)
    for (let b = name === 'quotient' ? 1 : 0; b < p; b++)
      expect(operation(a, b, p)).toBe(exact[name](a, b, p));
});

test.each(Object.entries(operations))(
  'the %s with an unknown remainder is unknown, for the larger reason',
  (name, operation) => {
    for (const known of [1, 5, p - 1])
      for (const a of unknowns) {
        expect([name, operation(a, known, p)]).toEqual([name, a]);
        expect([name, operation(known, a, p)]).toEqual([name, a]);
        for (const b of unknowns) expect(operation(a, b, p)).toBe(Math.max(a, b));
      }
  },
);

test('0 times an element outside the chain is 0, and 0 times NaN is not', () => {
  const { outside, below, above, notANumber } = reasons;
  for (const reason of [below, above]) {
    expect([product(0, p + reason, p), product(p + reason, 0, p)]).toEqual([0, 0]);
  }
  for (const reason of [outside, notANumber]) {
    expect([product(0, p + reason, p), product(p + reason, 0, p)]).toEqual([p + reason, p + reason]);
  }
});

test('a division by 0 is outside, unless something worse came in', () => {
  expect([quotient(3, 0, p), quotient(0, 0, p)]).toEqual([p + reasons.outside, p + reasons.outside]);
  expect(quotient(p + reasons.above, 0, p)).toBe(p + reasons.above);
});

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

  test('a constant as a divisor: x/3 + y = (x + 3y)/3 has coefficients that add up to 2²', () => {
    expect(bits(field.add(field.divide(x, c(3)), y))).toBeGreaterThanOrEqual(2);
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

test('a MeasuringField computes what a plain field computes', () => {
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

describe('drawn values', () => {
  const drawing = (): Field =>
    fieldOf({ drawn: { roots: true, exponentials: true, logarithms: true }, hasLogarithms: false });

  test('plusEpsilon adds a constant that depends on x and ε alone, and gives a root everywhere', () => {
    const field = fieldOf();
    const { square } = functionsOf(field);
    const [x, y] = [field.variable(), field.variable()];
    const sum = field.plusEpsilon(x, 1e-5);
    expect(field.remainders(square(field.sqrt(sum)))).toEqual(field.remainders(sum));
    const again = field.plusEpsilon(field.subtract(field.add(x, y), y), 1e-5);
    expect(field.remainders(again)).toEqual(field.remainders(sum));
    expect(field.remainders(field.plusEpsilon(x, 1e-6))).not.toEqual(field.remainders(sum));
    expect(field.slope(field.plusEpsilon(field.moving(x, 7), 1e-5))).toBe(7);
    expect([field.hasDrawn, field.hasEpsilons]).toEqual([false, true]);
  });

  test('are the same for the same argument, with the slope of the function', () => {
    const field = drawing();
    const functions = functionsOf(field);
    const { reciprocal, negate } = functions;
    const [x, y] = [field.variable(), field.variable()];
    const same = field.subtract(field.add(x, y), y);
    const beyond = (u: number): number => field.exp(field.exp(field.exp(u)));
    for (const f of [(u: number) => field.sqrt(u), (u: number) => field.log(u), beyond]) {
      expect(field.remainders(f(x))).toEqual(field.remainders(f(same)));
      expect(field.remainders(f(x))).not.toEqual(field.remainders(f(y)));
      expect(field.reason(field.value(f(x)))).toBeUndefined();
    }
    expect(field.remainders(field.exp(negate(x)))).toEqual(field.remainders(reciprocal(field.exp(x))));
    expect([0, field.constant(1)].map((u) => field.value(field.sqrt(u)))).toEqual([0, 1]);
    expect(field.value(field.log(functions.one))).toBe(0);
    const root = field.sqrt(field.moving(x, 6));
    expect(field.slope(root)).toBe(field.value(field.divide(field.constant(3), root)));
    expect(field.value(functions.power(x, field.constant(-1.5)))).toBe(
      field.value(reciprocal(field.multiply(field.sqrt(x), field.multiply(field.sqrt(x), field.sqrt(x))))),
    );
  });

  test('count with their arguments, of which a pair is equal by accident', () => {
    const field = new MeasuringField({ primes: largeChain, drawn: { roots: true } }, randomNumbers('a'));
    const x = field.variable();
    const sum = field.plusEpsilon(field.multiply(x, x), 1e-5);
    expect(field.differenceSize(sum, 0).degree).toBe(2);
    expect(field.differenceSize(field.sqrt(sum), 0).degree).toBe(1);
    field.sqrt(x);
    expect([field.drawnArguments, field.argumentDegree]).toEqual([2, 2]);
  });
});

test('a root that is missing at one place of the chain is looked for there alone', () => {
  const field = fieldOf();
  const draws = (seeds: string[]): (() => number)[] => seeds.map(randomNumbers);
  field.restart(draws(['a', 'b', 'c']));
  const before = field.remainders(field.variable());
  field.restart(draws(['a', 'd', 'c']));
  const after = field.remainders(field.variable());
  expect(after.map((r, i) => r === before[i])).toEqual([true, false, true]);
  const square = functionsOf(field).square(field.variable());
  field.sqrt(square);
  expect([field.missingRoots.size, field.trueRoots]).toEqual([0, 1]);
  field.sqrt(field.subtract(0, square));
  expect([...field.missingRoots]).toContain(0);
});
