/**
 * What a reproduction reports.
 */
import type { BackendName } from '../backend/index.ts';
import type { DataRequest } from '../data/dataset.ts';
import type { DigitsJob, DigitsOutcome } from './digits-program.ts';
import type { SabotageName } from './sabotage.ts';
import type { TrainingJob, TrainingOutcome } from './training-job.ts';

export type Interval = [low: number, high: number];

/** The numbers of one run in the document's order: its training score, its nine parameters, its test cost. */
export type Draw = number[];

export const documentNames = ['000', '001', '003', '004'] as const;
export type DocumentName = (typeof documentNames)[number];

/**
 * What a row compares: the document's own number digit by digit; the document's own number with the spread of ours,
 * where its data had no seed; or the number that NumPy prints for the same program.
 */
export type Kind = 'exact' | 'within-spread' | 'numpy';

/** One printed number beside ours. */
export interface Row {
  document: DocumentName;
  /** What the number is, in words. */
  item: string;
  kind: Kind;
  printed: number;
  /** Significant digits that were printed; 1 of a printed 0. */
  printedDigits: number;
  /** As computed in this run; null where the data is not at hand. */
  ours: number | null;
  /** Significant digits that agree, at most as many as were printed. */
  digits: number | null;
  reproduced: boolean;
  /** Which data is missing and why; such a row counts in no total. */
  needsData?: string;
  /** For numbers that hang on unseeded data or on rounding: where one more draw of ours would lie (99.9 %). */
  intervals?: Interval[];
  /** Of a number within a spread: whether it lies in one of the intervals. */
  consistent?: boolean;
  /**
   * Of a number within a spread: whether a program with a mistake would have missed it. Where this is false and the
   * number consistent, the row cannot tell and counts in no total.
   */
  evidence?: boolean;
  /** Mistakes that the run which printed the number would not have shown. */
  blindTo?: SabotageName[];
  /** Rows of one group are shown as one line when all of them agree. */
  group?: string;
}

/** A statement of a document, in words, that a run can confirm. Shown beside the rows, not counted among them. */
export interface Finding {
  document: DocumentName;
  text: string;
  holds: boolean;
}

/** Time taken here, in milliseconds, beside the document's own, which no other machine repeats: shown, not judged. */
export interface Measurement {
  document: DocumentName;
  item: string;
  printed?: number;
  /** By scalar loops and by one tensor operation. */
  loops: number;
  tensors: number;
}

export interface Curve {
  name: string;
  points: { x: number; y: number }[];
}

/** A plot of the document, drawn anew. */
export interface Plot {
  document: DocumentName;
  /** File name without extension. */
  name: string;
  title: string;
  xLabel: string;
  yLabel: string;
  /** Upper end of the y axis, where the document sets one. */
  yMax?: number;
  curves: Curve[];
}

export interface Report {
  rows: Row[];
  findings: Finding[];
  measurements: Measurement[];
  plots: Plot[];
  /** What document 000's experiments gave here, by their number, a row for each seed. */
  draws?: Record<string, Draw[]>;
}

/** Operations that a worker thread is to time. */
export interface TimingJob {
  backend: BackendName;
}

/** What a document's reproduction is given. */
export interface Context {
  backend: BackendName;
  /** Where a spread over many seeds is measured. */
  fastBackend: BackendName;
  data: Omit<DataRequest, 'progress' | 'options' | 'seed'>;
  /** Runs of each of document 000's experiments. */
  seeds: number;
  /** The first of them; the others follow in steps of 2. */
  firstSeed: number;
  /** A mistake to plant in those experiments. */
  sabotage?: SabotageName;
  run(job: TrainingJob): Promise<TrainingOutcome>;
  runDigits(job: DigitsJob): Promise<DigitsOutcome>;
  runTimings(job: TimingJob): Promise<Measurement[]>;
  /** Why the real data of a dataset is not at hand; undefined where it is. */
  missingData(dataset: 'cats' | 'breast-cancer' | 'mnist'): Promise<string | undefined>;
}

export function joinReports(reports: Partial<Report>[]): Report {
  return {
    rows: reports.flatMap(({ rows = [] }) => rows),
    findings: reports.flatMap(({ findings = [] }) => findings),
    measurements: reports.flatMap(({ measurements = [] }) => measurements),
    plots: reports.flatMap(({ plots = [] }) => plots),
    draws: reports.find(({ draws }) => draws)?.draws,
  };
}
