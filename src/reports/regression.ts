/**
 * What a report shows of a model that predicts a number: predicted against true, what remains, and the largest errors.
 */
import { disposeAll, toVariables } from '../model/parameters.ts';
import { outputsOf } from '../evaluation/evaluate.ts';
import { inUnits } from '../evaluation/regression.ts';
import type { RunReport } from '../weights/run-facts.ts';
import { chart } from './chart.ts';
import { html, short, type Html } from './html.ts';
import { table } from './table.ts';

const mostErrors = 12;

/** Of the test rows, in the target's unit. The backend of the run must be in use. */
export function regressionSections({ model, dataset, result }: RunReport): Html {
  const { test, classNames } = dataset;
  const [target] = classNames;
  const parameters = toVariables(result.parameters);
  const { logits } = outputsOf(model, parameters, test, classNames.length);
  disposeAll(parameters);
  const rows = Array.from(logits, (output, row) => {
    const predicted = inUnits(output, test.target);
    return { row, predicted, actual: test.labels[row], error: predicted - test.labels[row] };
  });
  const all = rows.flatMap(({ predicted, actual }) => [predicted, actual]);
  const [least, most] = all.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const place = (row: number): string => {
    const origin = test.origin?.(row);
    return origin ? [origin.file, origin.place].filter(Boolean).join(', ') : `row ${row + 1}`;
  };
  const points = (of: (row: (typeof rows)[number]) => [number, number]) => ({
    points: rows.map(of),
    notes: rows.map(({ row }) => place(row)),
    scattered: true,
  });
  const line = (from: [number, number], to: [number, number]) => ({ name: 'exact', points: [from, to] });
  const worst = rows.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error)).slice(0, mostErrors);
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
      columns: ['where', 'true', 'predicted', 'predicted − true'],
      rows: worst.map(({ row, actual, predicted, error }) => [
        place(row),
        short(actual),
        short(predicted),
        short(error),
      ]),
    })}`;
}
