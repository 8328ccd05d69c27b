import { describe, expect, test } from '@jest/globals';
import { evaluate, InputError, weightsFrom, weightsText } from '../../../../src/index.ts';
import { clouds } from '../../../helpers/toy.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';
import { exportModel } from '../../../../src/saved/export/formats.ts';
import { largestDifference, modelAnswers, drawRows } from '../../../../src/saved/export/check.ts';
import { onBackend } from '../../../../src/backend/index.ts';
import { runOnnx } from '../../../../src/saved/export/run-onnx.ts';
import { decodeOnnx } from '../../../../src/saved/formats/decode-onnx.ts';
import { agreement } from '../../../../src/saved/import/agreement.ts';
import { importModel, type Imported } from '../../../../src/saved/import/import-model.ts';
import { sourceFrom } from '../../../../src/saved/import/source.ts';
import {
  encodeOnnx,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '../../../../src/saved/formats/onnx.ts';
import { encodeSafetensors } from '../../../../src/saved/formats/safetensors.ts';
import type { SavedModel } from '../../../../src/saved/saved-model.ts';
import type { ParameterValues } from '../../../../src/core/initial-values.ts';

/** As the file of another program would be imported: the data of the model is at hand. */
async function imported(
  saved: SavedModel,
  bytes: Uint8Array,
  { options = {}, weights, knows = true }: { options?: object; weights?: Uint8Array; knows?: boolean } = {},
): Promise<Imported> {
  return importModel(saved.entry, sourceFrom(bytes, 'theirs', weights), 'theirs', {
    options: options as never,
    data: () => {
      if (!knows) throw new Error('the data was asked for');
      return Promise.resolve(saved.file);
    },
  });
}

const lenet = (filters: number[]): SavedModel =>
  savedModel('lenet', {
    options: { filters },
    features: 256,
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'image', height: 16, width: 16, channels: 1, divisor: 255 },
  });
const mnist = (activation: string): SavedModel =>
  savedModel('mnist', {
    options: { hidden: 12, activation },
    features: 16,
    classNames: Array.from('0123456789'),
    preprocessing: { kind: 'image', height: 4, width: 4, channels: 1, divisor: 255 },
  });
const zoo: Record<string, SavedModel> = {
  ...Object.fromEntries(
    Object.entries(savedZoo)
      .filter(([name]) => !['cats', 'lenet', 'softmax', 'mnist, relu', 'mnist, sigmoid'].includes(name))
      .map(([name, make]) => [name, make()]),
  ),
  'lenet, small': lenet([3, 4]),
  // The shape of its filters 5×5×5×5 does not tell in which order they are.
  'lenet, all fives': lenet([5, 5]),
  'mnist, small': mnist('sigmoid'),
};

async function same(saved: SavedModel, { saved: back }: Imported): Promise<void> {
  const rows = drawRows(saved, 10);
  expect(largestDifference(await modelAnswers(saved, rows), await modelAnswers(back, rows))).toBeLessThan(
    1e-6 * (saved.file.target?.scale ?? 1),
  );
  // A weights.json that reads back.
  expect(weightsFrom(weightsText(back), 'it').file).toEqual(back.file);
}

describe.each(Object.keys(zoo))('%s comes back', (name) => {
  const saved = zoo[name];

  test.each(['onnx', 'safetensors'] as const)('from %s, which say everything', async (format) => {
    const [bytes] = Object.values((await exportModel(saved, format)).files) as [Uint8Array];
    const back = await imported(saved, bytes, { knows: false });
    await same(saved, back);
    expect(back.unused.filter((array) => saved.parameters[array])).toEqual([]);
    if (format === 'onnx') expect(back.difference).toBeLessThan(1e-6);
  });

  test('from npz, with the sizes of its layers', async () => {
    const [bytes] = Object.values((await exportModel(saved, 'npz')).files) as [Uint8Array];
    const { activation } = saved.file.options;
    await same(saved, await imported(saved, bytes, { options: activation ? { activation } : {} }));
  });
});

