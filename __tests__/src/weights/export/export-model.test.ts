/** Every format of a whole model, on small networks, run by programs that are not the zoo's. */
import { describe, expect, test } from '@jest/globals';
import { InputError, WorkError } from '../../../../src/utils/errors.ts';
import { linear } from '../../../../src/model/operations.ts';
import { tf, type Tensor, type Tensor4D } from '../../../../src/utils/tf.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import {
  drawRows,
  largestDifference,
  modelAnswers,
  numbersIn,
  type Cell,
  exportModel,
  formatNames,
  type Export,
} from '../../../../src/weights/export/export-model.ts';
import { onnxModel } from '../../../../src/weights/export/onnx.ts';
import { graphOf } from '../../../../src/weights/export/trace.ts';
import type { SavedModel } from '../../../../src/weights/saved-model.ts';
import { importModule, readLayers, readModule, readOnnx } from '../../../helpers/export-readers.ts';
import { cells, curious, grey, layer, names, own, wrong } from '../../../helpers/own-networks.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';

const readers = {
  js: (files: Export['files'], _: SavedModel, rows: Cell[][]) => readModule(files, rows),
  onnx: readOnnx,
  layers: readLayers,
};

/** The largest difference between the model's predictions and what another program computes with the export. */
async function differenceIn(
  saved: SavedModel,
  format: keyof typeof readers,
  dtype?: 'float64',
): Promise<number> {
  const { files, checked } = await exportModel(saved, format, { dtype });
  expect(checked).toEqual({ rows: 100, maxDifference: expect.closeTo(0, 12) });
  // Numbers that single precision can tell apart.
  const rows = drawRows(saved, 20).map((row) =>
    row.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)),
  );
  const predictions = await readers[format](files, saved, rows);
  const scale = saved.file.target?.scale ?? 1;
  return largestDifference(await modelAnswers(saved, rows), predictions) / scale;
}

async function expectExact(
  saved: SavedModel,
  formats: (keyof typeof readers)[] = ['js', 'onnx', 'layers'],
): Promise<void> {
  for (const format of formats)
    expect(await differenceIn(saved, format)).toBeLessThanOrEqual(format === 'js' ? 1e-12 : 5e-6);
}

const lenet = savedModel('lenet', {
  options: { filters: [2, 3] },
  features: 256,
  classNames: ['a', 'b', 'c'],
  preprocessing: grey(16),
});

// foreign-readers.long.test.ts has every model of the zoo.
test.each(['gate', 'mlp, regression', 'mlp, cells of a table'])(
  '%s: every format computes what the model computes',
  async (name) => {
    await expectExact(savedZoo[name]());
    expect(await differenceIn(savedZoo[name](), 'onnx', 'float64')).toBeLessThan(1e-12);
  },
);

test('convolutions: every format computes what the model computes, whatever its order of channels', async () => {
  await expectExact(lenet);
  expect(await differenceIn(curious['uneven windows'], 'onnx', 'float64')).toBeLessThan(1e-12);
});

test.each(Object.keys(curious))(
  'a user’s model with %s: js and onnx compute what it computes',
  async (name) => {
    await useBackend('cpu');
    await expectExact(curious[name], ['js', 'onnx']);
  },
);

