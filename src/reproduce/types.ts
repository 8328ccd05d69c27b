/**
 * What a reproduction reports.
 */
import type { BackendName } from '../backend/index.ts';
import type { DataRequest } from '../data/dataset.ts';
import type { DigitsJob, DigitsOutcome } from './digits-program.ts';
import type { TrainingJob, TrainingOutcome } from './training-job.ts';

export const documentNames = ['000', '001', '003', '004'] as const;
export type DocumentName = (typeof documentNames)[number];

/** One printed number beside ours. */
export type Row = ComparedRow | RandomRow;

interface PrintedNumber {
  document: DocumentName;
  /** What the number is, in words. */
  item: string;
  printed: number;
  /** Significant digits that were printed; 1 of a printed 0. */
  printedDigits: number;
}

/** The document's own number, or what NumPy prints for the same program, compared digit by digit. */
export interface ComparedRow extends PrintedNumber {
  kind: 'exact' | 'numpy';
  /** As computed in this run; null where the data is unavailable. */
  ours: number | null;
  /** Significant digits that agree, at most as many as were printed. */
  digits: number | null;
  reproduced: boolean;
  /** Which data is missing and why; such a row counts in no total. */
  needsData?: string;
  /** Where rounding decides the eighth digit: the range of runs of ours that differ in rounding alone. */
  rounding?: number;
  /** Rows of one group are shown as one line when all of them agree. */
  group?: string;
}

/** A number of document 000, whose data was drawn without a seed, beside ours over eight seeds; counts in no total. */
export interface RandomRow extends PrintedNumber {
  kind: 'random';
  /** The median. */
  ours: number;
  /** Significant digits in which the median agrees. */
  digits: number;
  median: number;
  range: [low: number, high: number];
  reproduced?: never;
  needsData?: never;
  group?: never;
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
}

/** Operations that a worker thread is to time. */
export interface TimingJob {
  backend: BackendName;
}

/** What a document's reproduction is given. */
export interface Context {
  backend: BackendName;
  /** For document 000's runs over eight seeds, and what is not compared digit by digit. */
  fastBackend: BackendName;
  data: Omit<DataRequest, 'progress' | 'options' | 'seed'>;
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
  };
}
