/**
 * The wasm backend against double precision: operations of TensorFlow.js and their gradients over shapes (sizes 0, 1 and
 * odd, several ranks, broadcasting on either side), strides below and above the filter size, dilations, padding, NaN and
 * infinities. docs/wasm.md shows the counts.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { useBackend } from '../../../../src/backend/index.ts';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { tensorOf } from '../../../../src/utils/tensors.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';
import { groups, type Operation } from '../../../helpers/tfjs-operations.ts';

jest.setTimeout(300_000);

beforeAll(async () => {
  await useBackend('wasm');
  registerFloat64Backend();
});

type Call = (...inputs: never[]) => Tensor;
const operations = tf as unknown as Record<string, Call>;
const call = (name: string, ...inputs: unknown[]) => operations[name](...(inputs as never[]));

interface Result {
  shape: number[];
  values: number[];
}

/** The results on a backend, or the error message. */
async function resultsOn(backend: string, compute: () => Tensor | Tensor[]): Promise<Result[] | string> {
  await tf.setBackend(backend);
  try {
    return tf.tidy(() =>
      [compute()].flat().map((tensor) => ({ shape: tensor.shape, values: Array.from(tensor.dataSync()) })),
    );
  } catch (error) {
    return (error as Error).message;
  }
}

const isClose = (value: number, right: number): boolean =>
  Object.is(value, right) ||
  value === right ||
  Math.abs(value - right) <= 3e-5 * Math.max(1, Math.abs(right));

const areClose = (ours: Result[], right: Result[]): boolean =>
  ours.length === right.length &&
  ours.every(
    ({ shape, values }, i) =>
      shape.join() === right[i].shape.join() &&
      values.length === right[i].values.length &&
      values.every((value, j) => isClose(value, right[i].values[j])),
  );

const counts = new Map<string, { equal: number; failAlike: number; explained?: number }>();

/** Compares one computation. What fails on both backends is an error of TensorFlow.js itself, or invalid. */
async function compare(group: string, name: string, compute: () => Tensor | Tensor[]): Promise<string[]> {
  const count = counts.get(group) ?? { equal: 0, failAlike: 0 };
  counts.set(group, count);
  const [ours, right] = [await resultsOn('wasm', compute), await resultsOn('float64', compute)];
  if (typeof ours === 'string' && typeof right === 'string') {
    count.failAlike++;
    return [];
  }
  if (typeof ours !== 'string' && typeof right !== 'string' && areClose(ours, right)) {
    count.equal++;
    return [];
  }
  return [`${name}: ${JSON.stringify(ours)} instead of ${JSON.stringify(right)}`];
}

/** Any numbers, the same each time: quarters from −1 to 1.5. */
const numbers = (shape: number[], seed: number): Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((7 * i + 3 * seed) % 11) / 4 - 1),
    shape,
  );
const gradients = (compute: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor[] =>
  tf.grads((...at: Tensor[]) =>
    compute(...at)
      .cast('float32')
      .square()
      .sum(),
  )(inputs);

const special = [NaN, Infinity, -Infinity, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 7];

const unary =
  'abs acos acosh asin asinh atan atanh ceil cos cosh elu exp expm1 floor isFinite isInf isNaN leakyRelu log log1p ' +
  'neg reciprocal relu relu6 round rsqrt selu sigmoid sign sin sinh softplus sqrt square step tan tanh';

test.each(unary.split(' '))('%s', async (name) => {
  const differing: string[] = [];
  for (const shape of [[11], [0], [1, 11, 1], [0, 3]]) {
    const x = () => tf.tensor(special.slice(0, tf.util.sizeFromShape(shape)), shape);
    differing.push(
      ...(await compare('elementwise, one input', `${name} [${shape.join()}]`, () => call(name, x()))),
      ...(await compare('elementwise, one input', `gradient of ${name} [${shape.join()}]`, () =>
        tf.grad((at) => call(name, at).cast('float32').sum())(x()),
      )),
    );
  }
  expect(differing).toEqual([]);
});

const broadcasts: [number[], number[]][] = [
  [[11], [11]],
  [
    [4, 1, 0],
    [4, 4, 0],
  ],
  [[0], [1]],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3, 4], [4]],
  [
    [2, 3, 4],
    [2, 1, 1],
  ],
  [
    [2, 3, 4],
    [1, 3, 1],
  ],
  [[], [2, 2]],
  [
    [2, 0],
    [2, 1],
  ],
  [
    [3, 1, 2, 1],
    [1, 4, 1, 5],
  ],
  [
    [2, 3, 2, 3],
    [3, 2, 3],
  ],
];

