/**
 * The scores of a run. Every number of run.json that is shown carries its place there.
 */
import type { Examples, RowOrigin } from '../data/dataset.ts';
import { outputsOf } from '../evaluation/evaluate.ts';
import { type AverageScores, majorityOf, type Metrics } from '../evaluation/metrics.ts';
import { inUnits, isRegression, type RegressionMetrics } from '../evaluation/regression.ts';
import { isTokenMetrics, type TokenMetrics } from '../evaluation/tokens.ts';
import { withParameters } from '../model/parameters.ts';
import { chart } from './chart.ts';
import { figure, html, type Html, short, table } from './html.ts';
import { counted, percent, sanitizeForTerminal } from '../utils/text.ts';
import type { RunReport } from '../weights/run-record.ts';

export type SplitMetrics = { train: Metrics; validation?: Metrics; test: Metrics };

/** What people call the splits: the validation rows choose settings, the test rows choose nothing. */
export const splitNames = { train: 'training', validation: 'validation', test: 'test' } as const;

type Scalar = [
  key: keyof Metrics | keyof RegressionMetrics | keyof TokenMetrics,
  name: string,
  text: (value: number) => string,
];

const scalars: Scalar[] = [
  ['accuracy', 'accuracy', percent],
  ['r2', 'R²', short],
  ['rmse', 'root mean squared error', short],
  ['mae', 'mean absolute error', short],
  ['loss', 'loss', short],
  ['perplexity', 'perplexity, e to the loss', short],
  ['tokens', 'characters predicted', String],
  ['logLoss', 'log loss, nats', short],
  ['brierScore', 'Brier score', short],
  ['rocAuc', 'area under the ROC curve', short],
  ['averagePrecision', 'average precision', short],
];

/** One column per split. @param positive the class of which areas and average precision are */
export function scoresTable(
  metrics: SplitMetrics,
  rows: Record<keyof typeof splitNames, number>,
  positive: string | undefined,
): Html {
  const splits = (['train', 'validation', 'test'] as const).flatMap((name) => {
    const of = metrics[name];
    return of ? [{ name, of }] : [];
  });
  const row = (
    name: string,
    path: string,
    valueOf: (of: Metrics) => number | undefined,
    text: (value: number) => string,
  ) => [
    name,
    ...splits.map((split) => {
      const value = valueOf(split.of);
      return value === undefined ? undefined : figure(`metrics.${split.name}.${path}`, value, text(value));
    }),
  ];
  const scalar = (of: Metrics, key: string) => (of as unknown as Record<string, number | undefined>)[key];
  const hasClasses = !isRegression(metrics.test) && !isTokenMetrics(metrics.test);
  const means = hasClasses ? (['macro', 'weighted'] as const) : [];
  return table({
    caption: positive && `area and average precision: how well ${positive} rows are put before the others`,
    columns: ['', ...splits.map(({ name }) => `${splitNames[name]}, ${counted(rows[name], 'row')}`)],
    rows: [
      ...(hasClasses
        ? [
            [
              'accuracy of always predicting the most frequent class',
              ...splits.map(({ of }) => percent(majorityOf(of).share)),
            ],
          ]
        : []),
      ...scalars
        .filter(([key]) => splits.some(({ of }) => scalar(of, key) !== undefined))
        .map(([key, name, text]) => row(name, key, (of) => scalar(of, key), text)),
      ...means.flatMap((mean) =>
        (['precision', 'recall', 'f1'] as (keyof AverageScores)[]).map((key) =>
          row(`${mean} ${key === 'f1' ? 'F1' : key}`, `${mean}.${key}`, (of) => of[mean][key], percent),
        ),
      ),
    ],
  });
}

/** Of the test rows. */
export const classTable = ({ perClass }: Metrics, classNames: string[]): Html =>
  table({
    caption:
      'precision: share of the rows predicted as the class that belong to it; recall: share of its rows that are predicted as it',
    columns: ['class', 'precision', 'recall', 'F1', 'rows'],
    rows: perClass.map((scores, k) => [
      classNames[k],
      ...(['precision', 'recall', 'f1'] as const).map((key) =>
        figure(`metrics.test.perClass.${k}.${key}`, scores[key], percent(scores[key])),
      ),
      figure(`metrics.test.perClass.${k}.support`, scores.support, String(scores.support)),
    ]),
  });

