/** Whether the graph that an export is written from computes what the model computes. */
import { onBackend } from '../../backend/index.ts';
import type { Preprocessing, TableInput } from '../../data/dataset.ts';
import type { Arrays, NamedArray } from '../../data/formats/arrays.ts';
import { encodeNpz } from '../../data/formats/npz.ts';
import { probabilitiesOf } from '../../evaluation/metrics.ts';
import { predict } from '../../evaluation/predict.ts';
import { rowFromValues } from '../../data/row-from-values.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { withParameters } from '../../model/parameters.ts';
import { InputError, WorkError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { valuesOf } from '../../utils/tensors.ts';
import { tf } from '../../utils/tf.ts';
import { type Graph, runGraph } from './graph.ts';
import { moduleOf } from './javascript.ts';
import { layersOf } from './layers.ts';
import { onnxBytes, type OnnxType } from './onnx.ts';
import { graphOf } from './trace.ts';
import { encodeSafetensors } from '../formats/safetensors.ts';
import { formatJson } from '../json.ts';
import type { SavedModel } from '../saved-model.ts';
import type { WeightsFile } from '../weights.ts';

/** A cell as a user gives it. */
export type Cell = number | string;

/** Cells as numbers. @param row that the model takes */
export const codesOf = (preprocessing: Preprocessing, row: readonly Cell[]): number[] =>
  preprocessing.kind === 'table'
    ? row.map((cell, i) => codeOf(preprocessing.columns[i], cell))
    : row.map(Number);

const codeOf = (column: TableInput, cell: Cell): number =>
  'categories' in column ? column.categories.indexOf(String(cell)) : Number(cell);

export interface Checked {
  rows: number;
  /** Of probabilities; of what a regression predicts, in standard deviations of its target. */
  maxDifference: number;
}

const randomRows = 100;

/** Rows like those that the model was trained on, as far as its preparation of inputs tells, the same every time. */
export function drawRows(
  { features, file: { preprocessing, classNames } }: SavedModel,
  count = randomRows,
): Cell[][] {
  const random = new RandomState(1);
  const ofColumn = (column: TableInput): Cell =>
    'categories' in column
      ? column.categories[random.randint(0, column.categories.length, 1)[0]]
      : column.mean + column.scale * random.randn(1)[0];
  return Array.from({ length: count }, () => {
    if (preprocessing.kind === 'tokens') return Array.from(random.randint(0, classNames.length, features));
    if (preprocessing.kind === 'image')
      return Array.from(random.randint(0, Math.floor(preprocessing.divisor) + 1, features));
    if (preprocessing.kind === 'table') return preprocessing.columns.map(ofColumn);
    if (preprocessing.kind === 'standardise')
      return Array.from(random.randn(features), (z, i) => preprocessing.mean[i] + z * preprocessing.scale[i]);
    return Array.from(random.uniform(-3, 3, features));
  });
}

/** The numbers that a prediction consists of. */
export const numbersIn = ({
  probabilities,
  value,
}: {
  probabilities?: number[];
  value?: number;
}): number[] => (value === undefined ? probabilities! : [value]);

/**
 * The model's own predictions in double precision, row-major: probabilities `[rows, classes]`, of tokens `[rows, T, symbols]`, or
 * predicted numbers.
 */
export async function modelAnswers(saved: SavedModel, rows: Cell[][]): Promise<Float64Array> {
  const { model, parameters, features, file } = saved;
  if (model.task === 'next-token') {
    const symbols = file.classNames.length;
    return onBackend('float64', {}, () =>
      withParameters(parameters, (variables) =>
        tokenProbabilities(model, variables, rows, features, symbols),
      ),
    );
  }
  const inputs = new Float64Array(rows.length * features);
  rows.forEach((row, i) => inputs.set(rowFromValues(saved, row, `row ${i + 1}`), i * features));
  const predictions = await onBackend('float64', {}, () =>
    predict(model, parameters, inputs, features, file),
  );
  return Float64Array.from(predictions.flatMap(numbersIn));
}

function tokenProbabilities(
  model: Model,
  parameters: Tensors,
  rows: Cell[][],
  features: number,
  symbols: number,
): Float64Array {
  const isToken = (cell: Cell) => Number.isInteger(cell) && Number(cell) >= 0 && Number(cell) < symbols;
  const bad = rows.findIndex((row) => row.length !== features || !row.every(isToken));
  if (bad >= 0) {
    throw new InputError(`row ${bad + 1} must be ${features} tokens, integers from 0 to ${symbols - 1}.`);
  }
  let probabilities!: Float64Array;
  tf.tidy(() => {
    const x = tf.tensor(Int32Array.from(rows.flat().map(Number)), [rows.length, features], 'int32');
    probabilities = probabilitiesOf(valuesOf(model.forward(parameters, x).logits), 'multiclass', symbols);
  });
  return probabilities;
}

/** Largest difference of two lists of numbers; infinite where one has none. */
export const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.length !== b.length
    ? Infinity
    : a.reduce((largest, value, i) => {
        const difference = Math.abs(value - b[i]);
        return difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
      }, 0);

/** Of probabilities in double precision, which has sixteen digits. */
const tolerance = 1e-12;

/**
 * Compares what a graph computes in double precision with the model's own predictions. The rows are given to the graph in
 * two batches of different sizes, because the prediction for a row must not depend on other rows.
 *
 * @param graph from raw inputs to probabilities, or to predicted numbers
 * @throws WorkError if they differ by more than 10⁻¹²
 */
export async function checkGraph(
  saved: SavedModel,
  graph: Graph,
  rows: Cell[][],
  format: string,
): Promise<Checked> {
  const expected = await modelAnswers(saved, rows);
  const codes = rows.map((row) => codesOf(saved.file.preprocessing, row));
  const first = Math.ceil(rows.length / 3);
  const answers = await onBackend('float64', {}, () =>
    [codes.slice(0, first), codes.slice(first)].flatMap((batch) => Array.from(runGraph(graph, batch))),
  );
  const maxDifference =
    largestDifference(expected, Float64Array.from(answers)) / (saved.file.target?.scale ?? 1);
  if (!(maxDifference <= tolerance)) {
    throw new WorkError(
      `Nothing was written as ${format}: on ${rows.length} rows the recorded steps of the model differ from its predictions by ` +
        `${maxDifference.toPrecision(2)}, more than ${tolerance}.`,
    );
  }
  return { rows: rows.length, maxDifference };
}

export const formatNames = ['json', 'npz', 'safetensors', 'layers', 'onnx', 'js'] as const;
export type FormatName = (typeof formatNames)[number];

export interface ExportOptions {
  /** Of ONNX; `float32` by default. */
  dtype?: OnnxType;
  /** Raw rows for the check, beside random ones. */
  rows?: Cell[][];
}

/** What a format consists of, ready to be written. */
export interface Export {
  /** By their names; the first is the main one. */
  files: Record<string, string | Uint8Array>;
  /** Missing for parameters of a model whose forward pass cannot be recorded; `unchecked` says why. */
  checked?: Checked;
  unchecked?: string;
}

type Files = Export['files'];

/** Formats of the parameters alone, which any model has. */
const parameterWriters: Partial<Record<FormatName, (file: WeightsFile) => Files>> = {
  json: (file) => ({ 'parameters.json': parametersJson(file) }),
  npz: (file) => ({ 'parameters.npz': parametersNpz(file) }),
  safetensors: (file) => ({ 'parameters.safetensors': parametersSafetensors(file) }),
};

/**
 * Writes a model in one of the formats. Before, the graph of the model's forward pass is run in double precision on random
 * rows and on given ones, and compared with the model's own predictions.
 *
 * @throws InputError for a model that the format cannot hold
 * @throws WorkError if the graph computes something else than the model
 */
export async function exportModel(
  saved: SavedModel,
  format: FormatName,
  { dtype, rows = [] }: ExportOptions = {},
): Promise<Export> {
  if (dtype !== undefined && format !== 'onnx')
    throw new InputError('dtype applies to the format onnx alone: omit it.');
  const writeParameters = parameterWriters[format];
  if (saved.model.task === 'next-token' && (format === 'layers' || format === 'js'))
    throw new InputError(
      `${saved.model.name} takes tokens, which the format ${format} has no steps for: use --format onnx, json, npz or safetensors.`,
    );
  let graph: Graph;
  try {
    graph = await graphOf(saved, { from: 'raw', to: 'classes' });
  } catch (error) {
    if (!writeParameters || !(error instanceof InputError)) throw error;
    return { files: writeParameters(saved.file), unchecked: error.message };
  }
  const checked = await checkGraph(saved, graph, [...drawRows(saved), ...rows], format);
  if (writeParameters) return { files: writeParameters(saved.file), checked };
  return { files: await writeModel(saved, graph, format, dtype), checked };
}

async function writeModel(
  saved: SavedModel,
  graph: Graph,
  format: FormatName,
  dtype: OnnxType = 'float32',
): Promise<Files> {
  if (format === 'onnx') return { 'model.onnx': onnxBytes(saved, graph, dtype) };
  if (format === 'layers')
    return { ...(await layersOf(saved, await graphOf(saved, { from: 'prepared', to: 'outputs' }))) };
  const { module, types } = moduleOf(saved, graph);
  return { 'model.mjs': module, 'model.d.mts': types };
}

type Nested = number | Nested[];

/** The parameters as nested lists, row by row, with class names and preprocessing. */
function parametersJson({ model, classNames, preprocessing, target, parameters }: WeightsFile): string {
  const nested = Object.entries(parameters).map(([name, { shape, values }]) => [name, nest(values, shape)]);
  const values = Object.fromEntries(nested) as object;
  return formatJson({ model, classNames, preprocessing, target, parameters: values });
}

function nest(values: readonly number[], [length, ...inner]: readonly number[]): Nested {
  if (length === undefined) return values[0];
  if (inner.length === 0) return [...values];
  const size = values.length / length;
  return Array.from({ length }, (_, i) => nest(values.slice(i * size, (i + 1) * size), inner));
}

/**
 * One array a parameter; beside them `mean` and `scale`, or `divisor`, if inputs are scaled by them, and `targetMean` and
 * `targetScale` of a regression, which predicts mean + scale · output.
 */
function parametersNpz({ preprocessing, target, parameters }: WeightsFile): Uint8Array {
  const vector = (values: number[]): NamedArray => ({ shape: [values.length], dtype: 'float64', values });
  const number = (value: number): NamedArray => ({ shape: [], dtype: 'float64', values: [value] });
  const scales: Arrays = {
    ...(preprocessing.kind === 'standardise' && {
      mean: vector(preprocessing.mean),
      scale: vector(preprocessing.scale),
    }),
    ...(preprocessing.kind === 'image' && { divisor: number(preprocessing.divisor) }),
    ...(target && { targetMean: number(target.mean), targetScale: number(target.scale) }),
  };
  return encodeNpz({ ...parameters, ...scales });
}

/** One array a parameter; everything else of the weights file, as JSON, in the metadata. */
function parametersSafetensors({ parameters, ...rest }: WeightsFile): Uint8Array {
  const metadata = { producer: 'backprop-zoo', model: rest.model, weights: JSON.stringify(rest) };
  return encodeSafetensors({ arrays: parameters, metadata });
}
