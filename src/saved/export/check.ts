/** Does what was written compute what the model computes? Asked of every export before it is kept. */
import type { TableInput } from '../../core/data/dataset.ts';
import { onBackend } from '../../backend/index.ts';
import { WorkError } from '../../core/errors.ts';
import { RandomState } from '../../core/random.ts';
import { predict } from '../../core/scoring/predict.ts';
import { rowFromValues } from '../../core/scoring/row-from-values.ts';
import type { SavedModel } from '../saved-model.ts';
import type { Cell } from './prepare-table.ts';

export interface Checked {
  rows: number;
  /** Of probabilities; of what a regression predicts, in standard deviations of its target. */
  maxDifference: number;
  /** Who ran what was written. */
  by: string;
}

/** Answers of what was written for raw rows: probabilities `[rows, classes]`, row-major, or predicted numbers. */
export type Reader = (rows: Cell[][]) => Promise<Float64Array>;

const randomRows = 100;

/** Rows like those that the model was trained on, as far as its preparation of inputs tells, the same every time. */
export function drawRows({ features, file: { preprocessing } }: SavedModel, count = randomRows): Cell[][] {
  const random = new RandomState(1);
  const ofColumn = (column: TableInput): Cell =>
    'categories' in column
      ? column.categories[random.randint(0, column.categories.length, 1)[0]]
      : column.mean + column.scale * random.randn(1)[0];
  return Array.from({ length: count }, () => {
    if (preprocessing.kind === 'image')
      return Array.from(random.randint(0, Math.floor(preprocessing.divisor) + 1, features));
    if (preprocessing.kind === 'table') return preprocessing.columns.map(ofColumn);
    if (preprocessing.kind === 'standardise')
      return Array.from(random.randn(features), (z, i) => preprocessing.mean[i] + z * preprocessing.scale[i]);
    return Array.from(random.uniform(-3, 3, features));
  });
}

/** The numbers that an answer consists of. */
export const numbersIn = ({ probabilities, value }: Answer): number[] =>
  value === undefined ? probabilities! : [value];

interface Answer {
  probabilities?: number[];
  value?: number;
}

/** The model's own answers in double precision. */
export async function modelAnswers(saved: SavedModel, rows: Cell[][]): Promise<Float64Array> {
  const { model, parameters, features, file } = saved;
  const inputs = new Float64Array(rows.length * features);
  rows.forEach((row, i) => inputs.set(rowFromValues(saved, row, `row ${i + 1}`), i * features));
  const predictions = await onBackend('float64', {}, () =>
    predict(model, parameters, inputs, features, file),
  );
  return Float64Array.from(predictions.flatMap(numbersIn));
}

/** Largest difference of two lists of numbers; infinite where one has none. */
export const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.length !== b.length
    ? Infinity
    : a.reduce((largest, value, i) => {
        const difference = Math.abs(value - b[i]);
        return difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
      }, 0);

/**
 * Compares an export's answers with the model's own. The rows come to the export in two batches of different sizes, for a
 * row's answer must not depend on its neighbours.
 *
 * @throws WorkError where they differ by more than the tolerance
 */
export async function checkExport(
  saved: SavedModel,
  rows: Cell[][],
  reader: Reader,
  { tolerance, by, format }: { tolerance: number; by: string; format: string },
): Promise<Checked> {
  const expected = await modelAnswers(saved, rows);
  const first = Math.ceil(rows.length / 3);
  const pieces = [await reader(rows.slice(0, first)), await reader(rows.slice(first))];
  const answers = Float64Array.from(pieces.flatMap((piece) => Array.from(piece)));
  const maxDifference = largestDifference(expected, answers) / (saved.file.target?.scale ?? 1);
  if (!(maxDifference <= tolerance)) {
    throw new WorkError(
      `Nothing was written: as ${format}, read back and run on ${rows.length} rows, its answers differ from the model's by ` +
        `${maxDifference.toPrecision(2)}, more than ${tolerance}.`,
    );
  }
  return { rows: rows.length, maxDifference, by };
}
