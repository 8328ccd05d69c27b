/** Networks that no model of the zoo is, for what is made of their steps. */
import { models } from '../../models/index.ts';
import { constant, linear } from '../../src/model/operations.ts';
import type { Model, Tensors } from '../../src/model/model.ts';
import { tf, type Tensor, type Tensor4D } from '../../src/utils/tf.ts';
import type { SavedModel } from '../../src/weights/saved-model.ts';
import { savedModel } from './saved.ts';

export const grey = (side: number) =>
  ({ kind: 'image', height: side, width: side, channels: 1, divisor: 255 }) as const;

/** A network of one's own, on parameters of these shapes. */
export const own = (
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

/** Parameters of a dense layer for 16 numbers and 3 classes. */
export const layer = { weights: [16, 3], bias: [3] };

export const curious: Record<string, SavedModel> = {
  'many activations': own(layer, ({ weights, bias }, x) =>
    tf.addN([
      linear(x, weights, bias).elu(),
      linear(x, weights, bias).tanh().softplus(),
      linear(x, weights, bias).mul(constant(9)).relu6(),
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
  // No side, step or border of a window is like another, nor those of the picture.
  'uneven windows': own(
    { filters: [2, 4, 1, 2], others: [2, 4, 1, 2], dense: [36, 3] },
    ({ filters, others, dense }, x) => {
      const pictures = x.reshape<Tensor4D>([-1, 5, 4, 1]);
      const sums = tf.conv2d(pictures, filters as Tensor4D, [2, 1], 'same'); // borders of 0, 1, 1 and 2: [batch, 3, 4, 2]
      const borders: [number, number][] = [
        [0, 0],
        [2, 0],
        [0, 3],
        [0, 0],
      ];
      const windows = [
        tf.conv2d(pictures, others as Tensor4D, [1, 3], borders as never), // [batch, 6, 2, 2]
        tf.maxPool(sums, [3, 2], [1, 3], 'same'), //                          [batch, 3, 2, 2]
      ];
      return tf
        .concat(
          windows.map((each) => each.reshape([x.shape[0], -1])),
          1,
        )
        .matMul(dense);
    },
    { features: 20 },
  ),
  'uneven means': own(
    { dense: [8, 3] },
    ({ dense }, x) =>
      tf
        .avgPool(x.reshape<Tensor4D>([-1, 5, 4, 1]), [2, 3], [3, 1], 'same')
        .reshape([x.shape[0], 8])
        .matMul(dense),
    { features: 20 },
  ),
  'standardised in the network': own(layer, ({ weights, bias }, x) => {
    const centered = x.sub(x.mean(1, true));
    return linear(centered.div(centered.square().mean(1, true).sqrt()), weights, bias);
  }),
};

/** Rows for `mlp, cells of a table`, as users have them; and such as it refuses. */
export const cells: unknown[][] = [
  [31, 'red', 1980, 60.5, 'true'],
  ['31', ' blue \\ "dark" ', '1980', '6.05e1', true],
  [31, '3.0', null, 60.5, false],
  [31, 3, '?', 60.5, 'false'],
  [31, 'NA', 1980, 60.5, 'true'],
  [' +31. ', '+3', 'nan', '\u00a0.605e2', ' true'],
];
export const names = ['age', "colour's name", 'year', 'weight', 'member'];
export const wrong: unknown[][] = [
  [31, 'green', 1980, 60.5, 'true'],
  ['old', 'red', 1980, 60.5, 'true'],
  [null, 'red', 1980, 60.5, 'true'],
  [31, 'red', 1980, 60.5],
  [31, 'red', 1980, 60.5, 'true', 1],
  ...['Infinity', Infinity, NaN, true, '1_0', '1,5', '0x1F', '−31', '3 1', [31]].map((age) => [
    age,
    'red',
    1980,
    60.5,
    'true',
  ]),
  [31, 'red', 'year', 60.5, 'true'],
  [31, ['red'], 1980, 60.5, 'true'],
];
