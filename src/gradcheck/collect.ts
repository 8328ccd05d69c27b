/**
 * From what was found at each point to one report: the largest differences, and the worst entry with its values.
 */
import type { Values } from '../utils/tensors.ts';
import { pairs, toleranceOf, type AtPoint, type PairName, type ParameterAtPoint } from './at-point.ts';
import { relativeDistance, type Comparison, type Difference } from './compare.ts';
import { diagnose, withinTolerance } from './diagnose.ts';
import type { Point } from './problem.ts';
import type { ModelReport, ParameterReport, WorstEntry } from './report-types.ts';
import { floorAt, type Tolerances } from './tolerances.ts';

const pairNames = Object.keys(pairs) as PairName[];

/** The number itself, or the largest there is: JSON knows neither infinity nor NaN. */
const countable = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE);
const orNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export class Collector {
  readonly #tolerances: Tolerances;
  readonly #parameters = new Map<string, { report: ParameterReport; badness: number }>();
  loss: ModelReport['loss'] = { agrees: true, point: '', measured: null, differentiable: null };
  #lossDistance = -1;

  constructor(tolerances: Tolerances) {
    this.#tolerances = tolerances;
  }

  add(point: Point, found: AtPoint): void {
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
  maxAbsolute: countable(Math.max(a?.maxAbsolute ?? 0, b.maxAbsolute)),
  maxRelative: countable(Math.max(a?.maxRelative ?? 0, b.maxRelative)),
  normwise: countable(Math.max(a?.normwise ?? 0, b.normwise)),
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
