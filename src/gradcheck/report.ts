/** The report of a gradient check, as data (`zoo gradcheck --json`) and as text. */
import type { BackendName } from '../backend/index.ts';
import {
  type AtPoint,
  type Comparison,
  type Difference,
  floorAt,
  type PairName,
  pairs,
  type ParameterAtPoint,
  relativeDistance,
  toleranceOf,
  type Tolerances,
} from './comparison.ts';
import { diagnose, withinTolerance } from './diagnose.ts';
import type { Point } from './points.ts';
import type { GradientSourceName } from '../model/gradients.ts';
import type { Values } from '../utils/tensors.ts';
import { wrap } from '../utils/text.ts';

export interface WorstEntry {
  /** Row-major. */
  index: number;
  /** The same, counted along each axis. */
  position: number[];
  /** The point at which it was found. */
  point: string;
  manual: number | null;
  autodiff: number | null;
  numeric: number | null;
}

/** A difference that is infinite or NaN, because a gradient was, is `Number.MAX_VALUE` here: JSON has no infinity. */
export interface ParameterReport extends Partial<Record<PairName, Difference>> {
  name: string;
  shape: number[];
  /** Entries compared at every point; central differences are taken of `sampled` of them. */
  entries: number;
  sampled: number;
  /** Entries at which the loss has a kink and a subgradient was accepted, over all points. */
  kinks: number;
  agrees: boolean;
  worst: WorstEntry;
  /** On disagreement: what it looks like. */
  hint?: string;
}

export interface ModelReport {
  model: string;
  backend: BackendName;
  agrees: boolean;
  /** Why there are no gradients at all to compare: the model throws. */
  failure?: string;
  seed: number;
  points: string[];
  sources: GradientSourceName[];
  tolerances: Tolerances;
  /** The loss itself in its two forms, where they differ most. */
  loss: { agrees: boolean; point: string; measured: number | null; differentiable: number | null };
  parameters: ParameterReport[];
  seconds: number;
}

const pairNames = Object.keys(pairs) as PairName[];

