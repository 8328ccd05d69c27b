/**
 * The parts of a report about how training went and what the model gets wrong.
 */
import type { RunReport } from '../../saved/run-facts.ts';
import type { EpochRecord } from '../../core/training/types.ts';
import { chart } from './chart.ts';
import type { Details } from './details.ts';
import { html, percent, png, short, type Html } from './html.ts';

type HistoryKey = Exclude<keyof EpochRecord, 'epoch'>;

export const historyPoints = (history: EpochRecord[], key: HistoryKey, factor = 1): [number, number][] =>
  history.flatMap((record): [number, number][] => {
    const value = record[key];
    return value === undefined ? [] : [[record.epoch, value * factor]];
  });

/** Milliseconds per epoch, over the epochs between two records. */
export const timePoints = (history: EpochRecord[]): [number, number][] =>
  history.map(({ epoch, seconds }, i) => {
    const before = history[i - 1] ?? { epoch: 0, seconds: 0 };
    return [epoch, (1000 * (seconds - before.seconds)) / (epoch - before.epoch)];
  });

export function learningCurves({ result: { history } }: RunReport): Html {
  if (history.length === 0) return html`<p>No epoch was recorded before training ended.</p>`;
  const both = (key: 'loss' | 'accuracy', ofValidation: HistoryKey, factor?: number) => [
    { name: 'training', points: historyPoints(history, key, factor) },
    { name: 'validation', points: historyPoints(history, ofValidation, factor) },
  ];
  const x = { label: 'epoch', min: 0, integer: true };
  return html`<div class="side-by-side">
    ${chart({ title: 'Loss', x, y: { label: 'loss', min: 0 }, series: both('loss', 'validationLoss'), mayBeLogarithmic: true })}
    ${chart({ title: 'Accuracy', x, y: { label: 'accuracy in %' }, series: both('accuracy', 'validationAccuracy', 100) })}
    ${chart({
      title: 'Time per epoch',
      x,
      y: { label: 'milliseconds', min: 0 },
      series: [{ name: 'mean since the record before', points: timePoints(history) }],
    })}
  </div>`;
}

/** ROC and precision-recall curves of binary models, and calibration of all. */
export function probabilityCharts({ metrics: { test }, model }: RunReport, details: Details): Html {
  const { roc, precisionRecall, calibration } = details;
  const share = (label: string) => ({ label, min: 0, max: 1 });
  const at = (threshold: number) => (Number.isFinite(threshold) ? `threshold ${short(threshold)}` : 'no row');
  const binary = model.task === 'binary';
  return html`<div class="side-by-side">
    ${
      roc &&
      chart({
        title: `Receiver operating characteristic, area ${short(test.rocAuc!)}`,
        x: share('false positive rate'),
        y: share('true positive rate'),
        series: [
          {
            name: 'true positive rate',
            points: roc.map((point) => [point.falsePositiveRate, point.truePositiveRate]),
            notes: roc.map(({ threshold }) => at(threshold)),
          },
        ],
        hover: 'point',
        diagonal: true,
      })
    }
    ${
      precisionRecall &&
      chart({
        title: `Precision and recall, average precision ${short(test.averagePrecision!)}`,
        x: share('recall'),
        y: share('precision'),
        series: [
          {
            name: 'precision',
            points: precisionRecall.map(({ recall, precision }) => [recall, precision]),
            notes: precisionRecall.map(({ threshold }) => at(threshold)),
          },
        ],
        hover: 'point',
      })
    }
    ${chart({
      title:
        `Calibration: ${binary ? 'does class 1' : 'is the predicted class right'} as often as predicted?`.replace(
          'does class 1',
          'is it class 1',
        ),
      x: share(`mean predicted probability${binary ? ' of class 1' : ''}`),
      y: share(binary ? 'share of class 1' : 'share that is right'),
      series: [
        {
          name: binary ? 'share of class 1' : 'share that is right',
          points: calibration.map(({ predicted, happened }) => [predicted, happened]),
          notes: calibration.map(({ rows }) => `${rows} rows`),
          dots: true,
        },
      ],
      hover: 'point',
      diagonal: true,
    })}
  </div>`;
}

export function mistakesSection({ dataset: { classNames } }: RunReport, details: Details): Html {
  const { mistakes, mistakesInAll } = details;
  if (mistakesInAll === 0) return html`<p>Every test row is classified rightly.</p>`;
  const title = html`<p>
    ${mistakesInAll} test rows are classified wrongly; the ${mistakes.length} of which the model is surest:
  </p>`;
  if (mistakes[0].picture) {
    return html`${title}
      <div class="mistakes">
        ${mistakes.map(
          ({ row, actual, predicted, probability, picture }) =>
            html`<figure>
              ${png(picture!, `test row ${row}`)}${percent(probability)} ${classNames[predicted]},<br />is
              ${classNames[actual]} <span class="faint">(row ${row})</span>
            </figure>`,
        )}
      </div>`;
  }
  const hasValues = mistakes[0].values !== undefined;
  return html`${title}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">row</th>
            ${hasValues && html`<th scope="col" class="text">values</th>`}
            <th scope="col" class="text">predicted</th>
            <th scope="col">with</th>
            <th scope="col" class="text">is</th>
          </tr>
        </thead>
        <tbody>
          ${mistakes.map(
            ({ row, actual, predicted, probability, values }) =>
              html`<tr>
                <td>${row}</td>
                ${hasValues && html`<td class="text">${values!.map((value) => short(value)).join(', ')}</td>`}
                <td class="text">${classNames[predicted]}</td>
                <td>${percent(probability)}</td>
                <td class="text">${classNames[actual]}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function gradientSection({ gradientNorms, gradientRows }: Details): Html {
  return html`<p>
      Euclidean norms of the gradients written by hand, on the first ${gradientRows} training rows. A layer
      whose gradient is far smaller than the others’ hardly learns.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">parameter</th>
            <th scope="col">shape</th>
            <th scope="col">gradient before training</th>
            <th scope="col">after</th>
            <th scope="col">parameter after</th>
          </tr>
        </thead>
        <tbody>
          ${gradientNorms.map(
            ({ name, shape, before, after, size }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${shape.join('×')}</td>
                <td>${before === undefined ? '—' : short(before)}</td>
                <td>${short(after)}</td>
                <td>${short(size)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
