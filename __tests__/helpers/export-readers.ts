/** Runs exported models with programs that are not the zoo's: onnxruntime-web, TensorFlow.js Layers, JavaScript itself. */
import * as ort from 'onnxruntime-web';
import { onBackend } from '../../src/backend/index.ts';
import { rowFromValues } from '../../src/data/row-from-values.ts';
import { tf } from '../../src/utils/tf.ts';
import { loadLayersPackage } from '../../src/utils/tf-layers.ts';
import { codesOf, numbersIn, type Cell, type Export } from '../../src/weights/export/export-model.ts';
import type { SavedModel } from '../../src/weights/saved-model.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

type Files = Export['files'];

/** @returns predictions for raw rows: probabilities `[rows, classes]`, row-major, or predicted numbers */
export async function readOnnx(files: Files, saved: SavedModel, rows: Cell[][]): Promise<Float64Array> {
  const session = await ort.InferenceSession.create(files['model.onnx'] as Uint8Array);
  const codes = rows.map((row) => codesOf(saved.file.preprocessing, row));
  const [{ type }] = session.inputMetadata as readonly { type?: string }[];
  const flat = codes.flat();
  const values =
    type === 'int64'
      ? BigInt64Array.from(flat, BigInt)
      : type === 'float64'
        ? Float64Array.from(flat)
        : Float32Array.from(flat);
  const x = new ort.Tensor(values, [rows.length, codes[0].length]);
  const { [session.outputNames[0]]: result } = await session.run({ [session.inputNames[0]]: x });
  await session.release();
  return Float64Array.from(result.data as Float32Array);
}

/** In single precision, on TensorFlow.js's cpu backend. */
export async function readLayers(files: Files, saved: SavedModel, rows: Cell[][]): Promise<Float64Array> {
  const { loadLayersModel } = await loadLayersPackage();
  const { modelTopology, weightsManifest } = JSON.parse(files['model.json'] as string) as {
    modelTopology: object;
    weightsManifest: [{ weights: never[] }];
  };
  const [{ weights: weightSpecs }] = weightsManifest;
  const weightData = Uint8Array.from(files['weights.bin'] as Uint8Array).buffer;
  const prepared = rows.flatMap((row) => Array.from(rowFromValues(saved, row, 'a row')));
  const outputs = await onBackend('cpu', {}, async () => {
    const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const x = tf.tensor2d(Float32Array.from(prepared), [rows.length, saved.features]);
    const y = model.predict(x) as typeof x;
    const values = Array.from(y.dataSync());
    tf.dispose([x, y]);
    model.dispose();
    return values;
  });
  const isBinary = saved.model.task === 'binary';
  return Float64Array.from(isBinary ? outputs.flatMap((p) => [1 - p, p]) : outputs);
}

interface Module {
  predict: (rows: unknown[]) => Parameters<typeof numbersIn>[0][];
}

export const importModule = (files: Files): Promise<Module> =>
  import(
    `data:text/javascript;base64,${Buffer.from(files['model.mjs'] as string).toString('base64')}`
  ) as Promise<Module>;

export const readModule = async (files: Files, rows: unknown[]): Promise<Float64Array> =>
  Float64Array.from((await importModule(files)).predict(rows).flatMap(numbersIn));