test('a module accepts and rejects the same rows as predict, cells by order or by name', async () => {
  const saved = savedZoo['mlp, cells of a table']();
  const { predict: inModule } = await importModule((await exportModel(saved, 'js')).files);
  const byName = (row: unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
  const expected = await modelAnswers(saved, cells as never);
  for (const rows of [cells, cells.map(byName)])
    expect(largestDifference(Float64Array.from(inModule(rows).flatMap(numbersIn)), expected)).toBeLessThan(
      1e-12,
    );
  for (const row of wrong) {
    await expect(modelAnswers(saved, [row] as never)).rejects.toThrow(InputError);
    expect(() => inModule([row])).toThrow(TypeError);
  }
});

test('a forward pass with an unsupported operation is refused, except for formats of the parameters alone', async () => {
  const saved = own(layer, ({ weights, bias }, x) => linear(x.sin(), weights, bias));
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(/computes Sin.*json, npz and safetensors/s);
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(InputError);
  const { files, checked, unchecked } = await exportModel(saved, 'npz');
  expect(Object.keys(files)).toEqual(['parameters.npz']);
  expect([checked, unchecked]).toEqual([undefined, expect.stringContaining('computes Sin')]);
});

test('equal models produce equal bytes, and leave no tensor', async () => {
  for (const format of formatNames) {
    const { files } = await exportModel(savedZoo.xor(), format);
    const before = tf.memory().numTensors;
    expect((await exportModel(savedZoo.xor(), format)).files).toEqual(files);
    expect([format, tf.memory().numTensors]).toEqual([format, before]);
  }
});

test('a model whose prediction for a row depends on the other rows is refused', async () => {
  const mixing = own(layer, ({ weights, bias }, x) => linear(x.sub(x.mean(0)), weights, bias));
  await expect(exportModel(mixing, 'js')).rejects.toThrow(WorkError);
  await expect(exportModel(mixing, 'js')).rejects.toThrow('Nothing was written');
  const counting = own(layer, ({ weights, bias }, x) => linear(x, weights, bias).mul(x.shape[0] / 5));
  await expect(exportModel(counting, 'js')).rejects.toThrow('depend on the number of rows');
});

test('a model whose steps depend on the values of its input is refused', async () => {
  const looking = own(layer, ({ weights, bias }, x) =>
    linear(x, weights, bias).mul((x.sum().dataSync() as Float32Array)[0] > 600 ? 1 : 2),
  );
  await expect(exportModel(looking, 'onnx')).rejects.toThrow(WorkError);
});

test('dtype is refused for every format but onnx', async () => {
  await expect(exportModel(savedZoo.xor(), 'js', { dtype: 'float64' })).rejects.toThrow('dtype');
});

describe('the rows of the check', () => {
  const columnsOf = (saved: SavedModel) => {
    const rows = drawRows(saved);
    expect(rows).toHaveLength(100);
    expect(drawRows(saved, 7)).toEqual(rows.slice(0, 7));
    return rows[0].map((_, i) => rows.map((row) => row[i]));
  };
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const expectSpread = (values: unknown[], center: number, scale: number) => {
    const deviations = values.map((value) => ((value as number) - center) / scale);
    expect(Math.abs(mean(deviations))).toBeLessThan(0.5);
    expect(Math.abs(mean(deviations.map((each) => each ** 2)) - 1)).toBeLessThan(0.5);
  };

  test('are pixels from 0 to the largest', () => {
    const pixels = columnsOf(lenet).flat() as number[];
    expect(pixels).toHaveLength(25600);
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 255]);
    expect(new Set(pixels).size).toBe(256);
  });

  test('lie about the mean of each column, as far as its scale says, and have every category', () => {
    const saved = savedZoo['mlp, binary']();
    const { preprocessing } = saved.file;
    if (preprocessing.kind !== 'standardise') throw new Error(preprocessing.kind);
    columnsOf(saved).forEach((column, i) =>
      expectSpread(column, preprocessing.mean[i], preprocessing.scale[i]),
    );
    const [age, color, year, weight, member] = columnsOf(savedZoo['mlp, cells of a table']());
    expectSpread(age, 40, 12);
    expectSpread(year, 1990, 7);
    expectSpread(weight, 70, 9);
    expect([...new Set(color)].sort()).toEqual(['3', 'blue \\ "dark"', 'red']);
    expect([...new Set(member)].sort()).toEqual(['false', 'true']);
  });

  test('lie between -3 and 3 where nothing is prepared', () => {
    const numbers = columnsOf(savedZoo.xor()).flat() as number[];
    expect(Math.min(...numbers)).toBeGreaterThan(-3);
    expect(Math.min(...numbers)).toBeLessThan(-2.9);
    expect(Math.max(...numbers)).toBeLessThan(3);
    expect(Math.max(...numbers)).toBeGreaterThan(2.9);
  });
});

