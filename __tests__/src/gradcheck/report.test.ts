import { expect, test } from '@jest/globals';
import { type ModelReport, type ParameterReport, reportText } from '../../../src/gradcheck/report.ts';

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
    largest over all points:
      man-auto absolute 5.0e-1  relative ∞  normwise 0
      man-num  absolute 5.0e-1  relative 1.3e-11  normwise 0`;

test('a report shows each parameter in a line, and details of those that differ', () => {
  const [, told] = reportText([report]).split('\n\n');
  expect(told).toBe(ofModel);
});

test('details show every parameter; several reports are counted', () => {
  const text = reportText([report, { ...report, agrees: true, parameters: [right] }], { details: true });
  expect(text).toContain('1 of 2 models agree.');
  expect(text).toContain('  weights: agrees\n    worst entry [1, 2], point "draw 1":');
  expect(text).toContain('  central differences of up to 13 entries per point');
  expect(text).toContain('  2 times at a kink of the loss, where any subgradient is accepted');
  expect(text.match(/central differences of up/g)).toHaveLength(2);
  expect(reportText([{ ...report, agrees: true, parameters: [right] }])).not.toMatch(/models agree|worst/);
});

test('losses that differ are shown with both values', () => {
  const loss = { agrees: false, point: 'zeros', measured: 0.5, differentiable: null };
  const [, told] = reportText([{ ...report, loss }]).split('\n\n');
  const before = ofModel.indexOf('  bias: ');
  expect(told).toBe(
    ofModel.slice(0, before) +
      '  The loss itself differs at point "zeros":\n    loss.value gives 0.5, loss.tensor gives –\n' +
      ofModel.slice(before),
  );
});
