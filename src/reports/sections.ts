/**
 * The parts of a report about how training went and what the model gets wrong.
 */
import { disposeBatch, makeBatch } from '../data/batches.ts';
import type { Examples, RowOrigin } from '../data/dataset.ts';
import { decidingProbabilities, predictedClasses } from '../evaluation/metrics.ts';
import { namedBaselines } from '../evaluation/ngrams.ts';
import { type CalibrationBin, calibrationOf } from '../evaluation/probability.ts';
import {
  precisionRecallCurve,
  type PrecisionRecallPoint,
  rocCurve,
  type RocPoint,
} from '../evaluation/ranking.ts';
import { type ParameterSet, withParameters } from '../model/parameters.ts';
import { chart } from './chart.ts';
import { html, type Html, png, short, table } from './html.ts';
import type { Series } from './pictures/chart.ts';
import { placeOf, trainedOutputs, writtenCells } from './scores.ts';
import { learningCurves, timeAxis } from './pictures/line-chart.ts';
import { rasterPng } from './pictures/raster.ts';
import type { EpochRecord } from '../training/types.ts';
import { RandomState } from '../utils/random.ts';
import { valuesOf, type Values } from '../utils/tensors.ts';
import { called, counted, percent } from '../utils/text.ts';
import { tf } from '../utils/tf.ts';
import type { RunReport } from '../weights/run-record.ts';

/** Milliseconds per epoch or step, over those between two records. */
export const timePoints = (
  history: EpochRecord[],
  unit: 'epoch' | 'step' = timeAxis([history]).label,
): [number, number][] =>
  history.map(({ [unit]: done = NaN, seconds }, i) => {
    const { [unit]: doneBefore = 0, seconds: secondsBefore = 0 } = history[i - 1] ?? {};
    return [done, (1000 * (seconds - secondsBefore)) / (done - doneBefore)];
  });

export function learningSection({ result: { history }, metrics: { baselines } }: RunReport): Html {
  if (history.length === 0) return html`<p>No epoch was recorded before training ended.</p>`;
  const [loss, accuracy] = learningCurves(history, baselines && namedBaselines(baselines));
  const x = timeAxis([history]);
  const time = { name: 'mean since the previous record', points: timePoints(history) };
  return html`<div class="charts">
    ${chart({ ...loss, mayBeLogarithmic: true })} ${accuracy && chart(accuracy)}
    ${chart({ title: `Time per ${x.label}`, x, y: { label: 'milliseconds', min: 0 }, series: [time] })}
  </div>`;
}

const diagonal = (name: string): Series => ({
  name,
  points: [
    [0, 0],
    [1, 1],
  ],
});

/** A curve of y over x, both shares, with a note for each point. */
function curve(
  title: string,
  labels: [x: string, y: string],
  points: Series['points'],
  notes: string[],
  more: Series[] = [],
): Html | undefined {
  const [x, y] = labels.map((label) => ({ label, min: 0, max: 1 }));
  return chart({ title, x, y, series: [{ name: y.label, points, notes }, ...more], hover: 'point' });
}

