/** What the check holds gradients to, and how it tells what is wrong. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import { checkGradients, checkModel, checkTrajectory } from '../../../../src/check/gradients/check-model.ts';
import { compare } from '../../../../src/check/gradients/compare.ts';
import { diagnose } from '../../../../src/check/gradients/diagnose.ts';
import type { PairName, ParameterAtPoint } from '../../../../src/check/gradients/at-point.ts';
import { models } from '../../../../models/index.ts';
import type { Model } from '../../../../src/core/model.ts';
import { constant } from '../../../../src/core/ops.ts';

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
  ] as const)('on %s beside %s: %d of the entry', async (backend, referee, allowed) => {
    const agrees = async (by: number) =>
      (await checkGradients(tooLarge(by), data, { sources: ['manual', referee], backend })).agrees;
    expect(await agrees(allowed * 0.6)).toBe(true);
    expect(await agrees(allowed * 1.5)).toBe(false);
  });
});

test('where nothing is said, it looks at three random points beside the hard ones, and at twelve entries', async () => {
  const size = { features: 30, classes: 3 };
  const { points, parameters, seed } = await checkModel(regression, { size });
  expect(points.filter((point) => point.startsWith('draw'))).toEqual(['draw 1', 'draw 2', 'draw 3']);
  expect(points.length).toBeGreaterThan(4);
  const [{ entries, sampled }] = parameters;
  expect([seed, entries]).toEqual([1, 90]);
  expect(sampled).toBeGreaterThanOrEqual(12);
  expect(sampled).toBeLessThan(20);
});

describe('whole trainings', () => {
  const options = { steps: 120, size: { features: 4, classes: 3 }, seed: 3, learningRate: 0.3 };

  test('learn, from real rows, the same by hand and by autodiff', async () => {
    const told: number[] = [];
    const report = await checkTrajectory(regression, { ...options, onProgress: (done) => told.push(done) });
    expect(report).toMatchObject({ agrees: true, bound: 1e-10, steps: 120, backend: 'float64' });
    expect(report.firstLoss).toBeGreaterThan(0.8);
    expect(report.lastLoss).toBeLessThan(0.5 * report.firstLoss!);
    expect(told).toEqual([50, 100]);
  });

  test('drift apart where a gradient is wrong, and the parameter that is farthest is named', async () => {
    const report = await checkTrajectory(tooLarge(0.01), options);
    expect(report.agrees).toBe(false);
    expect(report.largestDifference).toBe(Math.abs(report.manual! - report.autodiff!));
    expect(report.largestDifference).toBeGreaterThan(1e-4);
  });
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

  test('tells the first of the worst entries', () => {
    expect(compare([1, 5, 5], [2, 10, 10], 0.01)).toMatchObject({ maxRelative: 0.5, worst: 0 });
    expect(compare([1, 5, 5], [1, 10, 10], 0.01)).toMatchObject({ maxRelative: 0.5, worst: 1 });
  });

  test('is none from itself, the same both ways, and grows with the difference', () => {
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
    ['It is m = 4 times too large: 1/m is missing.', (i) => 4 * autodiff[i]],
    ['It is m = 4 times too small: 1/m is there twice.', (i) => autodiff[i] / 4],
    ['It is 3 times what it should be.', (i) => 3 * autodiff[i]],
    ['manual is 0 everywhere.', () => 0],
    ['manual is NaN at entry 1.', (i) => (i === 1 ? NaN : 1)],
    ['Each entry of manual is the sum of all entries', () => -0.5],
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

beforeAll(() => useBackend('cpu'));
