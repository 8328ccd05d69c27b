import { expect, test } from '@jest/globals';
import { type AtPoint, compare } from '../../../src/gradcheck/comparison.ts';
import { Collector } from '../../../src/gradcheck/report.ts';
import type { Point } from '../../../src/gradcheck/points.ts';

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
