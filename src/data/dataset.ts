/**
 * What a dataset is: it knows how to obtain, check and normalize its data, and nothing else.
 */
import { InputError } from '../utils/errors.ts';
import type { Progress } from '../utils/progress.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

/** Tokens are Int16Array, everything else is one of the others. */
export type InputArray = Uint8Array | Float32Array | Float64Array | Int16Array;

/** Bytes that are computed when they are first read, such as digits that are drawn while training already runs. */
export interface LazyInputs {
  readonly length: number;
  readonly BYTES_PER_ELEMENT: 1;
  /** Values from `start` up to `end`, as of an array. */
  subarray(start: number, end?: number): Uint8Array;
}

export const isTokens = ({ inputs }: Pick<Examples, 'inputs'>): boolean => inputs instanceof Int16Array;

export const isLazy = (inputs: Examples['inputs']): inputs is LazyInputs => !ArrayBuffer.isView(inputs);

/** All inputs of a split as one array, computed now if they are lazy. */
export const allInputs = ({ inputs }: Examples): InputArray => (isLazy(inputs) ? inputs.subarray(0) : inputs);

/** Bytes are classes, doubles are numbers to be predicted, 16-bit integers are tokens. */
export type Labels = Uint8Array | Float64Array | Int16Array;

export interface TargetScale {
  mean: number;
  /** Above 0. */
  scale: number;
}

/** Rows of one split, row-major, on the host. */
export interface Examples {
  readonly rows: number;
  readonly features: number;
  /** `[rows, features]`. Pixels stay bytes; the network sees `inputs / divisor`. */
  readonly inputs: InputArray | LazyInputs;
  /** 255 for pixel bytes, 1 for values that are used as they are. */
  readonly divisor: number;
  /**
   * `[rows]`, the class of each row: 0 … classes − 1; of a regression the number to be predicted, in its own unit. Of tokens
   * `[rows, features]`, laid out like the inputs: what follows each token, −1 where nothing is to be predicted.
   */
  readonly labels: Labels;
  /**
   * From the start of one row to that of the next, of tokens; `features` where left out. With 1, the rows are all stretches
   * of a text and overlap.
   */
  readonly stride?: number;
  /** Of a regression: the network learns (number − mean) / scale, so that one learning rate suits every unit. */
  readonly target?: TargetScale;
  /** Where a row stands in the data's files, for people; rows that were made or given as arrays stand in none. */
  readonly origin?: (row: number) => RowOrigin;
}

export interface RowOrigin {
  /** As in {@link LoadedDataset.files}. */
  file: string;
  /** `line 17`, `image 248`, counted from 1; left out where the row is the whole file. */
  place?: string;
  /** Of a table: what the file has in each column but the target's, as written. */
  cells?: { column: string; text: string }[];
}

/** These labels, in this order. */
export const takeLabels = (labels: Labels, rows: Int32Array): Labels =>
  labels instanceof Uint8Array
    ? Uint8Array.from(rows, (row) => labels[row])
    : Float64Array.from(rows, (row) => labels[row]);

/** These rows, in this order. */
export function takeRows(examples: Examples, rows: Int32Array): Examples {
  const { features, labels, origin } = examples;
  const all = allInputs(examples);
  const taken =
    all instanceof Uint8Array
      ? new Uint8Array(rows.length * features)
      : new Float64Array(rows.length * features);
  rows.forEach((row, i) => taken.set(all.subarray(row * features, (row + 1) * features), i * features));
  return {
    ...examples,
    rows: rows.length,
    inputs: taken,
    labels: takeLabels(labels, rows),
    ...(origin && { origin: (row) => origin(rows[row]) }),
  };
}

/**
 * The dataset with `positive` as its second class: the one whose probability binary models predict, and whose precision,
 * recall and ranking the scores are about.
 *
 * @throws InputError unless there are two classes and `positive` is one of them
 */
