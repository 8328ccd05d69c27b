/** Whether the graph that an export is written from computes what the model computes. */
import type { Preprocessing, TableInput } from '../../data/dataset.ts';
import { onBackend } from '../../backend/index.ts';
import { WorkError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { predict, rowFromValues } from '../../evaluation/predict.ts';
import type { SavedModel } from '../saved-model.ts';
import type { Graph } from './graph.ts';
import { runGraph } from './run-graph.ts';

/** A cell as a user gives it. */
export type Cell = number | string;

/** Cells as numbers. @param row that the model takes */
export const codesOf = (preprocessing: Preprocessing, row: readonly Cell[]): number[] =>
  preprocessing.kind === 'table'
    ? row.map((cell, i) => codeOf(preprocessing.columns[i], cell))
    : row.map(Number);

const codeOf = (column: TableInput, cell: Cell): number =>
  'categories' in column ? column.categories.indexOf(String(cell)) : Number(cell);

export interface Checked {
  rows: number;
  /** Of probabilities; of what a regression predicts, in standard deviations of its target. */
  maxDifference: number;
}

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

/** The numbers that a prediction consists of. */
export const numbersIn = ({ probabilities, value }: Answer): number[] =>
  value === undefined ? probabilities! : [value];

interface Answer {
  probabilities?: number[];
  value?: number;
}

/** The model's own predictions in double precision: probabilities `[rows, classes]`, row-major, or predicted numbers. */
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

/** Of probabilities in double precision, which has sixteen digits. */
const tolerance = 1e-12;

/**
 * Compares what a graph computes in double precision with the model's own predictions. The rows are given to the graph in
 * two batches of different sizes, because the prediction for a row must not depend on other rows.
 *
 * @param graph from raw inputs to probabilities, or to predicted numbers
 * @throws WorkError if they differ by more than 10⁻¹²
 */
export async function checkGraph(
  saved: SavedModel,
  graph: Graph,
  rows: Cell[][],
  format: string,
): Promise<Checked> {
  const expected = await modelAnswers(saved, rows);
  const codes = rows.map((row) => codesOf(saved.file.preprocessing, row));
  const first = Math.ceil(rows.length / 3);
  const answers = await onBackend('float64', {}, () =>
    [codes.slice(0, first), codes.slice(first)].flatMap((batch) => Array.from(runGraph(graph, batch))),
  );
  const maxDifference =
    largestDifference(expected, Float64Array.from(answers)) / (saved.file.target?.scale ?? 1);
  if (!(maxDifference <= tolerance)) {
    throw new WorkError(
      `Nothing was written as ${format}: on ${rows.length} rows the recorded steps of the model differ from its predictions by ` +
        `${maxDifference.toPrecision(2)}, more than ${tolerance}.`,
    );
  }
  return { rows: rows.length, maxDifference };
}