const binary =
  'add sub mul div maximum minimum pow squaredDifference mod floorDiv atan2 prelu ' +
  'greater greaterEqual less lessEqual equal notEqual';

test.each(binary.split(' '))('%s', async (name) => {
  const group = 'elementwise, two inputs';
  const differing: string[] = [];
  for (const [a, b] of [...broadcasts, ...broadcasts.map(([a, b]) => [b, a])]) {
    const where = `${name} [${a.join()}] [${b.join()}]`;
    // Its results are whole numbers elsewhere, so that NaN becomes 0.
    const [x, y] =
      name === 'floorDiv' ? [numbers(a, 0), numbers(b, 1).abs().add(1)] : [numbers(a, 0), numbers(b, 1)];
    differing.push(
      ...(await compare(group, where, () => call(name, x, y))),
      ...(await compare(group, `gradient of ${where}`, () =>
        gradients((p, q) => call(name, p, q), x.abs().add(0.3), y.abs().add(0.7)),
      )),
    );
  }
  // pow(1, NaN) is 1 in C and in NumPy, and NaN in JavaScript. Of floorDiv see above.
  if (name !== 'pow' && name !== 'floorDiv') {
    const [x, y] = [
      [NaN, 1, NaN, Infinity, -Infinity, 1, 0],
      [1, NaN, NaN, NaN, 2, Infinity, -1],
    ];
    differing.push(
      ...(await compare(group, `${name} of NaN`, () => [
        call(name, tf.tensor(x), tf.tensor(y)),
        call(name, tf.tensor(x), tf.scalar(NaN)),
        call(name, tf.scalar(NaN), tf.tensor(y)),
      ])),
    );
  }
  expect(differing).toEqual([]);
});

const reductions = 'sum mean max min prod logSumExp all any argMax argMin cumsum cumprod';

test.each(reductions.split(' '))('%s', async (name) => {
  const differing: string[] = [];
  for (const shape of [[3], [0], [2, 0], [0, 2], [2, 0, 3], [2, 3, 4], [1, 5, 1], [7, 1]]) {
    for (const axis of [undefined, 0, -1, ...(shape.length > 1 ? [1] : [])]) {
      for (const withNaN of [false, true]) {
        // Of numbers with a NaN the package returns the index of the largest, NumPy that of the NaN.
        if (withNaN && name.startsWith('arg')) continue;
        const values = Array.from(numbers(shape, 2).dataSync());
        if (withNaN && values.length > 0) values[values.length >> 1] = NaN;
        differing.push(
          ...(await compare('reductions and running sums', `${name} [${shape.join()}] along ${axis}`, () => {
            const x = tf.tensor(values, shape);
            return call(name, name === 'all' || name === 'any' ? x.cast('bool') : x, axis);
          })),
        );
      }
    }
  }
  expect(differing).toEqual([]);
});

test.each([false, true].flatMap((a) => [false, true].map((b) => [a, b])))(
  'matMul, transposeA %s, transposeB %s',
  async (transposeA, transposeB) => {
    const differing: string[] = [];
    const turned = (shape: number[], turn: boolean) =>
      turn ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
    for (const [a, b] of [
      [
        [2, 1, 1, 2],
        [1, 3, 2, 1],
      ],
      [
        [2, 2, 3],
        [3, 2],
      ],
      [
        [1, 2, 3],
        [4, 3, 2],
      ],
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 0],
        [0, 3],
      ],
      [
        [3, 1, 2, 2],
        [2, 2, 2],
      ],
      [
        [4, 1, 2, 3],
        [1, 5, 3, 1],
      ],
    ]) {
      const [x, y] = [numbers(turned(a, transposeA), 0), numbers(turned(b, transposeB), 1)];
      const product = (p: Tensor, q: Tensor) => tf.matMul(p, q, transposeA, transposeB);
      differing.push(
        ...(await compare('matMul', `[${a.join()}] [${b.join()}]`, () => product(x, y))),
        ...(await compare('matMul', `gradient of [${a.join()}] [${b.join()}]`, () =>
          gradients(product, x, y),
        )),
      );
    }
    expect(differing).toEqual([]);
  },
);