/** The number itself, or the largest there is: JSON knows neither infinity nor NaN. */
const finiteOrMax = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE);
const orNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export class Collector {
  readonly #tolerances: Tolerances;
  readonly #parameters = new Map<string, { report: ParameterReport; badness: number }>();
  loss: ModelReport['loss'] = { agrees: true, point: '', measured: null, differentiable: null };
  #lossDistance = -1;
  /** The first. */
  failure?: string;

  constructor(tolerances: Tolerances) {
    this.#tolerances = tolerances;
  }

  add(point: Point, found: AtPoint): void {
    this.failure ??= found.failure;
    this.#addLoss(point.name, found);
    for (const parameter of found.parameters) this.#addParameter(point, parameter);
  }

  get parameters(): ParameterReport[] {
    return [...this.#parameters.values()].map(({ report }) => report);
  }

  #addLoss(point: string, { measured, differentiable }: AtPoint): void {
    if (differentiable === undefined) return;
    const { analytic } = this.#tolerances;
    const distance = relativeDistance(measured, differentiable, floorAt(this.#tolerances, measured));
    if (distance <= this.#lossDistance) return;
    this.#lossDistance = distance;
    this.loss = {
      agrees: distance <= analytic,
      point,
      measured: orNull(measured),
      differentiable: orNull(differentiable),
    };
  }

  #addParameter(point: Point, parameter: ParameterAtPoint): void {
    const { name, shape, sampled, comparisons, kinks } = parameter;
    const size = point.parameters[name].values.length;
    const known = this.#parameters.get(name);
    const report: ParameterReport = known?.report ?? {
      name,
      shape,
      entries: size,
      sampled: 0,
      kinks: 0,
      agrees: true,
      worst: worstEntry(parameter, point.name, 0),
    };
    let badness = known?.badness ?? -1;
    report.sampled = Math.max(report.sampled, sampled.length);
    report.kinks += kinks;

    let agreesHere = parameter.problem === undefined;
    let badnessHere = agreesHere ? -1 : Infinity;
    let worst = 0;
    for (const pair of pairNames) {
      const comparison = comparisons[pair];
      if (!comparison) continue;
      report[pair] = larger(report[pair], comparison);
      agreesHere &&= withinTolerance(pair, comparison, this.#tolerances);
      const pairBadness = comparison.maxRelative / toleranceOf(pair, this.#tolerances);
      if (pairBadness > badnessHere) {
        badnessHere = pairBadness;
        worst = comparison.worst;
      }
    }
    if (badnessHere > badness) {
      badness = badnessHere;
      report.worst = worstEntry(parameter, point.name, worst);
      if (!agreesHere) {
        report.hint = diagnose(parameter, point.parameters[name].values, point.rows, this.#tolerances);
      }
    }
    report.agrees &&= agreesHere;
    this.#parameters.set(name, { report, badness });
  }
}

const larger = (a: Difference | undefined, b: Comparison): Difference => ({
  maxAbsolute: finiteOrMax(Math.max(a?.maxAbsolute ?? 0, b.maxAbsolute)),
  maxRelative: finiteOrMax(Math.max(a?.maxRelative ?? 0, b.maxRelative)),
  normwise: finiteOrMax(Math.max(a?.normwise ?? 0, b.normwise)),
});

function worstEntry(parameter: ParameterAtPoint, point: string, index: number): WorstEntry {
  const { shape, manual, autodiff, numeric, sampled } = parameter;
  const at = (values?: Values): number | null => orNull(values?.[index]);
  const place = sampled.indexOf(index);
  return {
    index,
    position: positionOf(index, shape),
    point,
    manual: at(manual),
    autodiff: at(autodiff),
    numeric: place < 0 ? null : orNull(numeric?.[place]),
  };
}

/** Where the entry numbered `index`, row-major, stands along each axis. */
export function positionOf(index: number, shape: number[]): number[] {
  const position: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position.unshift(index % shape[axis]);
    index = Math.floor(index / shape[axis]);
  }
  return position;
}

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
  const { model, backend, points, seed, seconds, tolerances, parameters, loss, failure } = report;
  const { analytic, numeric } = tolerances;
  if (failure)
    return [`${model} on ${backend}: FAILS`, ...wrap(failure, 78).map((line) => `  ${line}`)].join('\n');
  const lines = [
    `${model} on ${backend}: ${report.agrees ? 'agrees' : 'DIFFERS'}`,
    `  ${points.length} points, seed ${seed}; allowed ${analytic} by formula, ${numeric} numerically; ${seconds.toFixed(1)} s`,
    `  ${row('parameter', 'shape', 'entries', 'man-auto', 'man-num', 'auto-num', '')}`,
    ...parameters.map((parameter) => `  ${parameterRow(parameter)}`),
  ];
  if (!loss.agrees) {
    lines.push(
      `  The loss itself differs at point "${loss.point}":`,
      `    loss.value gives ${number(loss.measured)}, loss.tensor gives ${number(loss.differentiable)}`,
    );
  }
  for (const parameter of parameters) {
    if (details || !parameter.agrees) lines.push(...parameterDetails(parameter).map((line) => `  ${line}`));
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

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
  const lines = [
    `${name}: ${agrees ? 'agrees' : (hint ?? 'differs')}`,
    ...worstLines(worst),
    '  largest over all points:',
  ];
  for (const [title, difference] of [
    ['man-auto', parameter.manualVsAutodiff],
    ['man-num', parameter.manualVsNumeric],
    ['auto-num', parameter.autodiffVsNumeric],
  ] as const) {
    if (!difference) continue;
    const { maxAbsolute, maxRelative, normwise } = difference;
    lines.push(
      `    ${title.padEnd(8)} absolute ${brief(maxAbsolute)}  relative ${brief(maxRelative)}  normwise ${brief(normwise)}`,
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