test.each(['float32', 'float64'] as const)('what was %s stays so, to the last digit', async (dtype) => {
  const saved = zoo['breast-cancer'];
  const [bytes] = Object.values((await exportModel(saved, 'onnx', { dtype })).files) as [Uint8Array];
  const { parameters } = (await imported(saved, bytes)).saved.file;
  for (const [name, { values }] of Object.entries(saved.parameters)) {
    expect(parameters[name].dtype).toBe(dtype);
    const kept = dtype === 'float32' ? Float32Array.from(values) : values;
    expect(Array.from(parameters[name].values)).toEqual(
      Array.from(kept, (value) => (dtype === 'float32' ? (expect.closeTo(value, 7) as unknown) : value)),
    );
  }
});

test('a Layers model comes back from its two files', async () => {
  const saved = zoo['breast-cancer'];
  const { files } = await exportModel(saved, 'layers');
  const json = new TextEncoder().encode(files['model.json'] as string);
  const weights = files['weights.bin'] as Uint8Array;
  const back = await imported(saved, json, { weights });
  expect(back.matches.map(({ array }) => array)).toEqual([
    'hidden/kernel',
    'hidden/bias',
    'output/kernel',
    'output/bias',
  ]);
  await same(saved, back);
  await expect(imported(saved, json, { weights: weights.subarray(4) })).rejects.toThrow(InputError);
  await expect(imported(saved, json)).rejects.toThrow('beside it');
});

const turned = ({ shape: [rows, columns], values }: ParameterValues): ParameterValues => ({
  shape: [columns, rows],
  values: Float64Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)],
  ),
});
const tensor = (name: string, { shape, values }: ParameterValues): OnnxTensor => ({
  name,
  shape,
  dtype: 'float32',
  values,
});
const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});
const network = (
  shape: OnnxModel['inputs'][0]['shape'],
  nodes: OnnxNode[],
  tensors: OnnxTensor[],
): Uint8Array =>
  encodeOnnx({
    producer: { name: 'pytorch', version: '2' },
    opset: 17,
    name: 'main_graph',
    inputs: [{ name: 'input', dtype: 'float32', shape }],
    outputs: [{ name: nodes.at(-1)!.outputs[0], dtype: 'float32', shape: ['n', 1] }],
    nodes,
    tensors,
    metadata: {},
  });

/** As PyTorch exports a multilayer perceptron: [out, in], logits at the end, on prepared inputs. */
const asPyTorch = ({ parameters: p }: SavedModel, activation: string): Uint8Array =>
  network(
    ['n', p.hiddenWeights.shape[0]],
    [
      node('Gemm', ['input', 'fc1.weight', 'fc1.bias'], 'a', { transB: 1 }),
      node(activation, ['a'], 'h'),
      node('Gemm', ['h', 'fc2.weight', 'fc2.bias'], 'z', { transB: 1 }),
    ],
    [
      tensor('fc2.weight', turned(p.outputWeights)),
      tensor('fc2.bias', p.outputBias),
      tensor('fc1.weight', turned(p.hiddenWeights)),
      tensor('fc1.bias', p.hiddenBias),
    ],
  );

test('a stranger’s ONNX is matched by order and shape, its sizes and its activation found, and run', async () => {
  for (const [activation, operator] of [
    ['relu', 'Relu'],
    ['sigmoid', 'Sigmoid'],
  ]) {
    const saved = mnist(activation);
    const back = await imported(saved, asPyTorch(saved, operator));
    expect(back.saved.file.options).toMatchObject({ hidden: 12, activation });
    expect(back.matches[0]).toEqual({ parameter: 'hiddenWeights', array: 'fc1.weight', by: 'shape' });
    expect(back.difference).toBeLessThan(1e-6);
    await same(saved, back);
    await expect(imported(saved, asPyTorch(saved, operator), { options: { hidden: 13 } })).rejects.toThrow(
      'no array for hiddenWeights [16, 13]',
    );
  }
});

test('what fits by its shapes but computes something else is refused', async () => {
  const saved = mnist('relu');
  await expect(imported(saved, asPyTorch(saved, 'Tanh'))).rejects.toThrow('computes something else');
});