describe.each([2, 3])('windows in %d dimensions', (dimensions) => {
  test.each([1, 2, 3, 4])('with a stride of %d', async (stride) => {
    const differing: string[] = [];
    for (const size of [1, 2, 3])
      for (const pad of ['same', 'valid'] as const)
        for (const side of [4, 5])
          for (const dilation of dimensions === 2 && stride === 1 ? [1, 2] : [1]) {
            if (pad === 'valid' && (size - 1) * dilation + 1 > side) continue;
            const flat = dimensions === 2;
            const x = numbers(flat ? [2, side, side + 1, 2] : [1, side, 3, side, 2], 0);
            const filter = numbers(flat ? [size, 1, 2, 3] : [size, 1, size, 2, 3], 1);
            const depthwise = numbers([size, 1, 2, 2], 1);
            const pool = (name: string) => (at: Tensor) =>
              call(flat ? name : `${name}3d`, at, flat ? size : [size, 1, size], stride, pad);
            const cases: [string, (...inputs: Tensor[]) => Tensor, Tensor[]][] = [
              [
                'convolutions',
                (p, q) =>
                  flat
                    ? tf.conv2d(p as never, q as never, stride, pad, 'NHWC', dilation)
                    : tf.conv3d(p as never, q as never, stride, pad),
                [x, filter],
              ],
            ];
            if (flat) {
              cases.push(
                [
                  'depthwise convolutions',
                  (p, q) => tf.depthwiseConv2d(p as never, q as never, stride, pad, 'NHWC', dilation),
                  [x, depthwise],
                ],
                [
                  'depthwise convolutions',
                  (p, q) =>
                    tf.fused.depthwiseConv2d({
                      ...{ x: p as never, filter: q as never, strides: stride, pad, dilations: dilation },
                      ...{ activation: 'relu', bias: numbers([4], 1) },
                    }),
                  [x, depthwise],
                ],
              );
            }
            if (dilation === 1)
              cases.push(['pooling', pool('maxPool'), [x]], ['pooling', pool('avgPool'), [x]]);
            for (const [group, compute, inputs] of cases) {
              const where = `${group}: size ${size}, stride ${stride}, ${pad}, side ${side}, dilation ${dilation}`;
              differing.push(
                ...(await compare(group, where, () => compute(...inputs))),
                ...(await compare(group, `gradient of ${where}`, () => gradients(compute, ...inputs))),
              );
            }
          }
    expect(differing).toEqual([]);
  });
});

