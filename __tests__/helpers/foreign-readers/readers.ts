/** Programs that are not ours, and what they make of an exported model. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web';
import { readLayers, readOnnx } from '../export-readers.ts';
import { findBrowser, launch } from '../browser.ts';
import {
  codesOf,
  largestDifference,
  modelAnswers,
  numbersIn,
  type Cell,
  exportModel,
  type FormatName,
} from '../../../src/weights/export/export-model.ts';
import type { ParameterValues } from '../../../src/model/initializers.ts';
import type { SavedModel } from '../../../src/weights/saved-model.ts';
import { readInBrowser } from './browser.ts';
import { read, versionsOf } from './python.ts';

/** An export in a directory. */
interface Exported {
  saved: SavedModel;
  file: string;
  rows: Cell[][];
}

export interface Reader {
  name: string;
  format: FormatName;
  dtype?: 'float64';
  /** Its numbers have seven digits, not sixteen. */
  isSingle?: boolean;
  /** How far from the model it may be. */
  tolerance: number;
  /** Its version, or nothing where it is not here. */
  version: () => Promise<string | undefined>;
  read: (exported: Exported) => Promise<number[][]>;
}

const rowsOf = (answers: Float64Array, { length }: Cell[][]): number[][] => {
  const width = answers.length / length;
  return Array.from({ length }, (_, i) => Array.from(answers.subarray(i * width, (i + 1) * width)));
};

const inOnnxRuntime = async ({ file, rows, saved }: Exported) =>
  rowsOf(await readOnnx({ 'model.onnx': new Uint8Array(await readFile(file)) }, saved, rows), rows);

const inLayers = async ({ file, rows, saved }: Exported) => {
  const files = {
    'model.json': await readFile(file, 'utf8'),
    'weights.bin': new Uint8Array(await readFile(join(file, '../weights.bin'))),
  };
  return rowsOf(await readLayers(files, saved, rows), rows);
};

const inNode = async ({ file, rows }: Exported) => {
  const { predict } = (await import(pathToFileURL(file).href)) as {
    predict: (rows: Cell[][]) => Parameters<typeof numbersIn>[0][];
  };
  return predict(rows).map(numbersIn);
};

const inChromium = async ({ file, rows }: Exported) => {
  const browser = await launch(findBrowser()!);
  try {
    const { inPage, inWorker } = await readInBrowser(browser, file, rows);
    const difference = largestDifference(
      Float64Array.from(inPage.flat()),
      Float64Array.from(inWorker.flat()),
    );
    if (difference !== 0) throw new Error(`the worker differs from the page by ${difference}`);
    return inPage;
  } finally {
    await browser.close();
  }
};

const [single, double] = [{ isSingle: true, tolerance: 5e-6 }, { tolerance: 1e-12 }];

/** @param python an interpreter */
export function readersWith(python: string): Reader[] {
  const byPython = (
    name: string,
    format: FormatName,
    reader: string,
    precision: object = double,
  ): Reader => ({
    name,
    format,
    ...(precision as typeof double),
    version: () => versionsOf(python, reader),
    read: async ({ file, rows, saved }) => {
      if (format === 'onnx')
        return (await read(
          python,
          [reader, file],
          rows.map((row) => codesOf(saved.file.preprocessing, row)),
        )) as number[][];
      // Arrays alone: the model computes with what Python read.
      const [arrays] = (await read(python, [reader, file])) as Record<string, ParameterValues>[];
      const parameters = Object.fromEntries(
        Object.keys(saved.parameters).map((key) => {
          const { shape, values } = arrays[key];
          return [key, { shape, values: Float64Array.from(values) }];
        }),
      );
      return rowsOf(await modelAnswers({ ...saved, parameters }, rows), rows);
    },
  });
  const here = (version: string | undefined) => () => Promise.resolve(version);
  const web = here(`onnxruntime-web ${ort.env.versions.web}`);
  return [
    {
      name: 'onnxruntime-web',
      format: 'onnx',
      ...single,
      version: web,
      read: inOnnxRuntime,
    },
    {
      name: 'onnxruntime-web, float64',
      format: 'onnx',
      dtype: 'float64',
      ...double,
      version: web,
      read: inOnnxRuntime,
    },
    byPython('onnxruntime of Python', 'onnx', 'onnxruntime', single),
    {
      name: 'tf.loadLayersModel',
      format: 'layers',
      ...single,
      version: here('TensorFlow.js'),
      read: inLayers,
    },
    { name: 'Node', format: 'js', ...double, version: here(`Node ${process.versions.node}`), read: inNode },
    { name: 'a page and a worker', format: 'js', ...double, version: here(findBrowser()), read: inChromium },
    byPython('NumPy, .npz', 'npz', 'numpy'),
    byPython('NumPy, .safetensors by its specification', 'safetensors', 'specification'),
    byPython('PyTorch, .safetensors by its specification', 'safetensors', 'torch'),
    byPython('safetensors with NumPy', 'safetensors', 'safetensors-numpy'),
    byPython('safetensors with PyTorch', 'safetensors', 'safetensors-torch'),
  ];
}

/** The largest difference between a reader's probabilities and the model's own, in double precision, on these rows. */
export async function differenceOf(reader: Reader, saved: SavedModel, rows: Cell[][]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'zoo-readers-'));
  try {
    const { files } = await exportModel(saved, reader.format, { dtype: reader.dtype });
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const asked = reader.isSingle
      ? rows.map((row) => row.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)))
      : rows;
    const file = join(directory, Object.keys(files)[0]);
    const answers = await reader.read({ saved, file, rows: asked });
    const expected = await expectedOf(saved, asked, reader.isSingle === true);
    const scale = saved.file.target?.scale ?? 1;
    return largestDifference(expected, Float64Array.from(answers.flat())) / scale;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const known = new WeakMap<SavedModel, Map<boolean, [rows: number, answers: Promise<Float64Array>]>>();

/** The model's own answers, which take long, once for all readers of the same rows. */
function expectedOf(saved: SavedModel, rows: Cell[][], isSingle: boolean): Promise<Float64Array> {
  const all = known.get(saved) ?? new Map<boolean, [number, Promise<Float64Array>]>();
  known.set(saved, all);
  const [count, answers] = all.get(isSingle) ?? [];
  if (answers && count === rows.length) return answers;
  const found = modelAnswers(saved, rows);
  all.set(isSingle, [rows.length, found]);
  return found;
}
