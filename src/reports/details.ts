/**
 * What a report shows beyond run.json: computed once, when training is over.
 */
import { disposeBatch, makeBatch } from '../data/batches.ts';
import type { Examples, RowOrigin } from '../data/dataset.ts';
import { outputsOf } from '../evaluation/evaluate.ts';
import { calibrationOf, type CalibrationBin } from '../evaluation/probability.ts';
import {
  precisionRecallCurve,
  rocCurve,
  type PrecisionRecallPoint,
  type RocPoint,
} from '../evaluation/ranking.ts';
import { decidingProbabilities, predictedClasses } from '../evaluation/metrics.ts';
import { disposeAll, toVariables, type ParameterSet } from '../model/parameters.ts';
import { rasterPng } from './pictures/raster.ts';
import { RandomState } from '../utils/random.ts';
import type { RunReport } from '../weights/run-facts.ts';
import { valuesOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';

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
  /** The row's values, where they are few. */
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

const mostMistakes = 24;
const mostGradientRows = 500;
const mostValues = 8;

/** Of a model of classes. The backend of the run must be in use. */
export async function detailsOf(report: RunReport): Promise<Details> {
  const { model, dataset, result } = report;
  const { test, classNames } = dataset;
  const parameters = toVariables(result.parameters);
  const { logits, outputs } = outputsOf(model, parameters, test, classNames.length);
  disposeAll(parameters);
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
    mistakes: await Promise.all(wrong.slice(0, mostMistakes).map(mistake)),
    mistakesInAll: wrong.length,
  };
}

async function looksOf({ dataset }: RunReport, { inputs, features, divisor }: Examples, row: number) {
  const values = inputs.subarray(row * features, (row + 1) * features);
  const { preprocessing } = dataset;
  if (preprocessing.kind !== 'image') {
    return features <= mostValues ? { values: Array.from(values) } : {};
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
  const gradientRows = Math.min(train.rows, mostGradientRows, batchSize === 'full' ? Infinity : batchSize);
  const batch = makeBatch(
    train,
    { task: model.task, classes: classNames.length },
    undefined,
    0,
    gradientRows,
  );
  const normsAt = (set: ParameterSet): Record<string, number> => {
    const parameters = toVariables(set);
    const norms = tf.tidy(() => {
      const activations = model.forward(parameters, batch.x);
      const gradients = model.gradients(parameters, batch.x, batch.y, activations);
      return Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [name, normOf(valuesOf(gradient))]),
      );
    });
    disposeAll(parameters);
    return norms;
  };
  const after = normsAt(result.parameters);
  const { features } = train;
  const before = request.entry.composition
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

const normOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
};
