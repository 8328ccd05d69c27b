/**
 * Results for people: metrics and predictions as text of at most 80 columns, and the warning about a useless model.
 */
import { type AverageScores, headlineOf, majorityOf, type Metrics } from '../../evaluation/metrics.ts';
import { isRegression } from '../../evaluation/regression.ts';
import { isTokenMetrics } from '../../evaluation/tokens.ts';
import { left, percent, sanitizeForTerminal, shellWord, right, tableText } from '../../utils/text.ts';
import { drawGrey, type FailedRow, isFailed, type Row } from './prediction-inputs.ts';
import { csvText, unchanged } from '../../data/formats/csv.ts';
import { writtenAt } from '../../data/table/table.ts';
import type { LoadedDataset } from '../../data/dataset.ts';
import type { Model } from '../../model/model.ts';
import type { Prediction } from '../../evaluation/predict.ts';
import { InputError } from '../../utils/errors.ts';
import type { SavedModel } from '../../weights/saved-model.ts';
import type { RunReport } from '../../weights/run-record.ts';

const widest = 80;
const longestName = 30;

const short = (name: string, most: number): string =>
  name.length > most ? `${name.slice(0, most - 1)}…` : name;

/**
 * All metrics, for `zoo evaluate`.
 *
 * @param rows number of rows that were scored
 * @param threshold of a binary model, if it is not ½
 */
export function metricsText(
  metrics: Metrics,
  classNames: string[],
  rows: number,
  threshold?: number,
): string {
  if (isTokenMetrics(metrics)) {
    const { loss, perplexity, accuracy, tokens } = metrics;
    return `test loss ${loss.toFixed(5)} nats per character of ${tokens} characters, perplexity ${perplexity.toFixed(3)}, accuracy ${percent(accuracy)}`;
  }
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
    ...figureLines(metrics, names, threshold),
    '',
    classTable(metrics, names),
    '',
    ...confusionTable(metrics.confusionMatrix, names),
  ].join('\n');
}

/** `97.00 % (always ok, the most frequent)` */
export function baselineText(metrics: Metrics, classNames: string[]): string {
  const { label, share } = majorityOf(metrics);
  return `${percent(share)} (always ${short(classNames[label], longestName)}, the most frequent)`;
}

/** Of a binary model, for `--json`: the class that ranking metrics and thresholds are about. */
export const positiveClassOf = ({ task }: Pick<Model, 'task'>, classNames: string[]) =>
  task === 'binary' ? { positiveClass: classNames[1] } : {};