test('square matrices of PyTorch are turned, which only their names tell', async () => {
  const saved = savedModel('mnist', {
    options: { hidden: 3 },
    features: 3,
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'standardise', mean: [0, 0, 0], scale: [1, 1, 1] },
  });
  const { parameters: p } = saved;
  const arrays = {
    'fc1.bias': p.hiddenBias,
    'fc1.weight': turned(p.hiddenWeights),
    'fc2.bias': p.outputBias,
    'fc2.weight': turned(p.outputWeights),
  };
  const dtype = 'float32' as const;
  const bytes = encodeSafetensors({
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, { ...array, dtype }])),
    metadata: { format: 'pt' },
  });
  const back = await imported(saved, bytes, { options: { hidden: 3 } });
  expect(back.matches.map(({ array, turned }) => [array, turned])).toEqual([
    ['fc1.weight', 'transposed'],
    ['fc1.bias', undefined],
    ['fc2.weight', 'transposed'],
    ['fc2.bias', undefined],
  ]);
  await same(saved, back);
});

test('pictures that were flattened with their channels first find their rows', async () => {
  const small = zoo['lenet, small'];
  const { parameters: p } = small;
  const first = ({ shape: [h, w, i, o], values }: ParameterValues): ParameterValues => ({
    shape: [o, i, h, w],
    values: Float64Array.from({ length: values.length }, (_, at) => {
      const [place, c, k] = [at % (h * w), Math.floor(at / (h * w)) % i, Math.floor(at / (h * w * i))];
      return values[(place * i + c) * o + k];
    }),
  });
  // The pictures before the last layer are 1 by 1, so their order cannot matter; wider ones are 28 by 28.
  const big = savedModel('lenet', {
    options: { filters: [2, 3] },
    features: 784,
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
  });
  const { outputWeights: w } = big.parameters;
  const [places, channels] = [16, 3];
  const columns = w.shape[1];
  const chw = {
    shape: w.shape,
    values: w.values.map((_, at) => {
      const row = Math.floor(at / columns);
      const [channel, place] = [Math.floor(row / places), row % places];
      return w.values[(place * channels + channel) * columns + (at % columns)];
    }),
  };
  const q = big.parameters;
  const bytes = network(
    ['n', 1, 28, 28],
    [
      node('Sub', ['input', 'mean'], 'centred'),
      node('Div', ['centred', 'deviation'], 'scaled'),
      node('Conv', ['scaled', 'c1', 'b1'], 'a'),
      node('Relu', ['a'], 'ar'),
      node('MaxPool', ['ar'], 'ap', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Conv', ['ap', 'c2', 'b2'], 'b'),
      node('Relu', ['b'], 'br'),
      node('MaxPool', ['br'], 'bp', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', ['bp'], 'flat'),
      node('Gemm', ['flat', 'w', 'bias'], 'z'),
    ],
    [
      { name: 'mean', shape: [], dtype: 'float64', values: Float64Array.of(0.1307) },
      { name: 'deviation', shape: [], dtype: 'float64', values: Float64Array.of(0.3081) },
      tensor('c1', first(q.firstFilters)),
      tensor('b1', q.firstBias),
      tensor('c2', first(q.secondFilters)),
      tensor('b2', q.secondBias),
      tensor('w', chw),
      tensor('bias', q.outputBias),
    ],
  );
  const back = await imported(big, bytes, {});
  expect(back.saved.file.options.filters).toEqual([2, 3]);
  expect(back.difference).toBeLessThan(1e-6);
  await same(big, back);
  expect(p).toBeDefined();
});

test('what was imported is scored', async () => {
  const saved = zoo['breast-cancer'];
  const [bytes] = Object.values((await exportModel(saved, 'safetensors')).files) as [Uint8Array];
  const { saved: back } = await imported(saved, bytes);
  const test = clouds(20, { features: 30 });
  expect(await evaluate(back, { test, classNames: saved.file.classNames })).toEqual(
    await evaluate(saved, { test, classNames: saved.file.classNames }),
  );
});

test('files that are for another model, or for none, are told apart in a sentence', async () => {
  const [bytes] = Object.values((await exportModel(zoo.xor, 'safetensors')).files) as [Uint8Array];
  await expect(imported(zoo.points, bytes)).rejects.toThrow('an export of the model xor, not of points');
  const [npz] = Object.values((await exportModel(zoo['breast-cancer'], 'npz')).files) as [Uint8Array];
  await expect(imported(zoo.points, npz)).rejects.toThrow(
    /no array for hiddenWeights \[2, 2\]; it has hiddenWeights \[30, 10\]/,
  );
  for (const text of ['', '{}', 'abc', '{"modelTopology": 1, "weightsManifest": "../../etc/passwd"}'])
    expect(() => sourceFrom(new TextEncoder().encode(text), 'theirs', new Uint8Array())).toThrow(InputError);
});

test('an ONNX file that keeps its numbers in another file is refused, and the file is not opened', () => {
  // TensorProto: name, type, place of data (1: elsewhere), and the path.
  const elsewhere = [
    0x42,
    1,
    0x77,
    0x10,
    1,
    0x70,
    1,
    0x6a,
    22,
    0x0a,
    8,
    ...Buffer.from('location'),
    0x12,
    10,
    ...Buffer.from('/etc/hosts'),
  ];
  const graph = [0x0a, 4, 0x22, 2, ...Buffer.from('Ad'), 0x2a, elsewhere.length, ...elsewhere];
  const bytes = Uint8Array.from([0x3a, graph.length, ...graph]);
  expect(() => sourceFrom(bytes, 'theirs')).toThrow('lies in another file, and no other file is opened');
});

test('an ONNX file that asks for more memory than there is, is not run', async () => {
  const saved = zoo.points;
  const growing = Array.from({ length: 10 }, (_, i) =>
    node('Concat', new Array<string>(64).fill(`x${i}`), `x${i + 1}`, { axis: 1 }),
  );
  const { parameters: p } = saved;
  const bytes = network(
    ['n', 2],
    [
      node('Gemm', ['input', 'a', 'b'], 'h', { transB: 0 }),
      node('Sigmoid', ['h'], 'x0'),
      ...growing,
      node('Gemm', ['x10', 'c', 'd'], 'z'),
    ],
    [
      tensor('a', p.hiddenWeights),
      tensor('b', p.hiddenBias),
      tensor('c', p.outputWeights),
      tensor('d', p.outputBias),
    ],
  );
  const back = await imported(saved, bytes);
  expect(back.difference).toBeUndefined();
});

describe('an operator of a stranger’s ONNX', () => {
  const m = tensor('m', { shape: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6) });
  const bias = tensor('b', { shape: [3], values: Float64Array.of(10, 20, 30) });
  const whole = (name: string, ...values: number[]): OnnxTensor => ({
    ...{ name, dtype: 'int64', shape: [values.length], values: Float64Array.from(values) },
  });
  const number = (name: string, value: number) => tensor(name, { shape: [], values: Float64Array.of(value) });
  /** What the nodes make of the rows [1, 2] and [3, -4]. */
  const answer = (nodes: OnnxNode[], tensors: OnnxTensor[] = []) =>
    onBackend('float64', {}, () =>
      Array.from(
        runOnnx(decodeOnnx(network(['n', 2], nodes, tensors), 'it'), [
          [1, 2],
          [3, -4],
        ]),
      ),
    );

  test.each<[string, string[], OnnxNode['attributes'], OnnxTensor[], number[]]>([
    ['MatMul', ['input', 'm'], {}, [m], [9, 12, 15, -13, -14, -15]],
    ['Gemm', ['input', 'm', 'b'], {}, [m, bias], [19, 32, 45, -3, 6, 15]],
    ['Gemm', ['input', 'm', 'b'], { transA: 1 }, [m, bias], [23, 37, 51, -4, 4, 12]],
    ['Gemm', ['m', 'input', 'z'], { transA: 1, transB: 1 }, [m, number('z', 0)], [9, -13, 12, -14, 15, -15]],
    ['Sub', ['input', 'c'], {}, [number('c', 1)], [0, 1, 2, -5]],
    ['Div', ['c', 'input'], {}, [number('c', 12)], [12, 6, 4, -3]],
    ['Pow', ['input', 'c'], {}, [number('c', 2)], [1, 4, 9, 16]],
    ['Clip', ['input', 'c', 'd'], {}, [number('c', -1), number('d', 2)], [1, 2, 2, -1]],
    ['Neg', ['input'], {}, [], [-1, -2, -3, 4]],
    ['Sign', ['input'], {}, [], [1, 1, 1, -1]],
    ['Relu', ['input'], {}, [], [1, 2, 3, 0]],
    ['Identity', ['input'], {}, [], [1, 2, 3, -4]],
    ['Dropout', ['input'], {}, [], [1, 2, 3, -4]],
    ['Flatten', ['input'], {}, [], [1, 2, 3, -4]],
    ['Transpose', ['input'], { perm: [1, 0] }, [], [1, 3, 2, -4]],
    ['Equal', ['input', 'c'], {}, [number('c', 2)], [0, 1, 0, 0]],
    ['Concat', ['input', 'input'], { axis: 1 }, [], [1, 2, 1, 2, 3, -4, 3, -4]],
    ['Gather', ['input', 'i'], { axis: 1 }, [whole('i', 1, 0, 1)], [2, 1, 2, -4, 3, -4]],
    ['Slice', ['input', 'i', 'j'], {}, [whole('i', 0, 1), whole('j', 2 ** 31 - 1, 2)], [2, -4]],
    ['Reshape', ['input', 'i'], {}, [whole('i', 4, 1)], [1, 2, 3, -4]],
    ['Pad', ['input', 'i'], {}, [whole('i', 0, 1, 1, 0)], [0, 1, 2, 0, 3, -4, 0, 0, 0]],
    ['Pad', ['input', 'i', 'c'], {}, [whole('i', 0, 0, 0, 1), number('c', 7)], [1, 2, 7, 3, -4, 7]],
    ['ReduceSum', ['input', 'i'], { keepdims: 0 }, [whole('i', 0)], [4, -2]],
    ['ReduceMean', ['input'], { axes: [1] }, [], [1.5, -0.5]],
    ['ReduceMax', ['input'], { axes: [1] }, [], [2, 3]],
    ['ReduceMin', ['input'], { axes: [0] }, [], [1, -4]],
  ])('%s of %j %j', async (op, inputs, attributes, tensors, expected) => {
    expect(await answer([node(op, inputs, 'y', attributes)], tensors)).toEqual(expected);
  });

  test('LogSoftmax', async () => {
    const sums = [Math.exp(1) + Math.exp(2), Math.exp(3) + Math.exp(-4)].map(Math.log);
    const expected = [1 - sums[0], 2 - sums[0], 3 - sums[1], -4 - sums[1]];
    (await answer([node('LogSoftmax', ['input'], 'y')])).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i], 14),
    );
  });

  test('reduces to a single axis that stays unless it is told not to', async () => {
    const minus = (keepdims?: number) =>
      answer([
        node('ReduceMax', ['input'], 'most', { axes: [1], ...(keepdims !== undefined && { keepdims }) }),
        node('Sub', ['input', 'most'], 'y'),
      ]);
    expect(await minus()).toEqual([-1, 0, 0, -7]);
    expect(await minus(1)).toEqual([-1, 0, 0, -7]);
    expect(await minus(0)).toEqual([-1, -1, 1, -7]);
  });

  test('has windows with strides and borders, and pictures channels first', async () => {
    const picture = node('Reshape', ['input', 'shape'], 'p');
    const shape = whole('shape', 1, 1, 2, 2);
    const windows = (op: string, attributes: OnnxNode['attributes'], filters: OnnxTensor[] = []) =>
      answer(
        [picture, node(op, ['p', ...filters.map(({ name }) => name)], 'y', attributes)],
        [shape, ...filters],
      );
    const pads = [0, 0, 1, 1];
    expect(await windows('MaxPool', { kernel_shape: [2, 2] })).toEqual([3]);
    expect(await windows('MaxPool', { kernel_shape: [2, 2], pads })).toEqual([3, 2, 3, -4]);
    expect(await windows('MaxPool', { kernel_shape: [1, 1], strides: [2, 1] })).toEqual([1, 2]);
    expect(await windows('AveragePool', { kernel_shape: [2, 2], pads })).toEqual([0.5, -1, -0.5, -4]);
    const two = tensor('f', { shape: [2, 1, 1, 2], values: Float64Array.of(1, 10, -1, 0) });
    const c = tensor('c', { shape: [2], values: Float64Array.of(0.5, 0) });
    expect(await windows('Conv', {}, [two])).toEqual([21, -37, -1, -3]);
    expect(await windows('Conv', { strides: [2, 1] }, [two, c])).toEqual([21.5, -1]);
    expect(await windows('Conv', { pads: [1, 0, 0, 0] }, [two])).toEqual([0, 21, -37, 0, -1, -3]);
  });

  test('that is not known is named', async () => {
    await expect(answer([node('Mystery', ['input'], 'y')])).rejects.toThrow(
      new InputError('the operator Mystery is not known'),
    );
  });

  test('that asks for more memory than is given to it is refused before it takes any', async () => {
    const refused = new InputError('Pad would take more memory than is given to it');
    const pad = (by: number) => answer([node('Pad', ['input', 'i'], 'y')], [whole('i', 0, 0, 0, by)]);
    // 4 numbers, times (1 + pads) squared: at most 2²⁵.
    expect(await pad(2895)).toHaveLength(2 * 2897);
    await expect(pad(2896)).rejects.toThrow(refused);
    const long = tensor('l', { shape: [1, 8192], values: new Float64Array(8192) });
    const tall = tensor('t', { shape: [8192, 1], values: new Float64Array(8192) });
    for (const [op, inputs, attributes] of [
      ['MatMul', ['t', 'l'], {}],
      ['Gemm', ['t', 'l', 'z'], {}],
      ['Gemm', ['l', 't', 'z'], { transA: 1, transB: 1 }],
      ['Add', ['t', 'l'], {}],
      ['Gather', ['t', 'i'], { axis: 1 }],
      ['Conv', ['o', 'f'], {}],
    ] as const) {
      const many = whole('i', ...new Array<number>(8192).fill(0));
      const one = tensor('o', { shape: [1, 1, 64, 64], values: new Float64Array(4096) });
      const filters = tensor('f', { shape: [8193, 1, 1, 1], values: new Float64Array(8193) });
      await expect(
        answer([node(op, [...inputs], 'y', attributes)], [long, tall, number('z', 0), many, one, filters]),
      ).rejects.toThrow(`${op} would take more memory`);
    }
  });
});