test('lists of numbers differ by their largest difference, endlessly where one is missing or no number', () => {
  const difference = (a: number[], b: number[]) =>
    largestDifference(Float64Array.from(a), Float64Array.from(b));
  expect(difference([], [])).toBe(0);
  expect(difference([1, 2, 3], [1, 4, 2.5])).toBe(2);
  expect(difference([1], [1, 1])).toBe(Infinity);
  expect(difference([1, NaN], [2, 1])).toBe(Infinity);
  expect(difference([Infinity], [Infinity])).toBe(Infinity);
  expect(difference([Infinity, 1], [1, 1])).toBe(Infinity);
});

const onnxOf = async (saved: SavedModel, dtype: 'float32' | 'float64' = 'float32') =>
  onnxModel(saved, await graphOf(saved, { from: 'raw', to: 'classes' }), dtype);

describe('an ONNX file holds no step that is not needed', () => {
  const stepsIn = async (saved: SavedModel, dtype?: 'float64') =>
    (await onnxOf(saved, dtype)).nodes.map(({ op }) => op).join(' ');

  test('pictures are turned once, when the first window comes, and back before they are flattened', async () => {
    expect(await stepsIn(lenet)).toBe(
      'Div Sub Mul Reshape Transpose Conv MaxPool Relu Conv MaxPool Relu Transpose Reshape Gemm Softmax',
    );
    const { inputs, outputs, metadata } = await onnxOf(lenet);
    expect(inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 256] }]);
    expect(outputs).toEqual([{ name: 'probabilities', dtype: 'float32', shape: ['batch', 3] }]);
    const { parameters: _, ...rest } = lenet.file;
    expect(metadata).toEqual({
      model: 'lenet',
      classNames: '["a","b","c"]',
      weights: JSON.stringify(rest),
    });
  });

  test('in double precision a convolution is a product of what its windows see', async () => {
    expect(await stepsIn(lenet, 'float64')).toContain(
      'Reshape Reshape Gather Reshape MatMul Reshape Add Transpose MaxPool Relu Transpose Reshape Gather',
    );
  });

  test('what brings inputs near 1 is done in double precision, and nothing else', async () => {
    const saved = savedZoo['mlp, cells of a table']();
    const { nodes, tensors, metadata } = await onnxOf(saved);
    const castsTo = (all: typeof nodes) => all.flatMap(({ attributes: { to } }) => to ?? []);
    const namesOf = (all: typeof tensors, type: string) =>
      all.filter(({ dtype }) => dtype === type).map(({ name }) => name);
    expect(castsTo(nodes)).toEqual([11, 1, 11, 1, 1, 1]);
    expect(namesOf(tensors, 'float64')).toEqual(['means', 'scales', 'means_2', 'scales_2']);
    const { preprocessing } = saved.file;
    expect(JSON.parse(metadata.columns)).toEqual(preprocessing.kind === 'table' && preprocessing.columns);
    // In double precision nothing need be cast but truth values.
    const inDouble = await onnxOf(saved, 'float64');
    expect(castsTo(inDouble.nodes)).toEqual([11, 11]);
    expect(namesOf(inDouble.tensors, 'float32')).toEqual([]);
    for (const { dtype } of [...inDouble.inputs, ...inDouble.outputs]) expect(dtype).toBe('float64');
  });

  test('a value that two steps take is computed once, and a bias that is not a separate vector is added', async () => {
    expect(await stepsIn(curious['uneven windows'])).toMatch(
      /^Div Reshape Transpose Conv Conv MaxPool Transpose Reshape Transpose Reshape Concat/,
    );
    expect(await stepsIn(curious['features by rows'])).toContain('Transpose MatMul Add Transpose');
  });
});

