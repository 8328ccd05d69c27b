import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { models } from '../../../../models/index.ts';
import { InputError, WorkError } from '../../../../src/core/errors.ts';
import { constant, linear } from '../../../../src/core/ops.ts';
import type { Model, Tensors } from '../../../../src/core/model.ts';
import { tf, type Tensor, type Tensor4D } from '../../../../src/core/tf.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { findNumPy } from '../../../../src/node/numpy.ts';
import { largestDifference, modelAnswers, numbersIn } from '../../../../src/saved/export/check.ts';
import { exportModel, formatNames, type FormatName } from '../../../../src/saved/export/formats.ts';
import type { SavedModel } from '../../../../src/saved/saved-model.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';

const python = await findNumPy();
if (!python)
  console.info('SKIPPED: running the exported Python programs, for there is no python3 with NumPy here.');

const exactIn = (format: FormatName) => (format === 'layers' || format === 'onnx' ? 1e-6 : 1e-12);

const checkedBy = async (saved: SavedModel, format: FormatName, dtype?: 'float64') =>
  (await exportModel(saved, format, { dtype, python })).checked;

test.each(Object.keys(savedZoo).filter((name) => name !== 'lenet' && name !== 'cats'))(
  '%s goes out in every format and computes the same there',
  async (name) => {
    const saved = savedZoo[name]();
    for (const format of formatNames) {
      const checked = await checkedBy(saved, format);
      if (format === 'python' && !python) continue;
      expect(checked?.rows).toBe(100);
      expect(checked?.maxDifference).toBeLessThanOrEqual(exactIn(format));
    }
    expect((await checkedBy(saved, 'onnx', 'float64'))?.maxDifference).toBeLessThan(1e-12);
  },
);

test('large pictures go out', async () => {
  for (const dtype of [undefined, 'float64'] as const)
    expect((await checkedBy(savedZoo.cats(), 'onnx', dtype))?.maxDifference).toBeLessThan(1e-12);
});

const grey = (side: number) =>
  ({ kind: 'image', height: side, width: side, channels: 1, divisor: 255 }) as const;

test('convolutions go out with their channels in every order that the formats want', async () => {
  const saved = savedModel('lenet', {
    options: { filters: [3, 4] },
    features: 256,
    classNames: ['a', 'b', 'c'],
    preprocessing: grey(16),
  });
  for (const format of formatNames) {
    const checked = await checkedBy(saved, format);
    if (checked) expect(checked.maxDifference).toBeLessThanOrEqual(exactIn(format));
  }
  expect((await checkedBy(saved, 'onnx', 'float64'))?.maxDifference).toBeLessThan(1e-12);
});

/** A network of one's own, on parameters of these shapes. */
const own = (
  shapes: Record<string, number[]>,
  forward: (parameters: Tensors, x: Tensor) => Tensor,
  { features = 16, classes = 3 } = {},
): SavedModel => {
  const model: Model = {
    ...models.softmax.create({ asPrinted: false }),
    name: 'own',
    initial: () =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const size = shape.reduce((product, length) => product * length, 1);
          return [name, { shape, values: new Float64Array(size) }];
        }),
      ),
    forward: (parameters, x) => ({ logits: forward(parameters, x) }),
  };
  const classNames = Array.from({ length: classes }, (_, k) => `class "${k}" 'ü' \\`);
  return savedModel('softmax', { features, classNames, preprocessing: grey(4), model });
};

const layer = { weights: [16, 3], bias: [3] };

const curious: Record<string, SavedModel> = {
  'many activations': own(layer, ({ weights, bias }, x) =>
    tf.addN([
      linear(x, weights, bias).elu(),
      linear(x, weights, bias).tanh().softplus(),
      linear(x, weights, bias).leakyRelu(0.3).clipByValue(-0.2, 0.7),
      linear(x, weights, bias).square().sqrt().neg().exp(),
      tf.maximum(linear(x, weights, bias), bias).sub(tf.minimum(x.sum(1, true), 2)),
    ] as never[]),
  ),
  'features by rows': own({ rows: [3, 16], column: [3, 1] }, ({ rows, column }, x) =>
    rows.matMul(x, false, true).add(column).transpose(),
  ),
  'bias as a column of ones': own({ class: [17, 3] }, (parameters, x) =>
    tf.concat([x, tf.ones([x.shape[0], 1])], 1).matMul(parameters.class),
  ),
  'pooling at the border': own({ filters: [3, 3, 1, 2], mean: [3] }, ({ filters, mean }, x) => {
    const pictures = x.reshape<Tensor4D>([-1, 4, 4, 1]);
    const sums = tf.conv2d(pictures, filters as Tensor4D, 1, 'same');
    const most = tf.maxPool(sums, 3, 2, 'same').reshape([x.shape[0], -1]); //      [batch, 8]
    const average = tf.avgPool(sums, 3, 2, 'same').reshape([x.shape[0], -1]);
    const [a, b] = [most.slice([0, 0], [-1, 3]), average.slice([0, 2], [-1, 3])];
    return a.add(b.mul(mean)).div(constant(0.3));
  }),
  'standardised in the network': own(layer, ({ weights, bias }, x) => {
    const centred = x.sub(x.mean(1, true));
    return linear(centred.div(centred.square().mean(1, true).sqrt()), weights, bias);
  }),
};