const thresholds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Precision and recall of the positive class by `--threshold`. */
const thresholdTable = (points: PrecisionRecallPoint[], positive: string): Html =>
  table({
    columns: ['--threshold', `precision of ${positive}`, `recall of ${positive}`],
    rows: thresholds.map((threshold) => {
      const point = points.findLast((one) => one.threshold > threshold);
      // The point of threshold ∞ is that of no rows, which have no precision.
      const precision = point && Number.isFinite(point.threshold) ? percent(point.precision) : undefined;
      return [String(threshold), precision, point && percent(point.recall)];
    }),
  });

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
          The positive class is <b>${positive}</b>: probabilities are those of it, and a row is called so
          above one half, else ${negative}. <code>zoo evaluate</code> and <code>zoo predict</code> take other
          thresholds:
        </p>
        ${precisionRecall.length > 0 && thresholdTable(precisionRecall, positive)}`
    }
    <div class="charts">
      ${curve(
        `Receiver operating characteristic of ${positive}, area ${short(test.rocAuc ?? NaN)}`,
        ['false positive rate', 'true positive rate'],
        roc.map((point) => [point.falsePositiveRate, point.truePositiveRate]),
        roc.map(at),
        roc.length > 0 ? [diagonal('random ranking')] : [],
      )}
      ${curve(
        `Precision and recall of ${positive}, average precision ${short(test.averagePrecision ?? NaN)}`,
        ['recall', 'precision'],
        precisionRecall.map(({ recall, precision }) => [recall, precision]),
        precisionRecall.map(at),
      )}
      ${curve(
        `Calibration: is ${binary ? `it ${positive}` : 'the predicted class right'} as often as predicted?`,
        ['mean predicted probability', 'observed share'],
        calibration.map(({ predicted, happened }) => [predicted, happened]),
        calibration.map(({ rows }) => counted(rows, 'row')),
        [diagonal('perfect calibration')],
      )}
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
  const place = ({ row, origin }: Mistake): string => placeOf(row - 1, origin, file);
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
  const written = writtenCells(mistakes.map(({ origin }) => origin));
  return html`${title}
  ${table({
    caption: written.caption,
    columns: [
      'where',
      ...written.columns,
      ...(hasValues ? [{ words: 'values' }] : []),
      { words: 'predicted' },
      'with',
      { words: 'is' },
    ],
    rows: mistakes.map((mistake, i) => [
      place(mistake),
      ...written.rows[i],
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

export interface Mistake {
  /** Of the test set, counted from 1. */
  row: number;
  /** Where that row stands in the data's files. */
  origin?: RowOrigin;
  actual: number;
  predicted: number;
  /** Of the predicted class. */
  probability: number;
  /** PNG, where rows are pictures. */
  picture?: Buffer;
  /** The row's values, where they are few and used as they are. */
  values?: number[];
}

export interface GradientNorm {
  name: string;
  shape: number[];
  /** ‖∂L/∂parameter‖₂ at the initial parameters; undefined where these were not drawn for the whole. */
  before?: number;
  after: number;
  /** ‖parameter‖₂ now. */
  size: number;
}

export interface Details {
  roc?: RocPoint[];
  precisionRecall?: PrecisionRecallPoint[];
  /** Binary: of class 1; else of whichever class was predicted. */
  calibration: CalibrationBin[];
  mistakes: Mistake[];
  mistakesInAll: number;
}

export interface GradientNorms {
  gradientNorms: GradientNorm[];
  /** Training rows by which they were measured. */
  gradientRows: number;
}

const maxMistakes = 24;
const maxGradientRows = 500;
const maxValues = 8;

/** Of a model of classes. The backend of the run must be in use. */
export async function detailsOf(report: RunReport): Promise<Details> {
  const { model, dataset } = report;
  const { test } = dataset;
  const { logits, outputs } = trainedOutputs(report, test);
  const probabilities = decidingProbabilities(logits, model.task, outputs);
  const predicted = predictedClasses(logits, model.task, outputs);
  const binary = model.task === 'binary';
  const ofPredicted = Float64Array.from(predicted, (label, row) =>
    binary
      ? label === 1
        ? probabilities[row]
        : 1 - probabilities[row]
      : probabilities[row * outputs + label],
  );
  const wrong = Array.from(predicted.keys()).filter((row) => predicted[row] !== test.labels[row]);
  wrong.sort((a, b) => ofPredicted[b] - ofPredicted[a]);
  const mistake = async (row: number): Promise<Mistake> => ({
    row: row + 1,
    origin: test.origin?.(row),
    actual: test.labels[row],
    predicted: predicted[row],
    probability: ofPredicted[row],
    ...(await looksOf(report, test, row)),
  });
  return {
    ...(binary && {
      roc: rocCurve(probabilities, test.labels),
      precisionRecall: precisionRecallCurve(probabilities, test.labels),
    }),
    calibration: binary
      ? calibrationOf(probabilities, test.labels)
      : calibrationOf(
          ofPredicted,
          predicted.map((label, row) => Number(label === test.labels[row])),
        ),
    mistakes: await Promise.all(wrong.slice(0, maxMistakes).map(mistake)),
    mistakesInAll: wrong.length,
  };
}

async function looksOf({ dataset }: RunReport, { inputs, features, divisor }: Examples, row: number) {
  const values = inputs.subarray(row * features, (row + 1) * features);
  const { preprocessing } = dataset;
  if (preprocessing.kind !== 'image') {
    return preprocessing.kind === 'none' && features <= maxValues ? { values: Array.from(values) } : {};
  }
  const { width, height } = preprocessing;
  const channels = preprocessing.channels as 1 | 3;
  const pixels = Uint8Array.from(values, (value) => Math.round((255 * value) / divisor));
  return { picture: await rasterPng({ pixels, width, height, channels }) };
}

/** By hand-written gradients, on the first training rows. */
export function gradientNorms(report: RunReport): GradientNorms {
  const { model, dataset, request, result } = report;
  const { train, classNames } = dataset;
  const { batchSize, seed } = request.recipe;
  const gradientRows = Math.min(train.rows, maxGradientRows, batchSize === 'full' ? Infinity : batchSize);
  const batch = makeBatch(
    train,
    { task: model.task, classes: classNames.length },
    undefined,
    0,
    gradientRows,
  );
  const normsAt = (set: ParameterSet): Record<string, number> =>
    withParameters(set, (parameters) =>
      tf.tidy(() => {
        const activations = model.forward(parameters, batch.x);
        const gradients = model.gradients(parameters, batch.x, batch.y, activations);
        return Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => [name, normOf(valuesOf(gradient))]),
        );
      }),
    );
  const after = normsAt(result.parameters);
  const { features } = train;
  const before = request.definition.composition
    ? {}
    : normsAt(model.initial({ features, classes: classNames.length, random: new RandomState(seed) }));
  disposeBatch(batch);
  return {
    gradientRows,
    gradientNorms: Object.entries(result.parameters).map(([name, { shape, values }]) => ({
      name,
      shape,
      before: before[name],
      after: after[name],
      size: normOf(values),
    })),
  };
}

const normOf = (values: Values): number =>
  Math.sqrt(Array.from(values, (value) => value ** 2).reduce((sum, square) => sum + square, 0));
