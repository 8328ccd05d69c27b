/**
 * Predictions as text, table, CSV and JSON.
 */
import { csvText } from '../saved/csv.ts';
import { printable } from '../core/printable.ts';
import type { Prediction } from '../core/scoring/predict.ts';
import type { SavedModel } from '../saved/saved-model.ts';
import { drawGrey } from './draw-grey.ts';
import type { Row } from './predict-inputs.ts';
import { left, tableText } from '../core/table.ts';
import { percent } from '../core/text.ts';

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
  return predictions.map(({ label, probabilities }) => ({
    label: threshold === undefined ? label : classNames[probabilities[1] > threshold ? 1 : 0],
    probabilities,
    top: probabilities
      .map((probability, k) => ({ label: classNames[k], probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, topK),
  }));
}

/** A line an input: its label, then the most probable classes. */
export function predictionTable(rows: Row[], ranked: Ranked[]): string {
  const lines = rows.map(({ input }, i) => [
    ending(printable(input), 40),
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
    ['input', 'label', ...classNames],
    ...rows.map(({ input }, i) => [input, ranked[i].label, ...ranked[i].probabilities]),
  ]);

/** The picture, where it is a grey one, and a bar for each class: in the order of classes, or of a ranking. */
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
  return `${picture}${printable(input)}: ${label}\n${bars.join('\n')}`;
}
