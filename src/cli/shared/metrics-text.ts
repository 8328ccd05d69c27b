/**
 * Metrics for people, in at most 80 columns.
 */
import type { AverageScores, Metrics } from '../../evaluation/metrics.ts';
import { isRegression } from '../../evaluation/regression.ts';
import { left, percent, sanitizeForTerminal, right, tableText } from '../../utils/text.ts';

const widest = 80;
const longestName = 30;

const short = (name: string, most: number): string =>
  name.length > most ? `${name.slice(0, most - 1)}…` : name;

/** The whole of it, for `zoo evaluate`. @param rows that were scored */
export function metricsText(metrics: Metrics, classNames: string[], rows: number): string {
  if (isRegression(metrics)) {
    const { r2, rmse, mae, loss } = metrics;
    return [
      `${sanitizeForTerminal(classNames[0])}: test R² ${r2.toFixed(5)} of ${rows} rows, loss ${loss.toPrecision(5)}`,
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

/** Columns carry names where these are short, else the rows' numbers. */
function confusionTable(matrix: number[][], names: string[]): string[] {
  const title = 'confusion matrix (rows: actual, columns: predicted)';
  const longestCount = Math.max(...matrix.flat().map((count) => String(count).length));
  const cell = Math.max(5, longestCount) + 1;
  const numbered = names.some((name) => name.length >= cell);
  const rowNames = names.map((name, k) => short(numbered ? `${k}: ${name}` : name, longestName));
  const first = Math.max(...rowNames.map((name) => name.length)) + 2;
  if (first + cell * names.length > widest) {
    return ['confusion matrix: too wide for this page, --json has it'];
  }
  const line = (name: string, cells: (string | number)[]): string =>
    name.padStart(first) + cells.map((value) => String(value).padStart(cell)).join('');
  return [
    title,
    line('', numbered ? names.map((_, k) => k) : names),
    ...matrix.map((row, k) => line(rowNames[k], row)),
  ];
}