function figureLines(metrics: Metrics, names: string[], threshold = 0.5): string[] {
  const { logLoss, brierScore, rocAuc, averagePrecision } = metrics;
  return [
    `baseline ${baselineText(metrics, names)}`,
    `log loss ${logLoss.toFixed(5)} nats, Brier score ${brierScore.toFixed(5)}`,
    ...(averagePrecision === undefined
      ? []
      : [
          `average precision ${averagePrecision.toFixed(5)}` +
            (rocAuc === undefined ? '' : `, ROC AUC ${rocAuc.toFixed(5)}`),
          `positive class ${short(names[1], longestName)} (above probability ${threshold})`,
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
 * @param threshold of a binary model: the probability that the positive class, the second, must exceed to be the label
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

/** An input, predicted or not. */
type Input = Pick<Row, 'input' | 'from'>;

const notPredicted = 'not predicted';

/** One line per input: its label, then the most probable classes. */
export function predictionTable(rows: Input[], ranked: (Ranked | undefined)[]): string {
  const lines = rows.map(({ input }, i) => [
    ending(sanitizeForTerminal(input), 40),
    ranked[i]?.label ?? notPredicted,
    (ranked[i]?.top ?? []).map(({ label, probability }) => `${label} ${percent(probability)}`).join(', '),
  ]);
  return tableText(left('input', 'label', 'most probable'), lines);
}

/** The last characters of a path, which are the most specific. */
const ending = (text: string, most: number): string =>
  text.length > most ? `…${text.slice(1 - most)}` : text;

const hasProbabilities = (ranked: (Ranked | undefined)[]): boolean =>
  ranked.some((one) => one && one.probabilities.length > 0);

export const predictionCsv = (
  rows: Input[],
  ranked: (Ranked | undefined)[],
  classNames: string[],
): string => {
  const classes = hasProbabilities(ranked) ? classNames : [];
  return csvText([
    ['input', 'label', ...classes],
    ...rows.map(({ input }, i) => [
      input,
      ranked[i]?.label,
      ...(ranked[i]?.probabilities ?? classes.map(() => '')),
    ]),
  ]);
};

/**
 * The rows of a table with predictions in further columns.
 *
 * @throws InputError if the inputs are not rows of one table
 */
export function tableWithPredictions(
  rows: Input[],
  ranked: (Ranked | undefined)[],
  classNames: string[],
  target: string,
): string {
  const table = rows[0].from?.table;
  if (!table || rows.some(({ from }) => from?.table !== table)) {
    throw new InputError(
      '--out writes a table with predictions: name one table file with the columns of the training data.',
    );
  }
  const classes = hasProbabilities(ranked) ? classNames : [];
  return csvText([
    [
      ...table.columns.map(({ name }) => unchanged(name)),
      `predicted ${target}`,
      ...classes.map((name) => `probability of ${name}`),
    ],
    ...rows.map(({ from }, i) => [
      ...table.columns.map((column) => unchanged(writtenAt(column, from!.row))),
      ranked[i]?.value ?? ranked[i]?.label,
      ...(ranked[i]?.probabilities ?? classes.map(() => '')),
    ]),
  ]);
}

/** The image if it is gray, and a bar per class, in the order of classes or ranked. */
export function predictionText(
  { file }: SavedModel,
  row: Row | FailedRow,
  ranked: Ranked | undefined,
  ranking: boolean,
): string {
  if (isFailed(row) || !ranked) return `${sanitizeForTerminal(row.input)}: ${notPredicted}`;
  const { input, values } = row;
  const { label, probabilities, top } = ranked;
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

/** With such a share of one class, the others are hardly learned. */
const imbalanced = 0.85;
/** Scores within this margin of the baseline may be due to chance. */
const margin = 0.01;

/**
 * A warning for a model that is no better than the trivial baseline: always predicting the most frequent class, or for
 * a regression the mean. Undefined for a better model and for a training that is not complete.
 */
export function baselineWarning({ request, status, metrics }: RunReport): string | undefined {
  if (status !== 'complete') return undefined;
  const { train, baselines } = metrics;
  if (isTokenMetrics(train)) {
    if (!baselines || train.loss < baselines.uniform - margin) return undefined;
    return `No better than calling all characters equally probable (${baselines.uniform.toFixed(4)} nats). ${advice(request)}`;
  }
  if (isRegression(train)) {
    if (train.r2 > margin) return undefined;
    return `No better than always predicting the mean (R² ${train.r2.toFixed(4)}). ${advice(request)}`;
  }
  if (request.recipe.classWeights === 'balanced') {
    // It trades accuracy for the recall of rare classes.
    const { recall } = train.macro;
    if (recall > 1 / train.perClass.filter(({ support }) => support > 0).length + margin) return undefined;
    return `No better than chance (mean recall of the classes ${percent(recall)}). ${advice(request)}`;
  }
  const baseline = majorityOf(train).share;
  if (train.accuracy > baseline + margin) return undefined;
  return (
    `No better than always predicting the most frequent class (training accuracy ${percent(train.accuracy)}, ` +
    `most frequent class ${percent(baseline)}). ` +
    (baseline > imbalanced ? 'Try --class-weights balanced.' : advice(request))
  );
}

function advice({ definition, options, recipe }: RunReport['request']): string {
  const reason = definition.cannotLearn?.(options);
  if (reason !== undefined) return reason;
  const { learningRate, epochs, steps } = definition.recipe;
  if (recipe.learningRate > 10 * learningRate || recipe.learningRate < learningRate / 10) {
    return `Try --learning-rate ${learningRate}, the default, instead of ${recipe.learningRate}.`;
  }
  if (recipe.steps < steps / 2) return `Try --steps ${steps}, the default.`;
  if (recipe.epochs < epochs / 2) return `Try --epochs ${epochs}, the default.`;
  return 'Try another --learning-rate, more --epochs or another --seed.';
}

/** Training and test scores that differ by more, and by more than chance, diverge; losses of tokens, in nats. */
const maxGap = 0.1;
const maxLossGap = 0.3;

/**
 * A warning for a model that scores much better on its training rows than on test rows, and a note where no rows of the
 * user's data were held out for validation. Both name the options that help.
 */
export function overfittingWarning({
  request,
  status,
  metrics,
  dataset,
  result,
}: RunReport): string | undefined {
  if (status !== 'complete' || dataset.test === dataset.train) return undefined;
  const [train, test] = [headlineOf(metrics.train), headlineOf(metrics.test)];
  const isLoss = test.key === 'loss';
  const gap = isLoss ? test.value - train.value : train.value - test.value;
  const noise = test.key === 'accuracy' ? Math.sqrt((test.value * (1 - test.value)) / dataset.test.rows) : 0;
  const stopping = dataset.validation ? '--patience 20' : '--validation 0.2 --patience 20';
  const isStopped = result.validationRows > 0 && request.recipe.patience > 0;
  if (gap > Math.max(isLoss ? maxLossGap : maxGap, 2 * noise)) {
    const { options } = request.definition;
    const ofModel = (names: string[], what: string): string[] =>
      names.filter((name) => name in options).map((name) => `${what} --${name}`);
    const remedies = [
      ...(isStopped ? [] : [stopping]),
      ...ofModel(['l2', 'dropout'], 'a larger'),
      ...ofModel(['hidden', 'units', 'filters', 'width'], 'a smaller'),
      'more rows',
    ];
    return `The model overfits: training ${train.name} ${train.text}, test ${test.name} ${test.text}. Try ${remedies.join(', ')}.`;
  }
  if (!dataset.own || result.validationRows > 0) return undefined;
  return `No rows were held out for validation: ${stopping} ends training when other rows no longer improve.`;
}

/** A warning if most rows of the user's data belong to the class that counts as positive because it is the second. */
export function positiveWarning({ own, classNames, train }: LoadedDataset): string | undefined {
  if (!own || own.positive !== undefined || classNames.length !== 2) return undefined;
  const share = train.labels.filter((label: number) => label === 1).length / train.rows;
  if (share <= 0.5) return undefined;
  const [other, positive] = classNames.map((name) => short(sanitizeForTerminal(name), longestName));
  return (
    `The positive class is ${positive}, the second of two and ${percent(share, 0)} of the rows: precision, recall and ranking ` +
    `are those of ${positive}. If ${other} is to be found, train with --positive ${shellWord(classNames[0])}.`
  );
}
