/**
 * A gradient check's report for people, at most 80 columns wide.
 */
import { wrap } from '../utils/text.ts';
import type { Difference } from './compare.ts';
import type { ModelReport, ParameterReport, WorstEntry } from './report-types.ts';
import type { TrajectoryReport } from './trajectory.ts';

const explanation =
  'Columns: largest |a − b| / max(|a|, |b|, floor) over all entries and points,\n' +
  'man: manual, by hand; auto: tf.variableGrads; num: central differences.';

/** All reports, explained once. With `details` every measure and worst entry, else those of what differs. */
export function reportText(reports: ModelReport[], { details = false } = {}): string {
  const agreeing = reports.filter(({ agrees }) => agrees).length;
  return [
    explanation,
    ...reports.map((report) => modelText(report, details)),
    reports.length > 1 ? `${agreeing} of ${reports.length} models agree.` : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function modelText(report: ModelReport, details: boolean): string {
  const { model, backend, points, seed, seconds, tolerances, parameters, loss } = report;
  const { analytic, numeric } = tolerances;
  const lines = [
    `${model} on ${backend}: ${report.agrees ? 'agrees' : 'DIFFERS'}`,
    `  ${points.length} points, seed ${seed}; allowed ${analytic} by formula, ${numeric} numerically; ${seconds.toFixed(1)} s`,
    `  ${row('parameter', 'shape', 'entries', 'man-auto', 'man-num', 'auto-num', '')}`,
    ...parameters.map((parameter) => `  ${parameterRow(parameter)}`),
  ];
  if (!loss.agrees) {
    lines.push(
      `  The loss itself differs at point "${loss.point}":`,
      `    loss.measure gives ${number(loss.measured)}, loss.of gives ${number(loss.differentiable)}`,
    );
  }
  for (const parameter of parameters) {
    if (details || !parameter.agrees) lines.push(...parameterDetails(parameter).map((line) => `  ${line}`));
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** One line for each pair of trainings. */
export function trajectoryText(reports: TrajectoryReport[]): string {
  const columns = (...[model, backend, steps, loss, difference, verdict]: string[]): string =>
    `  ${model.padEnd(20)}${backend.padEnd(12)}${steps.padStart(6)}  ${loss.padEnd(17)}${difference.padStart(11)}  ${verdict}`.trimEnd();
  return [
    'By hand and by autodiff from the same weights on the same batches; difference:',
    'the largest of any weight after the last step.',
    '',
    columns('model', 'backend', 'steps', 'loss', 'difference', ''),
    ...reports.map(({ model, backend, steps, firstLoss, lastLoss, largestDifference, agrees, bound }) =>
      columns(
        model,
        backend,
        String(steps),
        `${short(firstLoss)} → ${short(lastLoss)}`,
        brief(largestDifference),
        agrees ? 'agree' : `DIFFER, > ${bound}`,
      ),
    ),
  ].join('\n');
}

const short = (value: number | null): string => (value === null ? '–' : value.toPrecision(3));

const row = (name: string, shape: string, entries: string, ...cells: string[]): string =>
  name.padEnd(18) +
  shape.padEnd(9) +
  entries.padStart(8) +
  cells.map((cell, i) => (i < 3 ? cell.padStart(10) : `  ${cell}`)).join('');

function parameterRow(parameter: ParameterReport): string {
  const { name, shape, entries, manualVsAutodiff, manualVsNumeric, autodiffVsNumeric, agrees } = parameter;
  const cell = (difference?: Difference): string => (difference ? brief(difference.maxRelative) : '–');
  return row(
    name,
    shape.join('×') || 'scalar',
    String(entries),
    cell(manualVsAutodiff),
    cell(manualVsNumeric),
    cell(autodiffVsNumeric),
    agrees ? 'agree' : 'DIFFER',
  );
}

function parameterDetails(parameter: ParameterReport): string[] {
  const { name, agrees, hint, worst, sampled, entries, kinks } = parameter;
  const lines = [`${name}: ${agrees ? 'agrees' : (hint ?? 'differs')}`, ...worstLines(worst)];
  for (const [title, difference] of [
    ['man-auto', parameter.manualVsAutodiff],
    ['man-num', parameter.manualVsNumeric],
    ['auto-num', parameter.autodiffVsNumeric],
  ] as const) {
    if (!difference) continue;
    const { maxAbsolute, maxRelative, normwise } = difference;
    lines.push(
      `  ${title.padEnd(9)}  absolute ${brief(maxAbsolute)}  relative ${brief(maxRelative)}  normwise ${brief(normwise)}`,
    );
  }
  if (sampled > 0 && sampled < entries)
    lines.push(`  central differences of up to ${sampled} entries per point`);
  if (kinks > 0) lines.push(`  ${kinks} times at a kink of the loss, where any subgradient is accepted`);
  return lines.flatMap((line) => wrap(line, 78));
}

function worstLines({ position, point, manual, autodiff, numeric }: WorstEntry): string[] {
  const place = position.length > 0 ? ` entry [${position.join(', ')}]` : '';
  return [
    `  worst${place}, point "${point}":`,
    `    manual   ${number(manual)}`,
    `    autodiff ${number(autodiff)}`,
    `    numeric  ${number(numeric)}`,
  ];
}

const number = (value: number | null): string => (value === null ? '–' : String(value));

/** Two digits; what could not be compared is infinitely far apart. */
const brief = (value: number): string =>
  value === Number.MAX_VALUE ? '∞' : value === 0 ? '0' : value.toExponential(1);