test.each(['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'prelu', 'leakyrelu'] as const)(
  'fused kernels with %s keep NaN',
  async (activation) => {
    const fused = { activation, bias: tf.tensor1d([0, 1]), preluActivationWeights: tf.tensor1d([0.5, 0.2]) };
    const x = tf.tensor([NaN, 1, -3, 2], [1, 2, 2, 1]);
    const differing = [
      ...(await compare('fused activations', 'fused.matMul', () =>
        tf.fused.matMul({ a: x.reshape([2, 2]), b: tf.eye(2), ...fused }),
      )),
      ...(await compare('fused activations', 'fused.conv2d', () =>
        tf.fused.conv2d({
          ...{ x: x as never, filter: tf.tensor4d([1, 2], [1, 1, 1, 2]), strides: 1, pad: 'same', ...fused },
        }),
      )),
    ];
    expect(differing).toEqual([]);
  },
);

test.each([
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
  ['ij->ji', [2, 3]],
  ['ij->i', [2, 3]],
  ['ij->', [2, 3]],
  ['ij,ij->', [2, 3], [2, 3]],
  ['bqhd,bkhd->bhqk', [2, 3, 2, 4], [2, 5, 2, 4]],
  ['bhqk,bkhd->bqhd', [2, 2, 3, 5], [2, 5, 2, 4]],
  ['ij,k->ijk', [2, 3], [4]],
  ['i,j->ij', [2], [3]],
  ['ij,jk->k', [2, 3], [3, 4]],
  ['abc,cd->abd', [2, 3, 4], [4, 5]],
  ['ij,i->j', [2, 3], [2]],
] as [string, ...number[][]][])(
  'einsum %s equals its definition, and its gradient central differences',
  async (equation, ...shapes) => {
    const inputs = shapes.map(numbers);
    const values = inputs.map((input) => Array.from(input.dataSync()));
    const compute = (...at: Tensor[]) => tf.einsum(equation, ...at);
    const ours = (await resultsOn('wasm', () => compute(...inputs))) as Result[];
    const right = definition(equation, shapes, values);
    expect(ours[0].values).toEqual(right.map((value): unknown => expect.closeTo(value, 4)));
    const slopes = (await resultsOn('wasm', () => gradients(compute, ...inputs))) as Result[];
    const loss = (at: number[][]) =>
      definition(equation, shapes, at).reduce((sum, value) => sum + value ** 2, 0);
    values.forEach((operand, i) =>
      operand.forEach((value, entry) => {
        const moved = (by: number) => loss(values.with(i, operand.with(entry, value + by)));
        expect(slopes[i].values[entry]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 3);
      }),
    );
    const count = counts.get('einsum') ?? { equal: 0, failAlike: 0 };
    counts.set('einsum', { ...count, equal: count.equal + 2 });
  },
);

/** The sum over all indices, one by one. (On cpu `ij,jk->k` has the wrong shape.) */
function definition(equation: string, shapes: number[][], values: number[][]): number[] {
  const [inputs, output] = equation.split('->');
  const operands = inputs.split(',');
  const lengths = new Map(
    operands.flatMap((indices, i) => [...indices].map((index, d) => [index, shapes[i][d]] as const)),
  );
  const names = [...lengths.keys()];
  const place = (indices: string, at: Map<string, number>) =>
    [...indices].reduce((sum, index) => sum * lengths.get(index)! + at.get(index)!, 0);
  const size = [...output].reduce((product, index) => product * lengths.get(index)!, 1);
  const result = new Array<number>(size).fill(0);
  const visit = (depth: number, at: Map<string, number>): void => {
    if (depth === names.length) {
      const factors = operands.map((indices, i) => values[i][place(indices, at)]);
      result[place(output, at)] += factors.reduce((product, factor) => product * factor, 1);
      return;
    }
    for (let i = 0; i < lengths.get(names[depth])!; i++) visit(depth + 1, at.set(names[depth], i));
  };
  visit(0, new Map());
  return result;
}

const line = (x: Tensor, ...before: number[]) => x.reshape<never>([...before, 4, 1]);
const spreading: Record<string, (x: Tensor) => Tensor> = {
  ...Object.fromEntries(
    'softmax logSoftmax sum mean max min prod logSumExp cumsum cumprod norm relu square'
      .split(' ')
      .map((name) => [name, (x: Tensor) => call(name, x)]),
  ),
  variance: (x) => tf.moments(x).variance,
  matMul: (x) => tf.matMul(x.reshape([4, 1]), tf.ones([1, 20])),
  conv2d: (x) => tf.conv2d(line(x, 1, 1), tf.ones([1, 2, 1, 3]), 1, 'same'),
  conv3d: (x) => tf.conv3d(line(x, 1, 1, 1), tf.ones([1, 1, 2, 1, 1]), 1, 'same'),
  depthwiseConv2d: (x) => tf.depthwiseConv2d(line(x, 1, 1), tf.ones([1, 2, 1, 1]), 1, 'same'),
  avgPool: (x) => tf.avgPool(line(x, 1, 1), [1, 2], 1, 'same'),
  maxPool: (x) => tf.maxPool(line(x, 1, 1), [1, 2], 1, 'same'),
  avgPool3d: (x) => tf.avgPool3d(line(x, 1, 1, 1), [1, 1, 2], 1, 'same'),
  maxPool3d: (x) => tf.maxPool3d(line(x, 1, 1, 1), [1, 1, 2], 1, 'same'),
  dilation2d: (x) => tf.dilation2d(line(x, 1, 1), tf.zeros([1, 2, 1]), 1, 'same'),
  unsortedSegmentSum: (x) => tf.unsortedSegmentSum(x, tf.zeros([4], 'int32') as never, 1),
  huberLoss: (x) => tf.losses.huberLoss(tf.zerosLike(x), x),
  hingeLoss: (x) => tf.losses.hingeLoss(tf.zerosLike(x), x),
  sigmoidCrossEntropy: (x) => tf.losses.sigmoidCrossEntropy(tf.zerosLike(x), x),
  softmaxCrossEntropy: (x) =>
    tf.losses.softmaxCrossEntropy(tf.tensor2d([0, 1, 0, 0], [1, 4]), x.reshape([1, 4])),
};

test.each(Object.entries(spreading))(
  '%s spreads NaN and infinities as its definition does',
  async (_, compute) => {
    const differing: string[] = [];
    for (const values of [
      [1, NaN, 2, 3],
      [NaN, -1, -2, -3],
      [1, Infinity, 2, 3],
      [1, -Infinity, 2, 0],
      [Infinity, -Infinity, 1, 2],
      [NaN, NaN, NaN, NaN],
    ]) {
      const x = tf.tensor1d(values);
      differing.push(
        ...(await compare('NaN and infinities', `${values.join()}`, () => compute(x))),
        ...(await compare('NaN and infinities', `gradient at ${values.join()}`, () => gradients(compute, x))),
      );
    }
    expect(differing).toEqual([]);
  },
);

const ofWhole =
  'abs exp isFinite isInf isNaN leakyRelu neg reciprocal relu relu6 round sign softplus square step add sub mul div ' +
  'maximum minimum pow squaredDifference mod floorDiv prelu atan2 greater greaterEqual less lessEqual equal notEqual ' +
  'sum mean max min prod argMax argMin cumsum cumprod reverse transpose concat stack tile gather where clipByValue ' +
  'onesLike zerosLike expandDims all any logicalAnd logicalOr matMul';
const furtherInputs: Record<string, (x: Tensor) => unknown[]> = {
  transpose: () => [],
  tile: () => [[1, 2]],
  gather: () => [tf.tensor1d([1, 0], 'int32'), 1],
  where: (x) => [x, x.reverse()],
  clipByValue: () => [0, 1],
  matMul: (x) => [x.transpose()],
  ...Object.fromEntries(['step', 'leakyRelu'].map((name) => [name, () => [0.5]])),
};
const binaryNames = [...binary.split(' '), 'logicalAnd', 'logicalOr'];

test.each(ofWhole.split(' '))('%s of integers and truths', async (name) => {
  const differing: string[] = [];
  for (const dtype of ['int32', 'bool'] as const) {
    const [x, y] = [
      [3, -2, 1, 0, 7, -8],
      [1, 5, 2, 3, 4, 1],
    ].map((values) =>
      tf.tensor(
        values.map((value) => (dtype === 'bool' ? value & 1 : value)),
        [2, 3],
        dtype,
      ),
    );
    const given = name === 'where' ? x.cast('bool') : x;
    const inputs = binaryNames.includes(name) ? [y] : (furtherInputs[name]?.(x) ?? []);
    const compute = () =>
      ['concat', 'stack'].includes(name) ? call(name, [x, y], 1) : call(name, given, ...inputs);
    const ours = await resultsOn('wasm', compute);
    // Refused with what to do, where float64 has a result.
    if (typeof ours === 'string' && /takes (no bool|float32 only)|not support bool/.test(ours)) {
      const count = counts.get('integers and truths')!;
      count.explained = (count.explained ?? 0) + 1;
    } else differing.push(...(await compare('integers and truths', dtype, compute)));
  }
  expect(differing).toEqual([]);
});

/** Numbers from −1.5 to 1.5, all of them different, in no order. */
function distinct(shape: number[], seed: number): number[] {
  const count = tf.util.sizeFromShape(shape);
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b));
  let step = 7;
  while (count > 0 && divides(step, count) > 1) step++;
  return Array.from(
    { length: count },
    (_, i) => ((((i * step + 3 * seed) % count) + 0.55 + 0.05 * seed) / count) * 3 - 1.5 + 0.01 * seed,
  );
}

