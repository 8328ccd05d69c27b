/** A trained model in one of the formats of other programs, checked before it is written. */
import { InputError } from '../../utils/errors.ts';
import { formatJson } from '../json.ts';
import type { Arrays, NamedArray } from '../../data/formats/arrays.ts';
import { encodeNpz } from '../../data/formats/npz.ts';
import { encodeSafetensors } from '../formats/safetensors.ts';
import type { SavedModel } from '../saved-model.ts';
import type { WeightsFile } from '../weights.ts';
import { checkGraph, drawRows, type Cell, type Checked } from './check.ts';
import { graphOf } from './trace.ts';
import type { Graph } from './graph.ts';
import { moduleOf } from './javascript.ts';
import { layersOf } from './layers.ts';
import { onnxBytes, type OnnxType } from './onnx.ts';

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
  dtype?: OnnxType,
): Promise<Files> {
  if (format === 'onnx') return { 'model.onnx': onnxBytes(saved, graph, dtype ?? 'float32') };
  if (format === 'layers')
    return { ...(await layersOf(saved, await graphOf(saved, { from: 'prepared', to: 'outputs' }))) };
  const { module, types } = moduleOf(saved, graph);
  return { 'model.mjs': module, 'model.d.mts': types };
}

type Nested = number | Nested[];

/** The parameters as nested lists, row by row, with class names and preprocessing. */
function parametersJson({ model, classNames, preprocessing, target, parameters }: WeightsFile): string {
  const nested = Object.entries(parameters).map(([name, { shape, values }]) => [name, nest(values, shape)]);
  return formatJson({
    model,
    classNames,
    preprocessing,
    target,
    parameters: Object.fromEntries(nested) as object,
  });
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
