/**
 * The parts of a report about how training went and what the model gets wrong.
 */
import type { EpochRecord } from '../training/types.ts';
import { called, counted, percent } from '../utils/text.ts';
import type { RunReport } from '../weights/run-facts.ts';
import type { Series } from './pictures/chart.ts';
import { epochs, learningCurves } from './pictures/learning-curve.ts';
import { chart } from './chart.ts';
import type { Details, GradientNorms, Mistake } from './details.ts';
import { html, png, short, type Html } from './html.ts';
import { table } from './table.ts';

/** Milliseconds per epoch, over the epochs between two records. */
export const timePoints = (history: EpochRecord[]): [number, number][] =>
  history.map(({ epoch, seconds }, i) => {
    const before = history[i - 1] ?? { epoch: 0, seconds: 0 };
    return [epoch, (1000 * (seconds - before.seconds)) / (epoch - before.epoch)];
  });

export function learningSection({ result: { history } }: RunReport): Html {
  if (history.length === 0) return html`<p>No epoch was recorded before training ended.</p>`;
  const [loss, accuracy] = learningCurves(history);
  const time = { name: 'mean since the record before', points: timePoints(history) };
  return html`<div class="charts">
    ${chart({ ...loss, mayBeLogarithmic: true })} ${accuracy && chart(accuracy)}
    ${chart({ title: 'Time per epoch', x: epochs, y: { label: 'milliseconds', min: 0 }, series: [time] })}
  </div>`;
}

const diagonal = (name: string): Series => ({
  name,
  points: [
    [0, 0],
    [1, 1],
  ],
});

const share = (label: string) => ({ label, min: 0, max: 1 });

/** ROC and precision-recall curves of binary models, and calibration of all. */
export function probabilitySection(report: RunReport, details: Details): Html {
  const { test } = report.metrics;
  const { roc = [], precisionRecall = [], calibration } = details;
  const binary = report.model.task === 'binary';
  const [negative, positive] = report.dataset.classNames.map(called);
  const at = ({ threshold }: { threshold: number }) =>
    Number.isFinite(threshold) ? `threshold ${short(threshold)}` : 'no row';
  return html`${
      binary &&
      html`<p>
        The positive class is <b>${positive}</b>: probabilities are those of it, and a row is called so above
        one half, else ${negative}.
      </p>`
    }
    <div class="charts">
      ${chart({
        title: `Receiver operating characteristic of ${positive}, area ${short(test.rocAuc ?? NaN)}`,
        x: share('false positive rate'),
        y: share('true positive rate'),
        series: [
          {
            name: 'true positive rate',
            points: roc.map((point) => [point.falsePositiveRate, point.truePositiveRate]),
            notes: roc.map(at),
          },
          ...(roc.length > 0 ? [diagonal('random ranking')] : []),
        ],
        hover: 'point',
      })}
      ${chart({
        title: `Precision and recall of ${positive}, average precision ${short(test.averagePrecision ?? NaN)}`,
        x: share('recall'),
        y: share('precision'),
        series: [
          {
            name: 'precision',
            points: precisionRecall.map(({ recall, precision }) => [recall, precision]),
            notes: precisionRecall.map(at),
          },
        ],
        hover: 'point',
      })}
      ${chart({
        title: `Calibration: is ${binary ? `it ${positive}` : 'the predicted class right'} as often as predicted?`,
        x: share('mean predicted probability'),
        y: share('observed share'),
        series: [
          {
            name: 'observed share',
            points: calibration.map(({ predicted, happened }) => [predicted, happened]),
            notes: calibration.map(({ rows }) => counted(rows, 'row')),
          },
          diagonal('perfect calibration'),
        ],
        hover: 'point',
      })}
    </div>`;
}

/** `12 test rows are classified wrongly, the surest first:` for every number of them. */
export function mistakesText(inAll: number, shown: number, file?: string): string {
  if (inAll === 0) return 'Every test row is classified rightly.';
  const rows = `${counted(inAll, 'test row')} ${inAll === 1 ? 'is' : 'are'} classified wrongly`;
  const which =
    inAll > shown
      ? `; ${shown === 1 ? 'the one' : `the ${shown}`} of which the model is surest`
      : inAll > 1
        ? ', the surest first'
        : '';
  return `${rows}${which}${file ? `, from ${file}` : ''}:`;
}

export function mistakesSection({ dataset: { classNames } }: RunReport, details: Details): Html {
  const { mistakes, mistakesInAll } = details;
  const files = [...new Set(mistakes.map(({ origin }) => origin?.file))];
  const [file] = files.length === 1 ? files : [];
  /** Where a row is found: in the file that the text above names, or in one of its own. */
  const place = ({ row, origin }: Mistake): string =>
    origin ? [!file && origin.file, origin.place].filter(Boolean).join(', ') || origin.file : `row ${row}`;
  const title = html`<p>${mistakesText(mistakesInAll, mistakes.length, file)}</p>`;
  if (mistakes.length === 0) return title;
  if (mistakes[0].picture) {
    return html`${title}
      <div class="mistakes">
        ${mistakes.map(
          (mistake) =>
            html`<figure>
              ${png(mistake.picture!, `test row ${mistake.row}`)}${percent(mistake.probability)}
              ${classNames[mistake.predicted]},<br />is ${classNames[mistake.actual]}
              <span class="faint">(${place(mistake)})</span>
            </figure>`,
        )}
      </div>`;
  }
  const hasValues = mistakes[0].values !== undefined;
  return html`${title}
  ${table({
    columns: [
      'where',
      ...(hasValues ? [{ words: 'values' }] : []),
      { words: 'predicted' },
      'with',
      { words: 'is' },
    ],
    rows: mistakes.map((mistake) => [
      place(mistake),
      ...(hasValues ? [mistake.values!.map((value) => Number(value.toPrecision(5))).join(', ')] : []),
      classNames[mistake.predicted],
      percent(mistake.probability),
      classNames[mistake.actual],
    ]),
  })}`;
}

export const gradientSection = ({ gradientNorms, gradientRows }: GradientNorms): Html =>
  html`<p>
      Euclidean norms of the gradients written by hand, on
      ${gradientRows === 1 ? 'the first training row' : `the first ${gradientRows} training rows`}. A layer
      whose gradient is far smaller than the others’ hardly learns.
    </p>
    ${table({
      columns: ['parameter', 'shape', 'gradient before training', 'after', 'parameter after'],
      rows: gradientNorms.map(({ name, shape, before, after, size }) => [
        name,
        shape.join('×'),
        before === undefined ? undefined : short(before),
        short(after),
        short(size),
      ]),
    })}`;
