/**
 * Results for people: metrics and predictions as text of at most 80 columns, and the warning about a useless model.
 */
import type { AverageScores, Metrics } from '../../evaluation/metrics.ts';
import { isRegression } from '../../evaluation/regression.ts';
import { left, percent, sanitizeForTerminal, right, tableText } from '../../utils/text.ts';
import { drawGrey, type Row } from './prediction-inputs.ts';
import { csvText, unchanged } from '../../data/formats/csv.ts';
import { writtenAt } from '../../data/table/table.ts';
import type { Prediction } from '../../evaluation/predict.ts';
import { InputError } from '../../utils/errors.ts';
import type { SavedModel } from '../../weights/saved-model.ts';
import type { RunReport } from '../../weights/run-record.ts';

const widest = 80;
const longestName = 30;

const short = (name: string, most: number): string =>
  name.length > most ? `${name.slice(0, most - 1)}…` : name;

/** All metrics, for `zoo evaluate`. @param rows number of rows that were scored */
export function metricsText(metrics: Metrics, classNames: string[], rows: number): string {
  if (isRegression(metrics)) {
    const { r2, rmse, mae, loss } = metrics;
    return [
      `${sanitizeForTerminal(classNames[0])}: test R² ${rows < 2 ? 'undefined (one row)' : `${r2.toFixed(5)} of ${rows} rows`}, loss ${loss.toPrecision(5)}`,
      `root mean squared error ${rmse.toPrecision(5)}, mean absolute error ${mae.toPrecision(5)}`,
    ].join('\n');
  }
  const names = classNames.map((name) => sanitizeForTerminal(name));
  return [
    `test accuracy ${percent(metrics.accuracy)} of ${rows} rows, loss ${metrics.loss.toPrecision(5)}`,
    ...figureLines(metrics),
    '',
    classTable(metrics, names),
    '',
    ...confusionTable(metrics.confusionMatrix, names),
  ].join('\n');
}

function figureLines({ logLoss, brierScore, rocAuc, averagePrecision }: Metrics): string[] {
  return [
    `log loss ${logLoss.toFixed(5)} nats, Brier score ${brierScore.toFixed(5)}`,
    ...(averagePrecision === undefined
      ? []
      : [
          `average precision ${averagePrecision.toFixed(5)}` +
            (rocAuc === undefined ? '' : `, ROC AUC ${rocAuc.toFixed(5)}`),
        ]),
  ];
}

function classTable({ perClass, macro, weighted }: Metrics, names: string[]): string {
  const rows = perClass.reduce((sum, { support }) => sum + support, 0);
  const line = (name: string, { precision, recall, f1 }: AverageScores, support: number): string[] => [
    short(name, longestName),
    ...[precision, recall, f1].map((share) => percent(share)),
    String(support),
  ];
  return tableText(
    [...left('class'), ...right('precision', 'recall', 'F1', 'rows')],
    [
      ...perClass.map((scores, k) => line(names[k], scores, scores.support)),
      line('macro average', macro, rows),
      line('weighted average', weighted, rows),
    ],
  );
}

/** Columns are labeled by class names if these are short, otherwise by numbers. */
function confusionTable(matrix: number[][], names: string[]): string[] {
  const title = 'confusion matrix (rows: actual, columns: predicted)';
  const longestCount = Math.max(...matrix.flat().map((count) => String(count).length));
  const cell = Math.max(5, longestCount) + 1;
  const numbered = names.some((name) => name.length >= cell);
  const rowNames = names.map((name, k) => short(numbered ? `${k}: ${name}` : name, longestName));
  const first = Math.max(...rowNames.map((name) => name.length)) + 2;
  if (first + cell * names.length > widest) {
    return ['confusion matrix: too wide to print; see --json'];
  }
  const line = (name: string, cells: (string | number)[]): string =>
    name.padStart(first) + cells.map((value) => String(value).padStart(cell)).join('');
  return [
    title,
    line('', numbered ? names.map((_, k) => k) : names),
    ...matrix.map((row, k) => line(rowNames[k], row)),
  ];
}

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

/** The last characters of a path, which are the most specific. */
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
      ...table.columns.map(({ name }) => unchanged(name)),
      `predicted ${target}`,
      ...(withProbabilities ? classNames.map((name) => `probability of ${name}`) : []),
    ],
    ...rows.map(({ from }, i) => [
      ...table.columns.map((column) => unchanged(writtenAt(column, from!.row))),
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

/** Scores within this margin of the baseline may be due to chance. */
const margin = 0.01;

/**
 * A warning for a model that is no better than the trivial baseline: always predicting the most frequent class, or for
 * a regression the mean. Undefined for a better model and for a training that is not complete.
 */
export function baselineWarning({ request, status, metrics }: RunReport): string | undefined {
  if (status !== 'complete') return undefined;
  const { train } = metrics;
  if (isRegression(train)) {
    if (train.r2 > margin) return undefined;
    return `No better than always predicting the mean (R² ${train.r2.toFixed(4)}). ${advice(request)}`;
  }
  const rowsPerClass = train.confusionMatrix.map(sum);
  const baseline = Math.max(...rowsPerClass) / sum(rowsPerClass);
  if (train.accuracy > baseline + margin) return undefined;
  return (
    `No better than always predicting the most frequent class (training accuracy ${percent(train.accuracy)}, ` +
    `most frequent class ${percent(baseline)}). ${advice(request)}`
  );
}

function advice({ definition, options, recipe }: RunReport['request']): string {
  const reason = definition.cannotLearn?.(options);
  if (reason !== undefined) return reason;
  const { learningRate, epochs } = definition.recipe;
  if (recipe.learningRate > 10 * learningRate || recipe.learningRate < learningRate / 10) {
    return `Try --learning-rate ${learningRate}, the default, instead of ${recipe.learningRate}.`;
  }
  if (recipe.epochs < epochs / 2) return `Try --epochs ${epochs}, the default.`;
  return 'Try another --learning-rate, more --epochs or another --seed.';
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