describe('a Layers model', () => {
  interface Topology {
    class_name: string;
    config: { activation?: string; padding?: string };
  }
  const layersIn = async (saved: SavedModel) => {
    const { files } = await exportModel(saved, 'layers');
    const { modelTopology } = JSON.parse(files['model.json'] as string) as {
      modelTopology: { config: { layers: Topology[] } };
    };
    return modelTopology.config.layers
      .map(({ class_name, config: { activation, padding } }) =>
        [class_name, activation, padding].filter(Boolean).join('.'),
      )
      .join(' ');
  };

  test('has a layer for weights with their bias and what follows them', async () => {
    expect(await layersIn(savedZoo['xor-composed']())).toBe(
      'InputLayer Dense.sigmoid Dense.sigmoid Concatenate Dense.sigmoid',
    );
    expect(await layersIn(lenet)).toBe(
      'InputLayer Rescaling Rescaling Reshape Conv2D.linear.valid MaxPooling2D.valid Activation.relu ' +
        'Conv2D.linear.valid MaxPooling2D.valid Activation.relu Flatten Dense.softmax',
    );
    const saved = savedZoo['mlp, binary']();
    const { files } = await exportModel(saved, 'layers');
    const { model, classNames, preprocessing, training } = saved.file;
    const weights = [
      ['hidden1/kernel', 7, 16],
      ['hidden1/bias', 16],
      ['hidden2/kernel', 16, 8],
      ['hidden2/bias', 8],
      ['output/kernel', 8, 1],
      ['output/bias', 1],
    ].map(([name, ...shape]) => ({ name, shape, dtype: 'float32' }));
    expect(JSON.parse(files['model.json'] as string)).toMatchObject({
      format: 'layers-model',
      userDefinedMetadata: { model, classNames, preprocessing, training },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    });
  });

  test('has branches, numbers of its own, and windows that stand over the border', async () => {
    const shapes = { filters: [3, 3, 1, 2], aWeights: [16, 3], bWeights: [8, 3], bias: [3] };
    const saved = own(shapes, ({ filters, aWeights, bWeights, bias }, x) => {
      const sums = tf.conv2d(x.reshape<Tensor4D>([-1, 4, 4, 1]), filters as Tensor4D, [1, 2], 'same');
      const average = tf.avgPool(sums.tanh<Tensor4D>(), [3, 2], [2, 1], 'same').reshape([x.shape[0], -1]);
      const a = linear(x.mul(2).sub(0.5), aWeights, bias);
      const b = average.matMul<Tensor>(bWeights);
      const [left, right] = [x.slice([0, 1], [-1, 3]), tf.scalar(1).sub(x.slice([0, 13], [-1, 3]).neg())];
      return a.add(b.softplus()).mul(left).add(right.div(4)).add(0.25).elu<Tensor>();
    });
    await expectExact(saved);
    const layers = await layersIn(saved);
    for (const layer of ['Conv2D.tanh.same', 'AveragePooling2D.same', 'Dense.softplus', 'Activation.elu'])
      expect(layers).toContain(layer);
  });

  test.each<[string, (x: Tensor, weights: Tensor) => Tensor, string]>([
    ['an exponential', (x, w) => x.matMul(w).exp(), 'exp'],
    ['a difference of two values', (x, w) => x.matMul(w).sub(x.sin().matMul(w)), 'Sin'],
    ['a quotient of two values', (x, w) => x.matMul(w).div(x.matMul(w).add(9)), 'divide'],
    ['a difference', (x, w) => x.matMul(w).sub(x.matMul(w).elu()), 'subtract'],
    ['features by rows', (x, w) => w.transpose().matMul(x, false, true).transpose(), 'transpose'],
  ])('is refused for %s', async (_, forward, word) => {
    const saved = own({ weights: [16, 3] }, ({ weights }, x) => forward(x, weights));
    await expect(exportModel(saved, 'layers')).rejects.toThrow(word);
    await expect(exportModel(saved, 'layers')).rejects.toThrow(InputError);
  });
});
