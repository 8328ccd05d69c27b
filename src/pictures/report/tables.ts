/**
 * The tables of a report. Every number of run.json that they show carries its place there.
 */
import type { Metrics } from '../../core/scoring/metrics.ts';
import { figure, html, percent, short, type Html } from './html.ts';

const scalars: [key: keyof Metrics, name: string, text: (value: number) => string][] = [
  ['accuracy', 'accuracy', percent],
  ['loss', 'loss', short],
  ['logLoss', 'log loss, nats', short],
  ['brierScore', 'Brier score', short],
  ['rocAuc', 'area under the ROC curve', short],
  ['averagePrecision', 'average precision', short],
];

/** One column per split. */
export function scoresTable(metrics: { train: Metrics; validation?: Metrics; test: Metrics }): Html {
  const splits = Object.entries(metrics).filter((entry): entry is [string, Metrics] => Boolean(entry[1]));
  const rowsOf = ({ perClass }: Metrics) => perClass.reduce((sum, { support }) => sum + support, 0);
  const averages = (['macro', 'weighted'] as const).flatMap((mean) =>
    (['precision', 'recall', 'f1'] as const).map(
      (key) =>
        html`<tr>
          <th scope="row">${mean} ${key === 'f1' ? 'F1' : key}</th>
          ${splits.map(
            ([split, of]) =>
              html`<td>
                ${figure(`metrics.${split}.${mean}.${key}`, of[mean][key], percent(of[mean][key]))}
              </td>`,
          )}
        </tr>`,
    ),
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th></th>
          ${splits.map(([split, of]) => html`<th scope="col">${split}, ${rowsOf(of)} rows</th>`)}
        </tr>
      </thead>
      <tbody>
        ${scalars
          .filter(([key]) => splits.some(([, of]) => of[key] !== undefined))
          .map(
            ([key, name, text]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${splits.map(([split, of]) => {
                  const value = of[key] as number | undefined;
                  return html`<td>
                    ${value === undefined ? '—' : figure(`metrics.${split}.${key}`, value, text(value))}
                  </td>`;
                })}
              </tr>`,
          )}${averages}
      </tbody>
    </table>
  </div>`;
}

/** Of the test rows. */
export function classTable({ perClass }: Metrics, classNames: string[]): Html {
  return html`<div class="scroll">
    <table>
      <caption>
        precision: of the rows called so, the share that are; recall: of the rows that are, the share called
        so
      </caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          ${['precision', 'recall', 'F1', 'rows'].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${perClass.map(
          (scores, k) =>
            html`<tr>
              <th scope="row">${classNames[k]}</th>
              ${(['precision', 'recall', 'f1'] as const).map(
                (key) =>
                  html`<td>
                    ${figure(`metrics.test.perClass.${k}.${key}`, scores[key], percent(scores[key]))}
                  </td>`,
              )}
              <td>${figure(`metrics.test.perClass.${k}.support`, scores.support, String(scores.support))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Shaded by the share of the actual class, in one hue that also greys apart. */
export function confusionTable({ confusionMatrix }: Metrics, classNames: string[]): Html {
  const cell = (count: number, row: number[], actual: number, predicted: number): Html => {
    const share = count / (row.reduce((sum, one) => sum + one, 0) || 1);
    // Square root: a share of one in a hundred should be seen.
    const shade = [255, 255, 255].map((light, i) =>
      Math.round(light + Math.sqrt(share) * ([0, 114, 178][i] - light)),
    );
    return html`<td
      style="background:rgb(${shade.join(',')});color:${share > 0.3 ? '#fff' : '#222'}"
      title="${percent(share)} of the rows of class ${classNames[actual]}"
    >
      ${figure(`metrics.test.confusionMatrix.${actual}.${predicted}`, count, String(count))}
    </td>`;
  };
  return html`<div class="scroll">
    <table class="confusion">
      <caption>
        rows: the actual class; columns: the predicted one; darker: more of the actual class
      </caption>
      <thead>
        <tr>
          <th></th>
          ${classNames.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${confusionMatrix.map(
          (row, actual) =>
            html`<tr>
              <th scope="row">${classNames[actual]}</th>
              ${row.map((count, predicted) => cell(count, row, actual, predicted))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and values; lists and long words may wrap. */
export const definitionTable = (
  rows: [name: string, value: string | number | boolean | Html | undefined][],
): Html =>
  html`<table>
    ${rows
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="text wrap">${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}</td>
          </tr>`,
      )}
  </table>`;