/** Shaded by the share of the actual class, in one hue that also greys apart. */
export const confusionTable = ({ confusionMatrix }: Metrics, classNames: string[]): Html =>
  table({
    caption: 'rows: the actual class; columns: the predicted one; darker: more of the actual class',
    kind: 'matrix',
    columns: ['', ...classNames],
    rows: confusionMatrix.map((row, actual) => [
      classNames[actual],
      ...row.map((count, predicted) => {
        const share = count / (row.reduce((sum, one) => sum + one, 0) || 1);
        return {
          content: figure(`metrics.test.confusionMatrix.${actual}.${predicted}`, count, String(count)),
          // Square root: a share of one in a hundred should be seen.
          share: Math.sqrt(share),
          note: `${percent(share)} of the rows of class ${classNames[actual]}`,
        };
      }),
    ]),
  });

/** Outputs of the trained model. The backend of the run must be in use. */
export function trainedOutputs({ model, dataset, result }: RunReport, examples: Examples) {
  return withParameters(result.parameters, (parameters) =>
    outputsOf(model, parameters, examples, dataset.classNames.length),
  );
}

/** Where a row is, counted from 1. @param file that all rows are of, if a text above names it */
export const placeOf = (row: number, origin?: RowOrigin, file?: string): string =>
  origin ? [!file && origin.file, origin.place].filter(Boolean).join(', ') || origin.file : `row ${row + 1}`;

/** Columns of a user's table beside a row, and characters of a cell. */
const maxCells = 20;
const maxCellLength = 40;

/** What the user wrote in rows of a table, as further columns; none where the rows are of no table. */
export function writtenCells(origins: (RowOrigin | undefined)[]) {
  const columns = origins[0]?.cells?.slice(0, maxCells) ?? [];
  const inAll = origins[0]?.cells?.length ?? 0;
  return {
    columns: columns.map(({ column }) => ({ words: column })),
    rows: origins.map((origin) =>
      columns.map((_, i) => sanitizeForTerminal(origin?.cells?.[i]?.text ?? '', maxCellLength)),
    ),
    caption: inAll > maxCells && `the first ${maxCells} of ${inAll} columns, as written`,
  };
}

const maxErrors = 12;

/** Of the test rows, in the target's unit. The backend of the run must be in use. */
export function regressionSections(report: RunReport): Html {
  const { test, classNames } = report.dataset;
  const [target] = classNames;
  const { logits } = trainedOutputs(report, test);
  const rows = Array.from(logits, (output, row) => {
    const predicted = inUnits(output, test.target);
    return { row, predicted, actual: test.labels[row], error: predicted - test.labels[row] };
  });
  const all = rows.flatMap(({ predicted, actual }) => [predicted, actual]);
  const least = all.reduce((low, value) => Math.min(low, value), Infinity);
  const most = all.reduce((high, value) => Math.max(high, value), -Infinity);
  const place = (row: number): string => placeOf(row, test.origin?.(row));
  const points = (of: (row: (typeof rows)[number]) => [number, number]) => ({
    points: rows.map(of),
    notes: rows.map(({ row }) => place(row)),
    scattered: true,
  });
  const line = (from: [number, number], to: [number, number]) => ({ name: 'exact', points: [from, to] });
  const worst = rows.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error)).slice(0, maxErrors);
  const written = writtenCells(worst.map(({ row }) => test.origin?.(row)));
  return html`<h2>Predictions for the test set</h2>
    <div class="charts">
      ${chart({
        title: `Predicted against true ${target}`,
        x: { label: `true ${target}` },
        y: { label: `predicted ${target}` },
        series: [
          { name: 'predicted', ...points(({ actual, predicted }) => [actual, predicted]) },
          line([least, least], [most, most]),
        ],
        hover: 'point',
      })}
      ${chart({
        title: 'Residuals: what the prediction has too much',
        x: { label: `predicted ${target}` },
        y: { label: 'predicted − true' },
        series: [
          { name: 'predicted − true', ...points(({ predicted, error }) => [predicted, error]) },
          line([least, 0], [most, 0]),
        ],
        hover: 'point',
      })}
    </div>
    <h2>Largest errors</h2>
    ${table({
      caption: written.caption,
      columns: ['where', ...written.columns, 'true', 'predicted', 'predicted − true'],
      rows: worst.map(({ row, actual, predicted, error }, i) => [
        place(row),
        ...written.rows[i],
        short(actual),
        short(predicted),
        short(error),
      ]),
    })}`;
}
