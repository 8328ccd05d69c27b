/** What comes of a benchmark: rows, ratios between them, and what was left out. */
import { cpus, loadavg } from 'node:os';
import { environment } from '../../node/environment.ts';
import { type Environment } from '../../core/environment.ts';
import type { Contestant, Implementation } from './protocol.ts';
import { firstSteps, type Failed, type Measured } from './session.ts';
import { median } from '../../core/median.ts';

/** Who a row is about. */
export interface RowName {
  implementation: Implementation;
  backend: string;
  gradients?: 'manual' | 'autodiff';
}

export interface BenchRow extends RowName {
  workload: string;
  microsecondsPerStep: { median: number; min: number; max: number };
  stepsPerSecond: number;
  repeats: number;
  stepsPerRound: number;
  dtype: 'float32' | 'float64';
  about: string;
  peakMemoryMebibytes: number;
  tensorsPerStep?: number;
  /** Loss of the 20th step from the common start. */
  lossOfStep20: number;
}

export interface Ratio {
  workload: string;
  zoo: RowName;
  peer: RowName;
  /** Time of the zoo ÷ time of the peer: median over the rounds, in each of which both trained. */
  ratio: number;
}

export interface SpeedUp {
  workload: string;
  backend: string;
  /** Time by autodiff ÷ time by hand: median over the rounds. */
  manualOverAutodiff: number;
}

export interface Agreement {
  workload: string;
  step: number;
  /** Of the contestants that see the same batches in the same order: |loss − first loss| / first loss, at most. */
  largestDifference: number;
  /** Whose it is. */
  farthest: RowName;
  agree: boolean;
  compared: number;
}

export interface BenchReport {
  rows: BenchRow[];
  ratios: Ratio[];
  speedUps: SpeedUp[];
  agreements: Agreement[];
  skipped: (RowName & { workload?: string; reason: string })[];
  environment: Environment & { processor: string; threads: 1; load: number };
}

/** Float32 against float64 over twenty steps; a wrong formula or rate differs by far more. */
const tolerance = 1e-3;

const nameOf = ({ implementation, backend, gradients }: Contestant): RowName => ({
  implementation,
  backend,
  ...(gradients && { gradients }),
});

export function reportOf(
  sessions: { measured: Measured[]; failed: Failed[] }[],
  skipped: BenchReport['skipped'],
): BenchReport {
  const measured = sessions.map((session) => session.measured);
  const failures = sessions.flatMap(({ failed }) => failed);
  return {
    rows: measured.flat().map(rowOf),
    ratios: measured.flatMap(ratiosOf),
    speedUps: measured.flatMap(speedUpsOf),
    agreements: measured.flatMap(agreementOf),
    skipped: [
      ...skipped,
      ...failures.map(({ contestant, reason }) => ({
        workload: contestant.workload.name,
        ...nameOf(contestant),
        reason,
      })),
    ],
    environment: {
      ...environment(),
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      threads: 1,
      load: loadavg()[0],
    },
  };
}

function rowOf(measured: Measured): BenchRow {
  const { contestant, ready, microseconds, stepsPerRound, memory, tensorsPerStep, firstLoss } = measured;
  const middle = median(microseconds);
  return {
    workload: contestant.workload.name,
    ...nameOf(contestant),
    microsecondsPerStep: { median: middle, min: Math.min(...microseconds), max: Math.max(...microseconds) },
    stepsPerSecond: 1e6 / middle,
    repeats: microseconds.length,
    stepsPerRound,
    dtype: ready.dtype,
    about: ready.about,
    peakMemoryMebibytes: memory / 2 ** 20,
    ...(tensorsPerStep !== undefined && { tensorsPerStep }),
    lossOfStep20: firstLoss,
  };
}

const ratioOf = (a: Measured, b: Measured): number =>
  median(a.microseconds.map((time, round) => time / b.microseconds[round]));

const isZoo = ({ contestant }: Measured): boolean => contestant.implementation === 'zoo';

function ratiosOf(together: Measured[]): Ratio[] {
  return together.filter(isZoo).flatMap((ours) =>
    together
      .filter((other) => !isZoo(other))
      .map((theirs) => ({
        workload: ours.contestant.workload.name,
        zoo: nameOf(ours.contestant),
        peer: nameOf(theirs.contestant),
        ratio: ratioOf(ours, theirs),
      })),
  );
}

function speedUpsOf(together: Measured[]): SpeedUp[] {
  const ours = together.filter(isZoo);
  return ours
    .filter(({ contestant }) => contestant.gradients === 'manual')
    .flatMap((byHand) => {
      const { backend, workload } = byHand.contestant;
      const other = ours.find(
        ({ contestant }) => contestant.gradients === 'autodiff' && contestant.backend === backend,
      );
      return other ? [{ workload: workload.name, backend, manualOverAutodiff: ratioOf(other, byHand) }] : [];
    });
}

function agreementOf(together: Measured[]): Agreement[] {
  const comparable = together.filter(
    ({ contestant: { workload, implementation } }) =>
      // It tells the mean loss of many steps.
      implementation !== 'keras-steps' &&
      // `fit` shuffles its own way: its minibatches are others.
      (workload.batchSize === 'full' || (implementation !== 'layers' && implementation !== 'keras')),
  );
  if (comparable.length < 2) return [];
  const [reference] = comparable;
  const differences = comparable.map(({ firstLoss }) => Math.abs(firstLoss / reference.firstLoss - 1));
  // A loss that is NaN is as far as can be.
  const distances = differences.map((difference) => (Number.isNaN(difference) ? Infinity : difference));
  const largestDifference = Math.max(...distances);
  return [
    {
      workload: reference.contestant.workload.name,
      step: firstSteps,
      largestDifference,
      farthest: nameOf(comparable[distances.indexOf(largestDifference)].contestant),
      agree: largestDifference < tolerance,
      compared: comparable.length,
    },
  ];
}
