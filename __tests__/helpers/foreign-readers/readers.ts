/** Programs that are not ours, and what they make of an exported model. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web';
import { findBrowser, launch } from '../browser.ts';
import { onBackend } from '../../../src/backend/index.ts';
import { rowFromValues } from '../../../src/core/scoring/row-from-values.ts';
import { largestDifference, modelAnswers, numbersIn } from '../../../src/saved/export/check.ts';
import { exportModel, type FormatName } from '../../../src/saved/export/formats.ts';
import { runLayers, type LayersFiles } from '../../../src/saved/export/layers-files.ts';
import { codesOf, type Cell } from '../../../src/saved/export/prepare-table.ts';
import type { SavedModel } from '../../../src/saved/saved-model.ts';
import { readInBrowser } from './browser.ts';
import { read, versionsOf } from './python.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** An export that lies in a directory, with the program that Python's readers of arrays take their steps from. */
interface Exported {
  saved: SavedModel;
  file: string;
  program: string;
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

const inOnnxRuntime = async ({ file, rows, saved }: Exported, dtype: 'float32' | 'float64') => {
  const session = await ort.InferenceSession.create(await readFile(file));
  const codes = rows.map((row) => codesOf(saved.file.preprocessing, row));
  const values = dtype === 'float32' ? Float32Array.from(codes.flat()) : Float64Array.from(codes.flat());
  const x = new ort.Tensor(values, [rows.length, codes[0].length]);
  const { [session.outputNames[0]]: result } = await session.run({ [session.inputNames[0]]: x });
  await session.release();
  const flat = Array.from(result.data as Float32Array);
  const [, classes] = result.dims;
  return rows.map((_, i) => flat.slice(i * classes, (i + 1) * classes));
};

const inLayers = async ({ file, rows, saved }: Exported) => {
  const files = {
    'model.json': await readFile(file, 'utf8'),
    'weights.bin': new Uint8Array(await readFile(join(file, '../weights.bin'))),
  } satisfies LayersFiles;
  const prepared = rows.flatMap((row) => Array.from(rowFromValues(saved, row, 'a row')));
  const outputs = await onBackend('cpu', {}, () =>
    runLayers(files, Float32Array.from(prepared) as never, saved.features),
  );
  const classes = outputs.length / rows.length;
  return rows.map((_, i) =>
    classes === 1 && saved.model.task === 'binary'
      ? [1 - outputs[i], outputs[i]]
      : Array.from(outputs.subarray(i * classes, (i + 1) * classes)),
  );
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
    read: ({ file, program, rows, saved }) =>
      read(
        python,
        [reader, file, program],
        format === 'onnx' ? rows.map((row) => codesOf(saved.file.preprocessing, row)) : rows,
      ),
  });
  const here = (version: string | undefined) => () => Promise.resolve(version);
  const web = here(`onnxruntime-web ${ort.env.versions.web}`);
  return [
    {
      name: 'onnxruntime-web',
      format: 'onnx',
      ...single,
      version: web,
      read: (each) => inOnnxRuntime(each, 'float32'),
    },
    {
      name: 'onnxruntime-web, float64',
      format: 'onnx',
      dtype: 'float64',
      ...double,
      version: web,
      read: (each) => inOnnxRuntime(each, 'float64'),
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
    byPython('NumPy, model.py', 'python', 'python'),
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
    const program = join(directory, 'program.py');
    const { files: python } = await exportModel(saved, 'python');
    // Other numbers, so that what is read is what counts.
    const [text] = Object.values(python) as string[];
    await writeFile(program, reader.format === 'python' ? text : withoutNumbers(text, saved));
    const asked = reader.isSingle
      ? rows.map((row) => row.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)))
      : rows;
    const file = join(directory, Object.keys(files)[0]);
    const answers = await reader.read({ saved, file, program, rows: asked });
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

/** The program with nothing for its parameters. */
const withoutNumbers = (program: string, { parameters }: SavedModel): string =>
  Object.keys(parameters).reduce(
    (text, name) => text.replace(`\nif __name__`, `\n${name} = None\n\nif __name__`),
    program,
  );