export function withPositive(dataset: LoadedDataset, positive?: string): LoadedDataset {
  if (positive === undefined) return dataset;
  const { name, classNames, train, validation, test } = dataset;
  const names = classNames.slice(0, 10).map((one) => JSON.stringify(sanitizeForTerminal(one, 40)));
  const shown = JSON.stringify(sanitizeForTerminal(positive, 40));
  if (classNames.length !== 2) {
    const has = classNames.length === 1 ? 'a number to predict' : `${classNames.length} classes`;
    throw new InputError(`--positive ${shown} needs two classes; ${name} has ${has}.`);
  }
  if (!classNames.includes(positive)) {
    throw new InputError(`--positive ${shown} is not a class of ${name}. Its classes: ${names.join(', ')}.`);
  }
  if (classNames[1] === positive) return dataset;
  const swapped = (examples: Examples): Examples => ({
    ...examples,
    labels: examples.labels.map((label) => 1 - label),
  });
  const swappedTrain = swapped(train);
  return {
    ...dataset,
    classNames: [classNames[1], classNames[0]],
    train: swappedTrain,
    ...(validation && { validation: swapped(validation) }),
    test: test === train ? swappedTrain : swapped(test),
  };
}

/** Where data came from; `built-in` is either computed exactly (truth tables, points) or synthetic. */
export type Source = 'dir' | 'cache' | 'download' | 'built-in';

/** How one raw input becomes a row; stored with the weights, so that they are complete. */
export type Preprocessing =
  | { kind: 'none' }
  /** Pixels of a picture of this size, each divided by `divisor`. */
  | {
      kind: 'image';
      height: number;
      width: number;
      channels: number;
      divisor: number;
      /** The picture is brought to that size as a whole; a grey one otherwise is a digit, which is cut out and centered. */
      resized?: boolean;
    }
  /** (value − mean) / scale, feature by feature. */
  | { kind: 'standardise'; mean: number[]; scale: number[] }
  /** Cells of these columns of a table, one after the other. */
  | { kind: 'table'; columns: TableInput[] }
  /**
   * At most `context` characters, each the symbol of its class name. `boundary` is the symbol that begins and ends every
   * sequence; running text has none.
   */
  | { kind: 'tokens'; context: number; boundary?: number };

/**
 * A column of numbers, of which the network sees (number − mean) / scale, or of categories, of which it sees a 1 at the
 * place of the cell's and 0 at all others. `fill` stands for a missing cell; without it there may be none.
 */
export type TableInput =
  | { name: string; mean: number; scale: number; fill?: number }
  | { name: string; categories: string[]; fill?: string };

export interface LoadedDataset {
  name: string;
  source: Source;
  /** Set for synthetic data in place of real data: what it is, why it was used, how to get the real data. */
  standIn?: string;
  /** The files that were read, so that a run can be repeated on the same bytes. */
  files: { name: string; bytes: number; sha256: string }[];
  /** What the user should know of how the data were read, in sentences. */
  notes?: string[];
  /** Set for files of the user's own. */
  own?: UserFiles;
  /** Of the classes, in the order of the labels; of a regression one name alone, that of what is predicted. */
  classNames: string[];
  preprocessing: Preprocessing;
  /** The least mean loss that any model can have, in nats per token, where the data are drawn by a known rule. */
  entropy?: number;
  train: Examples;
  validation?: Examples;
  test: Examples;
}

/** Files of the user's own in place of a dataset, and how they are to be read; see `TableOptions`. */
export interface UserFiles {
  /** A table; or … */
  file?: string;
  /** … a folder with one of pictures for each class. */
  folder?: string;
  target?: string;
  missing?: 'refuse' | 'mean' | 'drop';
  categories?: string[];
  dropColumns?: string[];
  task?: 'classification' | 'regression';
  /** The class that counts as positive, of two; see {@link withPositive}. */
  positive?: string;
  testShare?: number;
  /** Of numbers in a text file; default: a point. */
  decimal?: '.' | ',';
  /** Whether the first line of a CSV names the columns; default: decided from all rows. */
  header?: boolean;
  /** Width and height to which pictures are brought. */
  size?: number[];
  grey?: boolean;
}

/** What the user said about data: `--data`, `--data-dir`, `--seed`, and the dataset's own options. */
export interface DataRequest {
  data: 'auto' | 'dir' | 'download' | 'built-in';
  dataDir?: string;
  /** In place of the model's dataset. */
  own?: UserFiles;
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

/** SHA-256 over all of them in their order is the fingerprint. */
export function* fingerprintPieces({
  train,
  validation,
  test,
}: LoadedDataset): Generator<string | InputArray> {
  const splits = { train, ...(validation && { validation }), test };
  for (const [name, examples] of Object.entries(splits)) {
    const { rows, features, divisor, inputs, labels } = examples;
    yield `${name} ${rows} ${features} ${divisor} ${inputs.BYTES_PER_ELEMENT};`;
    yield allInputs(examples);
    yield labels;
  }
}