test.each(Object.keys(curious))('a model of one’s own goes out whole: %s', async (name) => {
  await useBackend('cpu');
  const saved = curious[name];
  for (const [format, dtype] of [['js'], ['python'], ['onnx'], ['onnx', 'float64']] as const) {
    const checked = await checkedBy(saved, format, dtype);
    if (checked) expect(checked.maxDifference).toBeLessThanOrEqual(dtype ? 1e-12 : exactIn(format));
  }
});

const cells: unknown[][] = [
  [31, 'red', 1980, 60.5, 'true'],
  ['31', ' blue \\ "dark" ', '1980', '6.05e1', true],
  [31, '3.0', null, 60.5, false],
  [31, 3, '?', 60.5, 'false'],
  [31, 'NA', 1980, 60.5, 'true'],
];
const names = ['age', "colour's name", 'year', 'weight', 'member'];
const wrong: unknown[][] = [
  [31, 'green', 1980, 60.5, 'true'],
  ['old', 'red', 1980, 60.5, 'true'],
  [null, 'red', 1980, 60.5, 'true'],
  [31, 'red', 1980, 60.5],
];

test('a module takes cells by their order or their names, as predict does, and refuses what it refuses', async () => {
  const saved = savedZoo['mlp, cells of a table']();
  const [text] = Object.values((await exportModel(saved, 'js')).files) as string[];
  const { predict: inModule } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    predict: (rows: unknown[]) => { label: string; probabilities: number[] }[];
  };
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

(python ? test : test.skip)('so does a Python program', async () => {
  const saved = savedZoo['mlp, cells of a table']();
  const [text] = Object.values((await exportModel(saved, 'python')).files) as string[];
  const expected = await modelAnswers(saved, cells as never);
  const written = cells.map((row) => row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell)));
  const answers = await python!.run(text, written as never);
  expect(largestDifference(Float64Array.from(answers.flat()), expected)).toBeLessThan(1e-12);
  for (const row of wrong) await expect(python!.run(text, [row] as never)).rejects.toThrow();
});

test('what there is no step for is refused, with what to take instead', async () => {
  const saved = own(layer, ({ weights, bias }, x) => linear(x.sin(), weights, bias));
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(/computes Sin.*json, npz and safetensors/s);
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(InputError);
  await expect(exportModel(saved, 'npz')).resolves.toBeDefined();
});

test('a model whose answer to a row depends on the others does not go out', async () => {
  const mixing = own(layer, ({ weights, bias }, x) => linear(x.sub(x.mean(0)), weights, bias));
  await expect(exportModel(mixing, 'js')).rejects.toThrow(WorkError);
  await expect(exportModel(mixing, 'js')).rejects.toThrow('Nothing was written');
  const counting = own(layer, ({ weights, bias }, x) => linear(x, weights, bias).mul(x.shape[0] / 5));
  await expect(exportModel(counting, 'js')).rejects.toThrow('depend on the number of rows');
});

test('a model that decides by looking at numbers is found out', async () => {
  const looking = own(layer, ({ weights, bias }, x) =>
    linear(x, weights, bias).mul((x.sum().dataSync() as Float32Array)[0] > 600 ? 1 : 2),
  );
  await expect(exportModel(looking, 'onnx')).rejects.toThrow(WorkError);
});

test('equal models make equal bytes', async () => {
  for (const format of formatNames)
    expect((await exportModel(savedZoo.xor(), format, { python })).files).toEqual(
      (await exportModel(savedZoo.xor(), format, { python })).files,
    );
});

test('the precision is onnx’s alone', async () => {
  await expect(exportModel(savedZoo.xor(), 'js', { dtype: 'float64' })).rejects.toThrow('dtype');
});

const checker = spawnSync('python3', ['-c', 'import onnx']).status === 0 ? 'python3' : '/usr/bin/python3';
const hasChecker = spawnSync(checker, ['-c', 'import onnx']).status === 0;
if (!hasChecker) console.info('SKIPPED: the checker of ONNX files, for there is no python3 with onnx here.');

(hasChecker ? test : test.skip)('the reference checker of ONNX finds no fault', async () => {
  for (const saved of [savedZoo.lenet(), savedZoo['breast-cancer'](), savedZoo['xor-composed']()])
    for (const dtype of ['float32', 'float64'] as const) {
      const [bytes] = Object.values((await exportModel(saved, 'onnx', { dtype })).files);
      const code = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.stdin.buffer), full_check=True)';
      const { status, stderr } = spawnSync(checker, ['-c', code], { input: bytes, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
});