describe('answers agree, in whatever form a network gives them', () => {
  const difference = (saved: SavedModel, expected: number[], outputs: number[]) =>
    agreement(saved, Float64Array.from(expected), Float64Array.from(outputs));
  const logit = (p: number) => Math.log(p / (1 - p));

  test('of two classes', () => {
    const expected = [0.2, 0.8, 0.7, 0.3];
    for (const outputs of [
      expected,
      [0.8, 0.3],
      [logit(0.8), logit(0.3)],
      expected.map(Math.log),
      // Several outputs, of which the first decides.
      [0.8, 9, 0.3, 9],
      [logit(0.8), 9, -5, logit(0.3), 9, -5],
    ])
      expect(difference(zoo.xor, expected, outputs)).toBeCloseTo(0, 14);
    expect(difference(zoo.xor, expected, [0.8, 0.4])).toBeCloseTo(0.1, 14);
    expect(difference(zoo.xor, expected, [0.8])).toBe(Infinity);
  });

  test('of more classes', () => {
    const expected = [0.2, 0.3, 0.5, 0.6, 0.3, 0.1];
    for (const outputs of [expected, expected.map(Math.log), expected.map((p) => Math.log(p) + 3)])
      expect(difference(zoo['mlp, classes'], expected, outputs)).toBeCloseTo(0, 14);
    expect(difference(zoo['mlp, classes'], expected, [0.2, 0.3])).toBe(Infinity);
  });

  test('of a regression, in its unit or in deviations, told in deviations', () => {
    // Mean 250 000, scale 40 000.
    const expected = [290_000, 210_000];
    expect(difference(zoo['mlp, regression'], expected, expected)).toBe(0);
    expect(difference(zoo['mlp, regression'], expected, [1, -1])).toBe(0);
    expect(difference(zoo['mlp, regression'], expected, [1, -0.5])).toBe(0.5);
    expect(difference(zoo['mlp, regression'], expected, [290_000, 220_000])).toBe(0.25);
  });
});
