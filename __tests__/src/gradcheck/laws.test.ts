/** Tolerances, distances, and hints about what is wrong. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { checkGradients, checkModel } from '../../../src/gradcheck/check.ts';
import { compare, type PairName, type ParameterAtPoint } from '../../../src/gradcheck/comparison.ts';
import { Collector, positionOf } from '../../../src/gradcheck/report.ts';
import { diagnose, withinTolerance } from '../../../src/gradcheck/diagnose.ts';
import type { Point } from '../../../src/gradcheck/points.ts';
import { models } from '../../../models/index.ts';
import type { Model } from '../../../src/model/model.ts';
import { constant } from '../../../src/model/operations.ts';

const regression = models.softmax.create({ asPrinted: false });
const data = {
  x: [
    [2, -13],
    [7, 1],
    [-4, 22],
  ],
  y: [
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ],
};

/** The model with its hand-written gradient of the bias a little too large. */
const tooLarge = (by: number): Model => ({
  ...regression,
  gradients(...given) {
    const { weights, bias } = regression.gradients(...given);
    return { weights, bias: bias.add(bias.mul(constant(by))) };
  },
});

describe('how much is allowed', () => {
  test.each([
    ['float64', 'autodiff', 1e-10],
    ['float64', 'numeric', 1e-7],
    ['cpu', 'autodiff', 1e-5],
    ['cpu', 'numeric', 1e-2],
  ] as const)('on %s beside %s: %d of the entry', async (backend, reference, allowed) => {
    const agrees = async (by: number) =>
      (await checkGradients(tooLarge(by), data, { sources: ['manual', reference], backend })).agrees;
    expect(await agrees(allowed * 0.6)).toBe(true);
    expect(await agrees(allowed * 1.5)).toBe(false);
  });
});

test('by default it checks three random points besides the hard ones, and twelve entries', async () => {
  const size = { features: 30, classes: 3 };
  const { points, parameters, seed } = await checkModel(regression, { size });
  expect(points.filter((point) => point.startsWith('draw'))).toEqual(['draw 1', 'draw 2', 'draw 3']);
  expect(points.length).toBeGreaterThan(4);
  const [{ entries, sampled }] = parameters;
  expect([seed, entries]).toEqual([1, 90]);
  expect(sampled).toBeGreaterThanOrEqual(12);
  expect(sampled).toBeLessThan(20);
});

describe('the distance of two gradients', () => {
  const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 });

  test('of one entry, by hand', () => {
    expect(compare([3, 4], [3, 5], 0.01)).toEqual({
      ...{ maxAbsolute: 1, maxRelative: 0.2, worst: 1 },
      normwise: 1 / Math.sqrt(34),
    });
    expect(compare([0, 0.001], [0, 0], 0.01)).toEqual({
      ...{ maxAbsolute: 0.001, maxRelative: 0.1, worst: 1, normwise: 0.1 },
    });
  });

  test('names the first of the worst entries', () => {
    expect(compare([1, 5, 5], [2, 10, 10], 0.01)).toMatchObject({ maxRelative: 0.5, worst: 0 });
    expect(compare([1, 5, 5], [1, 10, 10], 0.01)).toMatchObject({ maxRelative: 0.5, worst: 1 });
  });

  test('is 0 from itself, symmetric, and grows with the difference', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.1, max: 1, noNaN: true }), (a, by) => {
        expect(compare(a, a, 0.01)).toEqual({ maxAbsolute: 0, maxRelative: 0, normwise: 0, worst: 0 });
        const [near, far] = [a.map((value) => value + by), a.map((value) => value + 2 * by)];
        const one = compare(a, near, 0.01);
        expect(compare(near, a, 0.01)).toEqual(one);
        expect(compare(a, far, 0.01).maxAbsolute).toBeGreaterThan(one.maxAbsolute);
      }),
    );
  });

  test.each([NaN, Infinity, -Infinity])('is infinite where an entry is %d, even on both sides', (bad) => {
    const { maxAbsolute, maxRelative, normwise } = compare([1, bad], [1, bad], 0.01);
    expect([maxAbsolute, maxRelative, normwise]).toEqual([Infinity, Infinity, Infinity]);
  });
});

