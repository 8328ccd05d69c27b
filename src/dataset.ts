/**
 * What a dataset is: it knows how to obtain, check and normalise its data, and nothing else.
 */

/** Rows of one split, row-major, on the host. */
export interface Examples {
  readonly rows: number;
  readonly features: number;
  /** `[rows, features]`. Pixels stay bytes; the network sees `inputs / divisor`. */
  readonly inputs: Uint8Array | Float32Array | Float64Array;
  /** 255 for pixel bytes, 1 for values that are used as they are. */
  readonly divisor: number;
  /** `[rows]`, the class of each row: 0 … classes − 1. */
  readonly labels: Uint8Array;
}

/** Where data came from; `built-in` is either computed exactly (truth tables, points) or a stand-in. */
export type Source = 'dir' | 'cache' | 'download' | 'built-in';

/** How one raw input becomes a row; stored with the weights, so that they are complete. */
export type Preprocessing =
  | { kind: 'none' }
  /** Pixels of a picture of this size, each divided by `divisor`. */
  | { kind: 'image'; height: number; width: number; channels: number; divisor: number }
  /** (value − mean) / scale, feature by feature. */
  | { kind: 'standardise'; mean: number[]; scale: number[] };

export interface LoadedDataset {
  name: string;
  source: Source;
  /** Set when `source` is a stand-in for real data: what it is, why it was used, how to get the real thing. */
  standIn?: string;
  /** The files that were read, so that a run can be repeated on the same bytes. */
  files: { name: string; bytes: number; sha256: string }[];
  classNames: string[];
  preprocessing: Preprocessing;
  train: Examples;
  validation?: Examples;
  test: Examples;
}

/** What the user said about data: `--data`, `--data-dir`, `--seed`, and the dataset's own options. */
export interface DataRequest {
  data: 'auto' | 'dir' | 'download' | 'built-in';
  dataDir?: string;
  cacheDir: string;
  seed: number;
  options: Record<string, unknown>;
  progress: Progress;
}

export interface Dataset {
  name: string;
  title: string;
  /** @throws InputError where data was named but is missing or malformed. */
  load(request: DataRequest): Promise<LoadedDataset>;
}

/** Where long work reports how far it is. The command line draws it; a library caller may ignore it. */
export interface Progress {
  /** `done` of `total` units of `task`; `total` undefined while unknown. Cheap to call often. */
  update(task: string, done: number, total?: number): void;
  /** The task is over; its live line may go. */
  finish(task: string): void;
  /** One sentence that the user should read. */
  note(message: string): void;
}

export const silent: Progress = { update() {}, finish() {}, note() {} };