const sumOfProducts = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/**
 * Compares the result with the definition, and the gradient with a central difference along one direction, in double precision,
 * or on cpu where float64 has no such kernel. All of those operations are linear or their kinks are far, so a large step is exact.
 */
async function compareWithDefinition(group: string, operation: Operation): Promise<string[]> {
  const { name, compute, shapes, formula = compute, isWrong = false } = operation;
  const count = counts.get(group) ?? { equal: 0, failAlike: 0, explained: 0 };
  counts.set(group, count);
  const where = `${name} [${shapes.map((shape) => shape.join()).join('] [')}]`;
  const at = shapes.map((shape, i) => distinct(shape, i));
  const tensors = (values: number[][]) =>
    values.map((each, i) => tensorOf(Float64Array.from(each), shapes[i]));
  const ours = await resultsOn('wasm', () => compute(...tensors(at)));
  let reference = 'float64';
  let right = await resultsOn(reference, () => formula(...tensors(at)));
  if (typeof right === 'string') right = await resultsOn((reference = 'cpu'), () => compute(...tensors(at)));
  if (typeof ours === 'string' || typeof right === 'string' || !areClose(ours, right))
    return [`${where}: ${JSON.stringify(ours)} instead of ${JSON.stringify(right)}`];
  count.equal++;

  const upstream = distinct(right[0].shape, 2);
  const gradient = () =>
    tf.grads((...inputs: Tensor[]) =>
      compute(...inputs)
        .cast('float32')
        .mul(tensorOf(Float64Array.from(upstream), right[0].shape))
        .sum(),
    )(tensors(at));
  const slopes = await resultsOn('wasm', gradient);
  if (typeof slopes === 'string') {
    if (typeof (await resultsOn('cpu', gradient)) !== 'string') return [`gradient of ${where}: ${slopes}`];
    count.failAlike++;
    return [];
  }
  const step = reference === 'cpu' ? 1 / 64 : 1e-5;
  const directions = shapes.map((shape, i) => distinct(shape, i + 5));
  const differing: string[] = [];
  for (const [i, direction] of directions.entries()) {
    const loss = async (by: number) => {
      const moved = at.with(
        i,
        at[i].map((value, j) => value + by * direction[j]),
      );
      const results = (await resultsOn(reference, () => formula(...tensors(moved)))) as Result[];
      // Numbers that do not depend on the input may be NaN.
      return sumOfProducts(
        results[0].values.map((value) => (Number.isNaN(value) ? 0 : value)),
        upstream,
      );
    };
    const expected = direction.length > 0 ? ((await loss(step)) - (await loss(-step))) / (2 * step) : 0;
    const got = sumOfProducts(slopes[i].values, direction);
    const tolerance = (reference === 'cpu' ? 2e-3 : 1e-4) * Math.max(1, Math.abs(expected));
    if (slopes[i].shape.join() !== shapes[i].join() || !(Math.abs(got - expected) <= tolerance))
      differing.push(`gradient of ${where} by input ${i}: ${got} instead of ${expected}`);
  }
  if (isWrong !== differing.length > 0) return isWrong ? [`gradient of ${where} is right`] : differing;
  if (isWrong) count.explained!++;
  else count.equal++;
  return [];
}

test.each(Object.entries(groups))('%s equal their definitions', async (group, operations) => {
  const differing: string[] = [];
  for (const operation of operations) differing.push(...(await compareWithDefinition(group, operation)));
  expect(differing).toEqual([]);
});

afterAll(async () => {
  const docs = await readFile(new URL('../../../../docs/wasm.md', import.meta.url), 'utf8');
  const rows = [...counts].map(
    ([group, { equal, failAlike, explained = 0 }]) => `| ${group} | ${equal} | ${failAlike} | ${explained} |`,
  );
  const missing = rows.filter((row) => !docs.replace(/ +/g, ' ').includes(row));
  if (missing.length > 0) throw new Error(`docs/wasm.md lacks these rows:\n${missing.join('\n')}`);
});