describe('who is wrong', () => {
  const tolerances = { analytic: 1e-10, numeric: 1e-7, floor: 0.01 };
  const [same, far] = [0, 1].map((d) => ({ maxAbsolute: d, maxRelative: d, normwise: d, worst: 0 }));
  const told = (apart: PairName[], given: Partial<ParameterAtPoint> = {}, rows = 4) => {
    const pairs = ['manualVsAutodiff', 'manualVsNumeric', 'autodiffVsNumeric'] as const;
    const comparisons = Object.fromEntries(pairs.map((pair) => [pair, apart.includes(pair) ? far : same]));
    const parameter = { name: 'weights', comparisons, ...given } as unknown as ParameterAtPoint;
    return diagnose(parameter, Float64Array.of(3, -1, 5), rows, tolerances);
  };

  test.each<[PairName[], string]>([
    [
      ['manualVsAutodiff', 'manualVsNumeric'],
      'manual differs from both others: the gradient by hand is wrong.',
    ],
    [['manualVsAutodiff', 'autodiffVsNumeric'], 'autodiff differs from both others'],
    [['manualVsNumeric', 'autodiffVsNumeric'], 'numeric differs from both others'],
    [['manualVsAutodiff', 'manualVsNumeric', 'autodiffVsNumeric'], 'All three differ.'],
    [['manualVsAutodiff'], 'manual and autodiff differ by less than central differences can tell.'],
    [['manualVsNumeric'], 'The two differ.'],
  ])('%j', (apart, sentence) => expect(told(apart)).toContain(sentence));

  const autodiff = Float64Array.of(1, -2, 0.5);
  test.each<[string, (i: number) => number]>([
    ['Its sign is wrong.', (i) => -autodiff[i]],
    ['The difference is 2 times the parameter: look for a missing', (i) => autodiff[i] + 2 * [3, -1, 5][i]],
    ["The difference is -0.5 times the parameter's sign", (i) => autodiff[i] - 0.5 * [1, -1, 1][i]],
    ['1 of 3 entries are wrong.', (i) => autodiff[i] + (i === 2 ? 0.3 : 0)],
  ])('%s', (sentence, entry) => {
    const manual = Float64Array.from([0, 1, 2], entry);
    expect(told(['manualVsAutodiff', 'manualVsNumeric'], { manual, autodiff })).toContain(sentence);
    // Where it is right there is nothing to guess.
    expect(told(['manualVsNumeric', 'autodiffVsNumeric'], { manual, autodiff })).not.toContain(sentence);
  });
});

