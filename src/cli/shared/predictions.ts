/**
 * Predictions as text, table, CSV and JSON.
 */
import { drawGrey, type Row } from './prediction-inputs.ts';
import { csvText } from '../../data/formats/csv.ts';
import { cellAt } from '../../data/table/table.ts';
import type { Prediction } from '../../evaluation/predict.ts';
import { InputError } from '../../utils/errors.ts';
import { left, percent, sanitizeForTerminal, tableText } from '../../utils/text.ts';
import type { SavedModel } from '../../weights/saved-model.ts';

export interface Ranked extends Prediction {
  /** The most probable classes, first the most probable. */
  top: { label: string; probability: number }[];
}

/**
 * @param topK how many classes to rank
 * @param threshold of a binary model: the probability that the second class must exceed to be the label
 */
export function rank(
  predictions: Prediction[],
  classNames: string[],
  topK: number,
  threshold?: number,
): Ranked[] {
  return predictions.map(({ label, probabilities, ...value }) => ({
    ...value,
    label: threshold === undefined ? label : classNames[probabilities[1] > threshold ? 1 : 0],
    probabilities,
    top: probabilities
      .map((probability, k) => ({ label: classNames[k], probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, topK),
  }));
}

/** One line per input: its label, then the most probable classes. */
export function predictionTable(rows: Row[], ranked: Ranked[]): string {
  const lines = rows.map(({ input }, i) => [
    ending(sanitizeForTerminal(input), 40),
    ranked[i].label,
    ranked[i].top.map(({ label, probability }) => `${label} ${percent(probability)}`).join(', '),
  ]);
  return tableText(left('input', 'label', 'most probable'), lines);
}

/** The end of a path tells more than its beginning. */
const ending = (text: string, most: number): string =>
  text.length > most ? `…${text.slice(1 - most)}` : text;

export const predictionCsv = (rows: Row[], ranked: Ranked[], classNames: string[]): string =>
  csvText([
    ['input', 'label', ...(ranked[0]?.probabilities.length ? classNames : [])],
    ...rows.map(({ input }, i) => [input, ranked[i].label, ...ranked[i].probabilities]),
  ]);

/**
 * The rows of a table with predictions in further columns.
 *
 * @throws InputError if the inputs are not rows of one table
 */
export function tableWithPredictions(
  rows: Row[],
  ranked: Ranked[],
  classNames: string[],
  target: string,
): string {
  const table = rows[0].from?.table;
  if (!table || rows.some(({ from }) => from?.table !== table)) {
    throw new InputError(
      '--out writes a table with predictions: name one table file with the columns of the training data.',
    );
  }
  const withProbabilities = ranked[0].probabilities.length > 0;
  return csvText([
    [
      ...table.columns.map(({ name }) => name),
      `predicted ${target}`,
      ...(withProbabilities ? classNames.map((name) => `probability of ${name}`) : []),
    ],
    ...rows.map(({ from }, i) => [
      ...table.columns.map((column) => {
        const cell = cellAt(column, from!.row);
        return Number.isNaN(cell) ? undefined : cell;
      }),
      ranked[i].value ?? ranked[i].label,
      ...ranked[i].probabilities,
    ]),
  ]);
}

/** The image if it is gray, and a bar per class, in the order of classes or ranked. */
export function predictionText(
  { file }: SavedModel,
  { input, values }: Row,
  { label, probabilities, top }: Ranked,
  ranking: boolean,
): string {
  const longest = Math.max(...file.classNames.map((name) => name.length));
  const inOrder = probabilities.map((probability, k) => ({ label: file.classNames[k], probability }));
  const bars = (ranking ? top : inOrder).map(
    ({ label, probability }) =>
      `  ${label.padStart(Math.min(20, longest))} ${percent(probability).padStart(9)} ${'█'.repeat(Math.round(30 * probability))}`,
  );
  const picture =
    file.preprocessing.kind === 'image' && file.preprocessing.channels === 1
      ? `${drawGrey(values, file.preprocessing.width)}\n`
      : '';
  return [`${picture}${sanitizeForTerminal(input)}: ${label}`, ...bars].join('\n');
}
