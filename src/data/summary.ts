/**
 * Statistics of datasets and of the columns of tables.
 */
import { allInputs, type Examples, type InputArray, type LoadedDataset } from './dataset.ts';
import { compareValues, losesDigits, numberIn, textOf } from './table/cells.ts';
import { type Table, type TableColumn, textAt } from './table/table.ts';

export interface SplitSummary {
  name: 'train' | 'validation' | 'test';
  rows: number;
  /** Rows of each class, in the order of the class names. */
  perClass: number[];
  /** Of all numbers as the network sees them. */
  range: { minimum: number; maximum: number; mean: number; deviation: number };
  /** Numbers that are not finite; the readers refuse them, so any here is a fault of the data's own code. */
  missing: number;
  /** Columns in which all rows are alike, and which teach a network nothing. */
  constantFeatures: number;
}

/** Of every split that the dataset has. */
export const summarize = (dataset: LoadedDataset): SplitSummary[] =>
  (['train', 'validation', 'test'] as const).flatMap((name) => {
    const split = dataset[name];
    return split ? [{ name, ...summarizeSplit(split, dataset.classNames.length) }] : [];
  });

function summarizeSplit(examples: Examples, classes: number): Omit<SplitSummary, 'name'> {
  const { rows, features, inputs, divisor, labels } = examples;
  const perClass = new Array<number>(classes).fill(0);
  // A number to be predicted is of no class.
  if (classes === 1) perClass[0] = rows;
  else for (const label of labels) perClass[label]++;
  const varies = new Uint8Array(features);
  const first = inputs.subarray(0, features);
  const all = allInputs(examples);
  for (let i = 0, column = 0; i < all.length; i++, column = (column + 1) % features) {
    if (Number.isFinite(all[i]) && all[i] !== first[column]) varies[column] = 1;
  }
  const { count, minimum, maximum, mean, deviation } = momentsOf(all);
  return {
    rows,
    perClass,
    range: {
      minimum: minimum / divisor,
      maximum: maximum / divisor,
      mean: mean / divisor,
      deviation: deviation / divisor,
    },
    missing: all.length - count,
    constantFeatures: features - varies.reduce((count, one) => count + one, 0),
  };
}

export interface TokenSummary {
  name: SplitSummary['name'];
  rows: number;
  /** Tokens that are to be predicted. */
  targets: number;
  /** The longest row, in tokens. */
  longest: number;
  /** How often each symbol is to be predicted, in the order of the class names. */
  perSymbol: number[];
}

/** Of a dataset of tokens. Of rows of a text that overlap, each token counts once. */
export const summarizeTokens = (dataset: LoadedDataset): TokenSummary[] =>
  (['train', 'validation', 'test'] as const).flatMap((name) => {
    const split = dataset[name];
    if (!split) return [];
    const { rows, features, stride = features, labels } = split;
    const perSymbol = new Array<number>(dataset.classNames.length).fill(0);
    let longest = 0;
    const covered = labels.subarray(0, (rows - 1) * stride + features);
    covered.forEach((label: number, t: number) => {
      if (label < 0) return;
      perSymbol[label]++;
      longest = Math.max(longest, stride < features ? features : (t % features) + 1);
    });
    return [{ name, rows, targets: perSymbol.reduce((sum, count) => sum + count, 0), longest, perSymbol }];
  });

export interface ColumnSummary {
  name: string;
  /** Cells without a value. */
  missing: number;
  /** Of the cells that are numbers. */
  numbers?: {
    count: number;
    minimum: number;
    maximum: number;
    mean: number;
    deviation: number;
    /** Cells in parts of equal width from the least number to the largest. */
    histogram: number[];
  };
  /** Of the cells that are texts, or of few different numbers: how often each is there; the mostFrequent where they are many. */
  values?: Record<string, number>;
  /** How many different ones there are, counted up to 100 000. */
  different: number;
}

const bins = 10;
const maxValues = 20;
const maxCounted = 100_000;

export const summarizeTable = ({ columns, rows }: Table): ColumnSummary[] =>
  columns.map((column) => summarizeColumn(column, rows));

const isWord = (text: string): boolean =>
  Number.isNaN(numberIn(text)) && textOf({ number: NaN, text }) !== undefined;

function summarizeColumn(column: TableColumn, rows: number): ColumnSummary {
  const { isText, texts } = column;
  // Different texts may be the same number.
  const areTexts = isText || texts.some((text) => losesDigits(text) || isWord(text));
  const counts = new Map<number | string, number>();
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const value = areTexts || Number.isNaN(column.numbers[row]) ? textAt(column, row) : column.numbers[row];
    if (value === undefined) missing++;
    else if (counts.size < maxCounted || counts.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const numbers = isText ? new Float64Array(0) : column.numbers.filter(Number.isFinite);
  const isCounted = numbers.length === 0 || counts.size <= maxValues;
  const mostFrequent = [...(isCounted ? counts : [])]
    .map(([value, count]) => [String(value), count] as const)
    .sort((a, b) => b[1] - a[1] || compareValues(a[0], b[0]))
    .slice(0, maxValues);
  return {
    name: column.name,
    missing,
    ...(numbers.length > 0 && { numbers: summarizeNumbers(numbers) }),
    ...(isCounted && { values: Object.fromEntries(mostFrequent.sort((a, b) => compareValues(a[0], b[0]))) }),
    different: counts.size,
  };
}

/** Of the finite values. */
function momentsOf(values: InputArray) {
  let [count, minimum, maximum, sum] = [0, Infinity, -Infinity, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  return { count, minimum, maximum, mean, deviation: Math.sqrt(squares / count) };
}

function summarizeNumbers(numbers: Float64Array): NonNullable<ColumnSummary['numbers']> {
  const moments = momentsOf(numbers);
  const { minimum, maximum } = moments;
  const histogram = new Array<number>(bins).fill(0);
  for (const value of numbers) {
    const place = maximum > minimum ? Math.floor((bins * (value - minimum)) / (maximum - minimum)) : 0;
    histogram[Math.min(bins - 1, place)]++;
  }
  return { ...moments, histogram };
}