describe('a common mistake is recognized to a part in ten thousand', () => {
  const tolerances = { analytic: 1e-10, numeric: 1e-7, floor: 0.01 };
  const apart = { maxAbsolute: 1, maxRelative: 1, normwise: 1, worst: 0 };
  const clue = (manual: number[], right: number[], { rows = 4, parameter = [1, 0, 0] } = {}) => {
    const given = {
      ...{ name: 'weights', manual: Float64Array.from(manual), autodiff: Float64Array.from(right) },
      comparisons: { manualVsAutodiff: apart },
    };
    const about = given as unknown as ParameterAtPoint;
    const whole = diagnose(about, Float64Array.from(parameter.slice(0, right.length)), rows, tolerances);
    expect(whole).toMatch(/^The two differ\./);
    return whole.slice('The two differ.'.length).trim();
  };

  test.each<[number[], number[], string]>([
    [[-2, 4, -10], [2, -4, 10], 'Its sign is wrong.'],
    [[-2, 4.0009, -10], [2, -4, 10], 'Its sign is wrong.'],
    [[-2, 4.002, -10], [2, -4, 10], '3 of 3 entries are wrong.'],
    [[-2.0001, 4.0002, -10.0005], [2, -4, 10], 'Its sign is wrong.'],
    [[-2.0003, 4.0006, -10.0015], [2, -4, 10], 'It is -1 times what it should be.'],
    [[8.004, 16.008, 20.01], [2, 4, 5], 'It is m = 4 times too large: 1/m is missing.'],
    [[8.012, 16.024, 20.03], [2, 4, 5], 'It is 4.006 times what it should be.'],
    [[2, 4, 5], [8, 16, 20], 'It is m = 4 times too small: 1/m is there twice.'],
    [[2.006, 4.012, 5.015], [8, 16, 20], 'It is 0.2507 times what it should be.'],
    [
      [7.0001, 7, 7],
      [1, 2, 4],
      'Each entry of manual is the sum of all entries: sum over the rows only, not over the units too.',
    ],
    [[7.002, 7, 7], [1, 2, 4], '3 of 3 entries are wrong.'],
    [[1, 2.00011, 4], [1, 2, 4], 'It is 1 times what it should be.'],
    [[1, 2.002, 4], [1, 2, 4], '1 of 3 entries are wrong.'],
    [[1, 2.1, 4.1], [1, 2, 4], '2 of 3 entries are wrong.'],
    [[1, Infinity, NaN], [1, 2, 4], 'manual is Infinity at entry 1.'],
    [[0, 0, 0], [1, 2, 4], 'manual is 0 everywhere.'],
    [[0, 0, 1e-9], [1, 2, 4], 'It is 1.905e-10 times what it should be.'],
  ])('%j beside %j', (manual, right, sentence) => {
    // Where all are wrong nothing is said.
    expect(clue(manual, right)).toBe(sentence.startsWith('3 of 3') ? '' : sentence);
  });

  test('reports no missing 1/m for one row, and no sum for one entry', () => {
    expect(clue([5, 10], [5 / 3, 10 / 3], { rows: 1 })).toBe('It is 3 times what it should be.');
    expect(clue([3.00001, 6.00002], [3, 6], { rows: 1 })).toBe('It is 1 times what it should be.');
    expect(clue([3.0000001, 6], [3, 6], { rows: 1 })).toMatch(/^It looks like a plain number/);
    expect(clue([7], [2])).toBe('It is 3.5 times what it should be.');
    expect(clue([7, 7], [3, 4])).toMatch(/^Each entry of manual is the sum/);
  });

  test('a multiple of the parameter, or of its sign, is missing', () => {
    const parameter = [2, -4, 8];
    const added = (by: (value: number, i: number) => number) =>
      clue(
        [1, 1, -2].map((value, i) => value + by(parameter[i], i)),
        [1, 1, -2],
        { parameter },
      );
    expect(added((value) => 0.25 * value)).toBe(
      'The difference is 0.25 times the parameter: look for a missing or doubled L2 term.',
    );
    expect(added((value) => -3 * Math.sign(value))).toBe(
      "The difference is -3 times the parameter's sign: look for a missing or doubled L1 term.",
    );
    expect(added((value, i) => 0.25 * value + (i === 2 ? 1.5e-4 : 0))).toMatch(/0.25 times the parameter:/);
    expect(added((value, i) => 0.25 * value + (i === 2 ? 5e-3 : 0))).toBe('');
  });

  test('without autodiff the reference is central differences of all entries', () => {
    const about = (numeric: number[]) =>
      ({
        ...{ name: 'weights', manual: Float64Array.of(-1, -2), numeric: Float64Array.from(numeric) },
        comparisons: { manualVsNumeric: apart },
      }) as unknown as ParameterAtPoint;
    const told = (numeric: number[]) => diagnose(about(numeric), Float64Array.of(5, 6), 4, tolerances);
    expect(told([1, 2])).toBe('The two differ. Its sign is wrong.');
    expect(told([1])).toBe('The two differ.');
    expect(diagnose({ ...about([1, 2]), problem: 'It is gone.' }, [] as never, 4, tolerances)).toBe(
      'It is gone.',
    );
  });

  test('both measures must stay within the tolerance', () => {
    const within = (maxRelative: number, normwise: number) => [
      withinTolerance('manualVsAutodiff', { ...apart, maxRelative, normwise }, tolerances),
      withinTolerance('autodiffVsNumeric', { ...apart, maxRelative, normwise }, tolerances),
    ];
    expect(within(1e-10, 1e-10)).toEqual([true, true]);
    expect(within(1e-10, 2e-10)).toEqual([false, true]);
    expect(within(2e-10, 0)).toEqual([false, true]);
    expect(within(1e-7, 1e-7)).toEqual([false, true]);
    expect(within(0, 1.1e-7)).toEqual([false, false]);
    expect(within(NaN, 0)).toEqual([false, false]);
  });
});

