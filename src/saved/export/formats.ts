/** The formats that a model goes out in: how each is written, and how it is read back and run. */
import { onBackend } from '../../backend/index.ts';
import { InputError } from '../../core/errors.ts';
import { rowFromValues } from '../../core/scoring/row-from-values.ts';
import type { Arrays } from '../formats/arrays.ts';
import { decodeNpz } from '../formats/npz.ts';
import { decodeOnnx } from '../formats/decode-onnx.ts';
import { decodeSafetensors } from '../formats/safetensors.ts';
import type { SavedModel } from '../saved-model.ts';
import { checkExport, drawRows, modelAnswers, numbersIn, type Checked, type Reader } from './check.ts';
import { plainJson, plainNpz, plainSafetensors } from './plain.ts';
import { codesOf, type Cell } from './prepare-table.ts';
import { runOnnx } from './run-onnx.ts';
import { moduleOf } from './to-js.ts';
import { runLayers } from './layers-files.ts';
import { layersOf } from './to-layers.ts';
import { onnxOf, type OnnxType } from './to-onnx.ts';
import { pythonOf } from './to-python.ts';
import { graphOf } from './trace.ts';

export const formatNames = ['json', 'npz', 'safetensors', 'layers', 'onnx', 'js', 'python'] as const;
export type FormatName = (typeof formatNames)[number];

export interface ExportOptions {
  /** Of ONNX; `float32` where left out. */
  dtype?: OnnxType;
  /** Raw rows on which the export is run, beside random ones. */
  rows?: Cell[][];
  /** Runs the text of a Python program on rows, where there is a Python with NumPy; else it is not run. */
  python?: { name: string; run: (program: string, rows: Cell[][]) => Promise<number[][]> };
}

/** What a format consists of, ready to be written. */
export interface Export {
  /** By their names; the first is the one that the others go with. */
  files: Record<string, string | Uint8Array>;
  /** Missing where nothing here can run it. */
  checked?: Checked;
}

/** Of answers: single precision keeps seven digits, double sixteen. */
const tolerances = { float32: 1e-6, float64: 1e-12 };

interface Written {
  files: Export['files'];
  reader?: Reader;
  by: string;
  precision?: keyof typeof tolerances;
}

const whole = { from: 'raw', to: 'classes' } as const;

const writers: Record<FormatName, (saved: SavedModel, options: ExportOptions) => Promise<Written> | Written> =
  {
    json(saved) {
      const text = plainJson(saved.file);
      return { files: { 'parameters.json': text }, ...withParameters(saved, () => jsonArrays(text)) };
    },

    npz(saved) {
      const bytes = plainNpz(saved.file);
      return {
        files: { 'parameters.npz': bytes },
        ...withParameters(saved, () => decodeNpz(bytes, 'the export')),
      };
    },

    safetensors(saved) {
      const bytes = plainSafetensors(saved.file);
      const read = () => decodeSafetensors(bytes, 'the export').arrays;
      return { files: { 'parameters.safetensors': bytes }, ...withParameters(saved, read) };
    },

    async layers(saved) {
      const graph = await graphOf(saved, { from: 'prepared', to: 'outputs' });
      const files = await layersOf(saved, graph);
      const reader: Reader = async (rows) => {
        const prepared = Float64Array.from(
          rows.flatMap((row) => Array.from(rowFromValues(saved, row, 'a row'))),
        );
        const outputs = await onBackend('float64', {}, () => runLayers(files, prepared, saved.features));
        if (saved.model.task !== 'binary') return outputs;
        return Float64Array.from(Array.from(outputs).flatMap((p) => [1 - p, p]));
      };
      return { files: { ...files }, reader, by: 'TensorFlow.js Layers', precision: 'float32' };
    },

    async onnx(saved, { dtype = 'float32' }) {
      const bytes = onnxOf(saved, await graphOf(saved, whole), dtype);
      const model = decodeOnnx(bytes, 'the export');
      const reader: Reader = (rows) =>
        onBackend('float64', {}, () =>
          runOnnx(
            model,
            rows.map((row) => codesOf(saved.file.preprocessing, row)),
          ),
        );
      return { files: { 'model.onnx': bytes }, reader, by: 'our own reader', precision: dtype };
    },

    async js(saved) {
      const { module, types } = moduleOf(saved, await graphOf(saved, whole));
      const reader: Reader = async (rows) => {
        const bytes = new TextEncoder().encode(module);
        const url = `data:text/javascript;base64,${base64(bytes)}`;
        const loaded = (await import(/* @vite-ignore */ url)) as {
          predict(rows: Cell[][]): Parameters<typeof numbersIn>[0][];
        };
        return Float64Array.from(loaded.predict(rows).flatMap(numbersIn));
      };
      return { files: { 'model.mjs': module, 'model.d.mts': types }, reader, by: 'the imported module' };
    },

    async python(saved, { python }) {
      const program = pythonOf(saved, await graphOf(saved, whole));
      const reader: Reader | undefined =
        python && (async (rows) => Float64Array.from((await python.run(program, rows)).flat()));
      return { files: { 'model.py': program }, reader, by: python?.name ?? '' };
    },
  };

/** Arrays that replace the model's own: with them it must say the same. */
function withParameters(saved: SavedModel, read: () => Arrays): Pick<Written, 'reader' | 'by'> {
  const reader: Reader = (rows) => {
    const arrays = read();
    const parameters = Object.fromEntries(
      Object.keys(saved.parameters).map((name) => {
        const { shape, values } = arrays[name];
        return [name, { shape: [...shape], values: Float64Array.from(values) }];
      }),
    );
    return modelAnswers({ ...saved, parameters }, rows);
  };
  return { reader, by: 'the model, with the parameters read back' };
}

function jsonArrays(text: string): Arrays {
  const { parameters } = JSON.parse(text) as { parameters: Record<string, unknown> };
  const shapeOf = (list: unknown): number[] =>
    Array.isArray(list) ? [list.length, ...shapeOf(list[0])] : [];
  return Object.fromEntries(
    Object.entries(parameters).map(([name, nested]) => {
      const values = [nested].flat(Infinity) as number[];
      return [name, { shape: shapeOf(nested), dtype: 'float64', values }];
    }),
  );
}

/** As single precision has it. */
const rounded = (cell: Cell): Cell => (typeof cell === 'number' ? Math.fround(cell) : cell);

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/**
 * A model in one of the formats, run on random and on given rows and compared with the model itself.
 *
 * @throws InputError for a model that the format cannot hold
 * @throws WorkError where what was written computes something else
 */
export async function exportModel(
  saved: SavedModel,
  format: FormatName,
  options: ExportOptions = {},
): Promise<Export> {
  if (options.dtype !== undefined && format !== 'onnx')
    throw new InputError('Only onnx is written in one of two precisions; leave out dtype.');
  const { files, reader, by, precision = 'float64' } = await writers[format](saved, options);
  if (!reader) return { files };
  const rows = [...drawRows(saved), ...(options.rows ?? [])];
  // What takes single precision is asked about numbers that it can tell apart.
  const asked = precision === 'float32' ? rows.map((row) => row.map(rounded)) : rows;
  const checked = await checkExport(saved, asked, reader, { tolerance: tolerances[precision], by, format });
  return { files, checked };
}
