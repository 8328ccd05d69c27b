import { expect, test } from '@jest/globals';
import { type AtPoint, compare } from '../../../src/gradcheck/comparison.ts';
import type { Point } from '../../../src/gradcheck/points.ts';
import {
  Collector,
  type ModelReport,
  type ParameterReport,
  reportText,
  trajectoryText,
} from '../../../src/gradcheck/report.ts';

const difference = { maxAbsolute: 0.5, maxRelative: 1.25e-11, normwise: 0 };
const right: ParameterReport = {
  ...{ name: 'weights', shape: [30, 10], entries: 300, sampled: 13, kinks: 2, agrees: true },
  ...{ manualVsAutodiff: difference, manualVsNumeric: difference, autodiffVsNumeric: undefined },
  worst: { index: 12, position: [1, 2], point: 'draw 1', manual: 1, autodiff: 1.5, numeric: null },
};
const wrong: ParameterReport = {
  ...{ ...right, name: 'bias', shape: [], entries: 1, sampled: 1, kinks: 0, agrees: false },
  manualVsAutodiff: { ...difference, maxRelative: Number.MAX_VALUE },
  ...{ hint: 'Its sign is wrong.', worst: { ...right.worst, position: [] } },
};
const report: ModelReport = {
  ...{ model: 'toy', backend: 'float64', agrees: false, seed: 7, points: ['draw 1', 'zeros'], seconds: 0.26 },
  sources: ['manual', 'autodiff', 'numeric'],
  tolerances: { analytic: 1e-10, numeric: 1e-7, floor: 0.01 },
  loss: { agrees: true, point: 'draw 1', measured: 1, differentiable: 1 },
  parameters: [right, wrong],
};
const ofModel = `toy on float64: DIFFERS
  2 points, seed 7; allowed 1e-10 by formula, 1e-7 numerically; 0.3 s
  parameter         shape     entries  man-auto   man-num  auto-num
  weights           30×10         300   1.3e-11   1.3e-11         –  agree
  bias              scalar          1         ∞   1.3e-11         –  DIFFER
  bias: Its sign is wrong.
    worst, point "draw 1":
      manual   1
      autodiff 1.5
      numeric  –
    man-auto   absolute 5.0e-1  relative ∞  normwise 0
    man-num    absolute 5.0e-1  relative 1.3e-11  normwise 0`;

test('a report tells each parameter in a line, and more of those that differ', () => {
  const [, told] = reportText([report]).split('\n\n');
  expect(told).toBe(ofModel);
});

test('with details it tells more of all, and several reports are counted', () => {
  const text = reportText([report, { ...report, agrees: true, parameters: [right] }], { details: true });
  expect(text).toContain('1 of 2 models agree.');
  expect(text).toContain('  weights: agrees\n    worst entry [1, 2], point "draw 1":');
  expect(text).toContain('  central differences of up to 13 entries per point');
  expect(text).toContain('  2 times at a kink of the loss, where any subgradient is accepted');
  expect(text.match(/central differences of up/g)).toHaveLength(2);
  expect(reportText([{ ...report, agrees: true, parameters: [right] }])).not.toMatch(/models agree|worst/);
});

test('losses that differ are told with both values', () => {
  const loss = { agrees: false, point: 'zeros', measured: 0.5, differentiable: null };
  const [, told] = reportText([{ ...report, loss }]).split('\n\n');
  const before = ofModel.indexOf('  bias: ');
  expect(told).toBe(
    ofModel.slice(0, before) +
      '  The loss itself differs at point "zeros":\n    loss.value gives 0.5, loss.tensor gives –\n' +
      ofModel.slice(before),
  );
});

test('what is wide is broken at words, as late as 80 columns allow', () => {
  const hint = 'a '.repeat(100).trim();
  const told = reportText([{ ...report, parameters: [{ ...wrong, hint }] }]).split('\n');
  const long = told.filter((line) => / a a a/.test(line));
  expect(long.length).toBeGreaterThan(1);
  expect(long.join(' ').match(/\ba\b/g)).toHaveLength(100);
  for (const line of long.slice(0, -1)) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line.length + ' a'.length).toBeGreaterThan(80);
  }
});

test('trainings in a line each', () => {
  const one = {
    ...{ model: 'toy', backend: 'wasm' as const, steps: 100, agrees: true, bound: 1e-3 },
    ...{ largestDifference: 2.5e-7, parameter: 'weights', index: 0, manual: 1, autodiff: 1 },
    ...{ firstLoss: 0.693147, lastLoss: null },
  };
  const lines = trajectoryText([one, { ...one, agrees: false }]).split('\n');
  expect(lines.slice(3)).toEqual([
    '  model               backend      steps  loss              difference',
    '  toy                 wasm           100  0.693 → –             2.5e-7  agree',
    '  toy                 wasm           100  0.693 → –             2.5e-7  DIFFER, > 0.001',
  ]);
});

const tolerances = { analytic: 1e-3, numeric: 1e-2, floor: 0.01 };
const size = 4;
const point = (name: string) =>
  ({
    name,
    rows: 2,
    parameters: { w: { shape: [size], values: new Float64Array(size) } },
  }) as unknown as Point;

/** Gradients by hand and by autodiff that differ by so much, at one entry. */
function found(difference: number, entry: number, measured = 1, differentiable?: number): AtPoint {
  const manual = new Float64Array(size).fill(1);
  const autodiff = manual.slice();
  autodiff[entry] += difference;
  const manualVsAutodiff = compare(manual, autodiff, tolerances.floor);
  return {
    ...{ measured, differentiable },
    parameters: [
      {
        ...{ name: 'w', shape: [size], manual, autodiff, sampled: new Uint32Array(), kinks: 1 },
        comparisons: { manualVsAutodiff },
      },
    ],
  };
}

function collected(...all: [name: string, found: AtPoint][]) {
  const collector = new Collector(tolerances);
  for (const [name, one] of all) collector.add(point(name), one);
  return { loss: collector.loss, parameter: collector.parameters[0] };
}

test('of all points the worst is told: where it is, and how far apart the gradients are there', () => {
  const near: [string, AtPoint] = ['near', found(1e-5, 0)];
  const far: [string, AtPoint] = ['far', found(0.5, 3)];
  const between: [string, AtPoint] = ['between', found(0.1, 2)];
  for (const order of [
    [near, far, between],
    [far, near, between],
    [between, near, far],
  ]) {
    const { parameter } = collected(...order);
    expect(parameter).toMatchObject({
      ...{ name: 'w', entries: size, kinks: 3, agrees: false },
      worst: { index: 3, position: [3], point: 'far', manual: 1, autodiff: 1.5, numeric: null },
    });
    expect(parameter.manualVsAutodiff?.maxAbsolute).toBeCloseTo(0.5, 12);
  }
  expect(collected(near).parameter).toMatchObject({ agrees: true, worst: { point: 'near' } });
});

test('losses are compared at every point, and the farthest is told', () => {
  const at = (measured: number, differentiable: number) => found(0, 0, measured, differentiable);
  const { loss } = collected(['a', at(1, 1)], ['b', at(1, 1.5)], ['c', at(1, 1.25)]);
  expect(loss).toEqual({ agrees: false, point: 'b', measured: 1, differentiable: 1.5 });
  expect(collected(['a', at(1, 1 + 1e-4)], ['b', at(1, 1)]).loss).toMatchObject({ agrees: true, point: 'a' });
  expect(collected(['a', at(NaN, 1)]).loss).toMatchObject({ agrees: false, measured: null });
});