describe('one report of several points', () => {
  const tolerances = { analytic: 1e-10, numeric: 1e-7, floor: 0.01 };
  const apart = (maxRelative: number, worst: number) => ({
    ...{ maxAbsolute: 3 * maxRelative, maxRelative, normwise: maxRelative / 2, worst },
  });
  const at = (found: Partial<ParameterAtPoint>, name: string, rows = 2) => {
    const values = Float64Array.of(1, 2, 3, 4, 5, 6);
    const point = { name, rows, parameters: { weights: { shape: [2, 3], values } } } as unknown as Point;
    const parameter = {
      ...{ name: 'weights', shape: [2, 3], sampled: Uint32Array.of(1, 4), kinks: 0, comparisons: {} },
      ...{ manual: values.map((v) => -v), autodiff: values, numeric: Float64Array.of(2.5, 5.5), ...found },
    };
    return [point, parameter] as const;
  };
  const collected = (...points: (readonly [Point, ParameterAtPoint])[]) => {
    const collector = new Collector(tolerances);
    for (const [point, parameter] of points) collector.add(point, { measured: 1, parameters: [parameter] });
    return collector.parameters;
  };

  test('holds the largest differences, and the worst entry with its three values', () => {
    const [report] = collected(
      at({ kinks: 1, comparisons: { manualVsAutodiff: apart(1e-12, 2) } }, 'first'),
      at(
        { kinks: 2, comparisons: { manualVsAutodiff: apart(0.5, 4), manualVsNumeric: apart(9, 1) } },
        'second',
      ),
      at(
        {
          sampled: Uint32Array.of(0, 1, 5),
          comparisons: { manualVsAutodiff: apart(0.25, 0), autodiffVsNumeric: apart(Infinity, 0) },
          problem: 'It is gone.',
        },
        'third',
      ),
    );
    expect(report).toEqual({
      ...{ name: 'weights', shape: [2, 3], entries: 6, sampled: 3, kinks: 3, agrees: false },
      manualVsAutodiff: { maxAbsolute: 1.5, maxRelative: 0.5, normwise: 0.25 },
      manualVsNumeric: { maxAbsolute: 27, maxRelative: 9, normwise: 4.5 },
      autodiffVsNumeric: {
        ...{ maxAbsolute: Number.MAX_VALUE, maxRelative: Number.MAX_VALUE, normwise: Number.MAX_VALUE },
      },
      hint: 'It is gone.',
      worst: { index: 0, position: [0, 0], point: 'third', manual: -1, autodiff: 1, numeric: 2.5 },
    });
  });

  test('weighs each pair by its tolerance, and keeps the first of equally bad ones', () => {
    const both = { manualVsNumeric: apart(1e-7, 1), autodiffVsNumeric: apart(1e-9, 0) };
    const pairs = { manualVsAutodiff: apart(2e-10, 4), ...both };
    const [report] = collected(at({ comparisons: pairs }, 'first'), at({ comparisons: pairs }, 'second'));
    expect(report.worst).toEqual({
      ...{ index: 4, position: [1, 1], point: 'first', manual: -5, autodiff: 5, numeric: 5.5 },
    });
    expect([report.agrees, report.hint]).toEqual([
      false,
      'manual and autodiff differ by less than central differences can tell. Its sign is wrong.',
    ]);
    const right = { manualVsAutodiff: apart(1e-11, 5), manualVsNumeric: apart(3e-8, 1) };
    const [agreeing] = collected(at({ comparisons: right }, 'first'));
    expect(agreeing.worst).toMatchObject({ index: 1, numeric: 2.5 });
    expect([agreeing.agrees, 'hint' in agreeing]).toEqual([true, false]);
    // Once wrong it stays so.
    const [turned] = collected(at({ comparisons: pairs }, 'first'), at({ comparisons: right }, 'second'));
    expect([turned.agrees, turned.worst.point]).toEqual([false, 'first']);
  });

  test('shows the losses that differ most', () => {
    const losses = (...pairs: [number, number | undefined][]) => {
      const collector = new Collector(tolerances);
      pairs.forEach(([measured, differentiable], i) =>
        collector.add(at({}, `point ${i}`)[0], { measured, differentiable, parameters: [] }),
      );
      return collector.loss;
    };
    const nothing = { agrees: true, point: '', measured: null, differentiable: null };
    expect(losses([1, undefined])).toEqual(nothing);
    expect(losses([2, 2], [3, 3])).toEqual({ ...nothing, point: 'point 0', measured: 2, differentiable: 2 });
    expect(losses([2, 2], [4, 4 + 2e-10], [4, 4 + 1e-10])).toEqual({
      ...{ agrees: true, point: 'point 1', measured: 4, differentiable: 4 + 2e-10 },
    });
    expect(losses([4, 4 + 6e-10], [NaN, 4])).toEqual({
      ...{ agrees: false, point: 'point 1', measured: null, differentiable: 4 },
    });
    expect(losses([4, 4 + 6e-10])).toMatchObject({ agrees: false });
    // Where the loss is small, what differs counts beside a hundredth.
    expect(losses([0, 0.9e-12])).toMatchObject({ agrees: true });
    expect(losses([0, 1.1e-12])).toMatchObject({ agrees: false });
  });

  test('counts along each axis', () => {
    expect([0, 5, 6, 23].map((index) => positionOf(index, [2, 3, 4]))).toEqual([
      ...[
        [0, 0, 0],
        [0, 1, 1],
        [0, 1, 2],
        [1, 2, 3],
      ],
    ]);
    expect(positionOf(0, [])).toEqual([]);
  });
});

beforeAll(() => useBackend('cpu'));
