/**
 * What a reproduction reports.
 */
import type { BackendName } from '../../backend/index.ts';
import type { DataRequest } from '../../core/data/dataset.ts';
import type { DigitsJob, DigitsOutcome } from './digits-program.ts';
import type { TrainingJob, TrainingOutcome } from './training-job.ts';

export const documentNames = ['000', '001', '003', '004'] as const;
export type DocumentName = (typeof documentNames)[number];

/** One printed number beside ours. */
export interface Row {
  document: DocumentName;
  /** What the number is, in words. */
  item: string;
  printed: number;
  /** As computed in this run; null where the data is not at hand. */
  ours: number | null;
  /** Significant digits that agree, at most as many as were printed. */
  digits: number | null;
  reproduced: boolean;
  /** Which data is missing and why; such a row counts in no total. */
  needsData?: string;
  /** Who printed it: the document (unless given) or NumPy, running the document's program. */
  source?: 'NumPy';
  /** For numbers that hang on unseeded data: where one more draw of ours would lie (99 %). */
  interval?: [low: number, high: number];
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
