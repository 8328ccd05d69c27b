/** The results of a benchmark: rows, their table, and whether all implementations computed the same. */
import { median } from '../src/utils/math.ts';
import { left, right, tableText } from '../src/utils/text.ts';
import type { Implementation, ImplementationName } from './pace.ts';
import type { Measurement } from './session.ts';
import type { Workload } from './workloads.ts';

export interface BenchRow {
  workload: string;
  implementation: ImplementationName;
  backend: string;
  gradients?: 'manual' | 'autodiff';
  microsecondsPerStep: { median: number; min: number; max: number };
  repeats: number;
  /**
   * Time of the zoo with manual gradients (on its first backend) ÷ time of this row: median over the rounds, in each of
   * which both trained. Missing where the zoo does not take part.
   */
  zooRatio?: number;
  peakMemoryMebibytes: number;
}

/** @param measurements of one workload */
export function rowsOf({ name }: Workload, measurements: Measurement[]): BenchRow[] {
  const zoo = measurements.find(
    ({ implementation }) => implementation.name === 'zoo' && implementation.gradients === 'manual',
  );
  return measurements.map(({ implementation, microseconds, memory }) => ({
    workload: name,
    implementation: implementation.name,
    backend: implementation.backend,
    ...(implementation.gradients && { gradients: implementation.gradients }),
    microsecondsPerStep: {
      median: median(microseconds),
      min: Math.min(...microseconds),
      max: Math.max(...microseconds),
    },
    repeats: microseconds.length,
    ...(zoo && { zooRatio: median(zoo.microseconds.map((time, round) => time / microseconds[round])) }),
    peakMemoryMebibytes: memory / 2 ** 20,
  }));
}

/** Between float32 and float64 after twenty steps; a wrong formula or learning rate differs by far more. */
const tolerance = 1e-3;

/** The implementations whose loss differs from the first one's by a relative 1e-3 or more, or is NaN. */
export function differingLosses(measurements: Measurement[]): Implementation[] {
  // keras-steps shuffles with its own generator and reports the mean loss of many steps.
  const comparable = measurements.filter(({ implementation }) => implementation.name !== 'keras-steps');
  return comparable
    .filter(({ loss }) => !(Math.abs(loss / comparable[0].loss - 1) < tolerance))
    .map(({ implementation }) => implementation);
}

/** `zoo wasm manual` */
export const labelOf = ({ name, backend, gradients }: Implementation): string =>
  [name, backend, gradients].filter(Boolean).join(' ');

export function benchTable(rows: BenchRow[]): string {
  const columns = [
    ...left('workload', 'implementation', 'backend', 'gradients'),
    ...right('µs/step', 'min', 'max', 'zoo ÷ this', 'MiB'),
  ];
  const cells = rows.map((row) => [
    ...[row.workload, row.implementation, row.backend, row.gradients ?? ''],
    ...[row.microsecondsPerStep.median, row.microsecondsPerStep.min, row.microsecondsPerStep.max].map(brief),
    row.zooRatio === undefined ? '' : brief(row.zooRatio),
    row.peakMemoryMebibytes.toFixed(0),
  ]);
  return tableText(columns, cells, { width: 120 });
}

/** Two digits below 100, whole numbers from there. */
export const brief = (value: number): string =>
  value >= 99.5 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
