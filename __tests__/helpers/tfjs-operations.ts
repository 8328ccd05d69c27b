/**
 * Operations of TensorFlow.js with the shapes of their inputs, in groups, for comparisons of a backend with the definition:
 * data movement, pictures, windows, normalization, losses, and elementwise operations and reductions with their options.
 */
import { tf, type Tensor } from '../../src/utils/tf.ts';

export interface Operation {
  name: string;
  compute: (...inputs: Tensor[]) => Tensor;
  shapes: number[][];
  /** The same by its definition, where the float64 backend has no kernel of its own. */
  formula?: (...inputs: Tensor[]) => Tensor;
  /** Its gradient is wrong on every backend. */
  isWrong?: boolean;
}

type Function = (...inputs: unknown[]) => Tensor;
const ops = tf as unknown as Record<string, Function>;
const [image, losses] = [tf.image, tf.losses] as unknown as Record<string, Function>[];
const indices = (...values: number[]) => tf.tensor1d(values, 'int32');
const pairs = (...values: number[][]) => tf.tensor2d(values, undefined, 'int32');

export const groups: Record<string, Operation[]> = {};
let group: Operation[];
const begin = (name: string) => (groups[name] = group = []);
const add = (
  name: string,
  compute: Operation['compute'],
  shapes: number[][],
  more: Partial<Operation> = {},
): unknown => group.push({ name, compute, shapes, ...more });
/** One operation with several options: `[shape, ...options]`. */
const each = (name: string, cases: unknown[][], more: Partial<Operation> = {}, of = ops): void => {
  for (const [shape, ...options] of cases)
    add(`${name} ${JSON.stringify(options)}`, (x) => of[name](x, ...options), [shape as number[]], more);
};

begin('elementwise, with options');
const taylor = (x: Tensor): Tensor => {
  let [term, sum] = [x, x];
  for (let k = 1; k < 40; k++) {
    term = term
      .mul(x)
      .mul(x)
      .mul(-1 / k);
    sum = sum.add(term.div(2 * k + 1));
  }
  return sum.mul(2 / Math.sqrt(Math.PI));
};
for (const shape of [[7], [2, 3], [0], [1, 1, 5]]) {
  add('erf', (x) => x.erf(), [shape], { formula: taylor });
  for (const name of ['logSigmoid', 'logSoftmax', 'softmax', 'clone', 'zerosLike', 'onesLike'])
    each(name, [[shape]]);
  each('clipByValue', [[shape, -0.5, 0.4]]);
  each('leakyRelu', [[shape, 0.3]]);
  each('step', [[shape, 0.3]]);
  each('dropout', [[shape, 0]]);
  each('cast', [[shape, 'float32']]);
  const isEmpty = shape[0] === 0;
  each(
    'cast',
    [['int32'], ['bool']].map(([dtype]) => [shape, dtype]),
    { isWrong: !isEmpty },
  );
  add('divNoNan by 0', (x) => tf.divNoNan(x, x.greater(0).cast('float32')), [shape], { isWrong: !isEmpty });
  add('pow 3', (x) => x.pow(3), [shape]);
  add('abs pow 2.5', (x) => x.abs().pow(2.5), [shape]);
  add('prelu', (x) => tf.prelu(x, tf.scalar(0.3)), [shape]);
  add('addN', (x) => tf.addN([x, x.square(), x]), [shape]);
  add('where', (x) => tf.where(x.greater(0), x.square(), x.mul(3)), [shape]);
}
for (const [condition, a, b] of [
  [[3], [2, 3], [2, 3]],
  [[2, 1], [3], [2, 3]],
  [[], [2, 3], [2, 3]],
]) {
  const values = Array.from({ length: tf.util.sizeFromShape(condition) }, (_, i) => i % 2 === 0);
  add('where', (x, y) => tf.where(tf.tensor(values, condition, 'bool'), x, y), [a, b]);
}
add('movingAverage', (x, y) => tf.movingAverage(x, y, 0.9, undefined, false), [[3], [3]]);

begin('gradients of elementwise operations');
const domains: Record<string, (x: Tensor) => Tensor> = {
  ...Object.fromEntries(['acos', 'asin', 'atanh', 'log1p'].map((name) => [name, (x) => x.mul(0.6)])),
  ...Object.fromEntries(['log', 'rsqrt', 'sqrt'].map((name) => [name, (x) => x.abs().add(0.1)])),
  acosh: (x) => x.abs().add(1.1),
};
const unary =
  'abs acos acosh asin asinh atan atanh ceil cos cosh elu exp expm1 floor isFinite isInf isNaN log log1p neg reciprocal ' +
  'relu relu6 round rsqrt selu sigmoid sign sin sinh softplus sqrt square step tan tanh';
for (const name of unary.split(' '))
  add(name, (x) => ops[name](domains[name]?.(x) ?? x).cast('float32'), [[2, 7]]);
const divisions = ['div', 'mod', 'floorDiv', 'divNoNan'];
for (const name of 'add sub mul div maximum minimum pow squaredDifference mod floorDiv atan2 greater equal divNoNan'.split(
  ' ',
))
  for (const [a, b] of [
    [[5], [5]],
    [[2, 3], [3]],
    [
      [2, 1],
      [1, 3],
    ],
    [[], [2, 2]],
    [
      [2, 3, 4],
      [2, 1, 1],
    ],
    [
      [3, 1, 2, 1],
      [1, 4, 1, 5],
    ],
    [[0, 3], [3]],
    [[1], [0]],
    [
      [2, 3, 2, 3],
      [3, 2, 3],
    ],
  ])
    for (const shapes of [
      [a, b],
      [b, a],
    ])
      add(
        name,
        (x, y) =>
          ops[name](
            name === 'pow' ? x.abs().add(0.3) : x,
            divisions.includes(name) ? y.abs().add(0.4) : y,
          ).cast('float32'),
        shapes,
        { isWrong: name === 'floorDiv' && !shapes.flat().includes(0) },
      );

begin('gradients of reductions and running sums');
for (const name of 'sum mean max min prod logSumExp euclideanNorm'.split(' '))
  for (const shape of [[5], [2, 3], [2, 3, 4], [1, 5, 1]])
    for (const axis of [undefined, 0, -1, ...(shape.length > 2 ? [[0, 2], [1, 2], 1] : [])])
      each(name, [
        [shape, axis, false],
        [shape, axis, true],
      ]);
for (const [order, axis] of [
  [1, 0],
  [2, 1],
  [Infinity, 0],
  [-Infinity, 1],
  ['euclidean', undefined],
  ['fro', [0, 1]],
  [1, [0, 1]],
])
  each('norm', [[[3, 4], order, axis]]);
for (const axis of [undefined, 0, -1])
  add(
    `moments ${axis}`,
    (x) => {
      const { mean, variance } = tf.moments(x, axis);
      return mean.add(variance.mul(2));
    },
    [[2, 3, 4]],
  );
for (const name of ['cumsum', 'cumprod'])
  for (const shape of [[5], [2, 3], [2, 3, 2], [0]])
    for (const axis of [0, -1])
      each(name, [
        [shape, axis, false, false],
        [shape, axis, true, true],
      ]);

begin('data movement');
const paddings = [
  [[4], [[1, 2]]],
  [
    [3, 4],
    [
      [1, 2],
      [0, 2],
    ],
  ],
  [
    [3, 3, 2],
    [
      [2, 0],
      [1, 1],
      [0, 1],
    ],
  ],
  [
    [2, 3, 3, 2],
    [
      [0, 0],
      [2, 1],
      [1, 2],
      [0, 0],
    ],
  ],
];
for (const value of [0, 1.5, NaN])
  each(
    'pad',
    [
      ...paddings,
      [
        [0, 2],
        [
          [1, 1],
          [0, 1],
        ],
      ],
    ].map(([shape, pad]) => [shape, pad, value]),
  );
for (const mode of ['reflect', 'symmetric'])
  each(
    'mirrorPad',
    paddings.map(([shape, pad]) => [shape, pad, mode]),
    { isWrong: true },
  );
each('tile', [
  [[3], [2]],
  [[3], [0]],
  [
    [2, 3],
    [2, 1],
  ],
  [
    [2, 3],
    [1, 3],
  ],
  [
    [2, 1, 3],
    [2, 3, 2],
  ],
  [
    [0, 2],
    [2, 2],
  ],
]);
each('broadcastTo', [
  [[3], [2, 3]],
  [
    [2, 1],
    [2, 3],
  ],
  [[], [2, 2]],
  [
    [1, 3, 1],
    [2, 3, 2],
  ],
  [
    [0, 1],
    [0, 3],
  ],
  [[1], [0]],
]);
for (const shape of [[5], [2, 3], [2, 3, 2], [0, 2]]) each('reverse', [[shape], [shape, 0], [shape, -1]]);
each('transpose', [
  [[2, 3]],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 1, 3, 2],
    [3, 1, 0, 2],
  ],
  [
    [1, 2, 2, 2, 2],
    [4, 0, 2, 1, 3],
  ],
  [
    [0, 2],
    [1, 0],
  ],
]);
each('slice', [
  [[5], [1], [3]],
  [[5], 2, 3],
  [
    [3, 4],
    [0, 1],
    [-1, 2],
  ],
  [
    [2, 3, 4],
    [1, 0, 2],
    [1, 2, 2],
  ],
  [
    [2, 3],
    [1, 1],
    [0, 2],
  ],
  [
    [1, 2, 2, 2, 2],
    [0, 1, 0, 1, 0],
    [1, 1, 2, 1, 2],
  ],
]);
each('stridedSlice', [
  [[7], [1], [6], [2]],
  [[7], [-1], [0], [-2]],
  [
    [3, 4],
    [2, 3],
    [0, 0],
    [-1, -2],
  ],
  [[3, 4], [0, 0], [0, 0], [1, 2], 3, 3],
  [[3, 4], [1, 0], [2, 4], [1, 1], 0, 0, 0, 0, 1],
]);
for (const axis of [0, 1, -1]) {
  add(`concat ${axis}`, (x, y) => tf.concat([x, y], axis), [
    [2, 3],
    [2, 3],
  ]);
  add(`stack ${axis}`, (x, y, z) => tf.stack([x, y, z], axis), [
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
  add(`unstack ${axis}`, (x) => tf.addN(tf.unstack(x, axis).map((y, i) => y.mul(i + 1))), [[2, 3]]);
  add(`split ${axis}`, (x) => tf.split(x, 2, axis).reduce((a, b) => a.mul(b)), [[4, 2]]);
  add(`split ${axis}`, (x) => tf.concat(tf.split(x, [1, -1], axis).toReversed(), axis), [[4, 4]]);
  each('gather', [
    [[2, 3], indices(1, 0, 1), axis],
    [[2, 3], pairs([1, 0], [1, 1]), axis],
  ]);
  each('expandDims', [[[2, 3], axis]]);
}
each('gather', [
  [[2, 3, 2], pairs([1, 0], [2, 2]), 1, 1],
  [[2, 3], indices(), 0],
  [[2, 3], tf.scalar(1, 'int32')],
]);
add('concat', (x, y, z) => tf.concat([x, y, z], 1), [
  [2, 1],
  [2, 3],
  [2, 0],
]);
add('concat', (x, y) => tf.concat([x, y], 3), [
  [2, 1, 2, 1],
  [2, 1, 2, 3],
]);
each('gatherND', [
  [[2, 3], pairs([0, 1], [1, 0])],
  [[2, 3], pairs([1], [0], [1])],
]);
add('scatterND', (x) => tf.scatterND(pairs([1], [1], [3]), x, [5, 2]), [[3, 2]]);
add('tensorScatterUpdate', (x, y) => tf.tensorScatterUpdate(x, pairs([2], [0]), y), [[4], [2]]);
add('sparseToDense', (x) => tf.sparseToDense(indices(1, 3), x, [5], tf.scalar(0)), [[2]]);
for (const name of ['sparseSegmentSum', 'sparseSegmentMean'] as const)
  add(name, (x) => tf.sparse[name](x, indices(0, 2, 1), indices(0, 0, 1)), [[3, 2]]);
each('unsortedSegmentSum', [
  [[4, 2], indices(1, 0, 1, 2), 3],
  [[4], indices(1, -1, 1, 2), 4],
]);
each('batchToSpaceND', [
  [
    [4, 2, 2, 3],
    [2, 2],
    [
      [0, 1],
      [1, 0],
    ],
  ],
  [[2, 2, 3], [2], [[1, 0]]],
]);
each('spaceToBatchND', [
  [
    [2, 3, 3, 2],
    [2, 2],
    [
      [0, 1],
      [1, 0],
    ],
  ],
  [[2, 3, 2], [2], [[1, 0]]],
]);
each('depthToSpace', [[[1, 2, 3, 8], 2, 'NHWC']]);
each('squeeze', [[[2, 1, 3], [1]]]);
for (const k of [1, 2, 5]) add(`topk ${k}`, (x) => tf.topk(x, k).values, [[2, 3, 5]]);
add('topk indices', (x) => tf.topk(x, 2).indices, [[3, 7]]);
add('diag', (x) => tf.diag(x), [[3]]);
for (const [a, b] of [
  [[2, 3], [3]],
  [[3], [3]],
])
  add('dot', (x, y) => tf.dot(x, y), [a, b]);
add('outerProduct', (x, y) => tf.outerProduct(x as never, y as never), [[2], [3]]);
add('meshgrid', (x, y) => tf.meshgrid(x, y).reduce((a, b) => a.mul(b)), [[2], [3]]);

begin('pictures');
for (const options of [
  [false, false],
  [false, true],
  [true, false],
])
  for (const [shape, size] of [
    [
      [1, 3, 4, 2],
      [5, 7],
    ],
    [
      [2, 4, 4, 1],
      [2, 3],
    ],
    [
      [1, 3, 2, 1],
      [1, 1],
    ],
    [
      [1, 1, 3, 1],
      [4, 5],
    ],
    [
      [3, 4, 2],
      [6, 3],
    ],
  ])
    for (const name of ['resizeBilinear', 'resizeNearestNeighbor'])
      each(name, [[shape, size, ...options]], {}, image);
const boxes = () => tf.tensor2d([0, 0, 1, 1, 0.1, 0.2, 0.8, 0.9, -0.1, 0, 1.2, 1], [3, 4]);
for (const method of ['bilinear', 'nearest'] as const)
  add(
    `cropAndResize ${method}`,
    (x) => tf.image.cropAndResize(x as never, boxes(), indices(0, 1, 0), [3, 2], method),
    [[2, 4, 5, 2]],
  );
each('flipLeftRight', [[[1, 2, 3, 2]]], {}, image);
each('grayscaleToRGB', [[[1, 2, 2, 1]]], {}, image);
each('rgbToGrayscale', [[[1, 2, 2, 3]]], {}, image);

begin('normalization');
for (const [radius, bias, alpha, beta] of [
  [5, 1, 1, 0.5],
  [1, 2, 0.3, 0.75],
  [0, 1, 1, 0.5],
])
  for (const shape of [
    [1, 2, 3, 7],
    [1, 1, 4],
  ])
    each('localResponseNormalization', [[shape, radius, bias, alpha, beta]], {
      formula(x) {
        const channels = shape.at(-1)!;
        const isNear = (_: unknown, i: number) =>
          Number(Math.abs(Math.floor(i / channels) - (i % channels)) <= radius);
        const band = tf.tensor2d(Array.from({ length: channels ** 2 }, isNear), [channels, channels]);
        const sums = x.square().reshape([-1, channels]).matMul(band).reshape(shape);
        return x.mul(sums.mul(alpha).add(bias).pow(-beta));
      },
    });
for (const shape of [
  [5, 3],
  [2, 2, 3],
  [2, 3, 2, 3],
]) {
  const channels = [3];
  const normalize = (x: Tensor, mean: Tensor, variance: Tensor, offset?: Tensor, scale?: Tensor) =>
    ops.batchNorm(x, mean, variance.abs().add(0.2), offset, scale, 0.01);
  add('batchNorm', normalize, [shape, channels, channels, channels, channels]);
  add('batchNorm without scale', normalize, [shape, channels, channels]);
}

begin('losses');
const classes = () => tf.oneHot(indices(0, 1, 2, 1), 3).cast('float32');
const truths = () => tf.tensor2d([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0], [4, 3]);
const weights: [string, (perRow: boolean) => Tensor | undefined][] = [
  ['none', () => undefined],
  ['scalar', () => tf.scalar(0.7)],
  ['some 0', (perRow) => tf.tensor([1, 0, 2, 0.5], perRow ? [4] : [4, 1])],
];
for (const reduction of Object.values(tf.Reduction).filter((value) => typeof value === 'number'))
  for (const [name, weight] of weights) {
    const loss = (which: string, labels: (() => Tensor) | undefined, ...options: number[]) => {
      const compute = (y: Tensor, x: Tensor) =>
        losses[which](
          y,
          which === 'logLoss' ? x.sigmoid() : x,
          weight(which === 'softmaxCrossEntropy'),
          ...options,
          reduction,
        );
      if (labels)
        add(`${which}, weights ${name}, reduction ${reduction}`, (x) => compute(labels(), x), [[4, 3]]);
      else
        add(`${which}, weights ${name}, reduction ${reduction}`, compute, [
          [4, 3],
          [4, 3],
        ]);
    };
    loss('absoluteDifference', undefined);
    loss('meanSquaredError', undefined);
    loss('huberLoss', undefined, 0.8);
    loss('hingeLoss', truths);
    loss('logLoss', truths, 1e-7);
    for (const smoothing of [0, 0.2]) {
      loss('sigmoidCrossEntropy', truths, smoothing);
      loss('softmaxCrossEntropy', classes, smoothing);
    }
    add(
      `cosineDistance, weights ${name}`,
      (x, y) => tf.losses.cosineDistance(x, y, 1, undefined, reduction),
      [
        [4, 3],
        [4, 3],
      ],
    );
  }

begin('windows with options');
const padded = (x: Tensor) =>
  x.pad(
    [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ],
    -1e9,
  );
for (const stride of [1, 2, 3])
  for (const pad of ['same', 'valid'] as const)
    for (const size of [1, 2, 3]) {
      const name = `${size}, stride ${stride}, ${pad}`;
      for (const type of ['avg', 'max'] as const)
        for (const dilation of stride === 1 ? [1, 2] : [1])
          add(
            `pool ${type} ${name}, dilation ${dilation}`,
            (x) => tf.pool(x as never, size, type, pad, dilation, stride),
            [[1, 6, 5, 2]],
          );
      for (const type of ['maxPool', 'avgPool'])
        each(type, [
          [[2, 5, 4, 2], [size, 1], [1, stride], pad],
          [[5, 4, 2], size, stride, pad],
        ]);
      add(`maxPoolWithArgmax ${name}`, (x) => tf.maxPoolWithArgmax(x as never, size, stride, pad).result, [
        [2, 5, 4, 2],
      ]);
      add(`conv1d ${name}`, (x, filter) => tf.conv1d(x as never, filter as never, stride, pad), [
        [2, 7, 2],
        [size, 2, 3],
      ]);
      const grown = (...lengths: number[]) =>
        lengths.map((length) => (pad === 'same' ? length * stride : (length - 1) * stride + size));
      add(
        `conv2dTranspose ${name}`,
        (x, filter) =>
          tf.conv2dTranspose(x as never, filter as never, [2, ...grown(3, 4), 2] as never, stride, pad),
        [
          [2, 3, 4, 3],
          [size, size, 2, 3],
        ],
      );
      add(
        `conv3dTranspose ${name}`,
        (x, filter) =>
          tf.conv3dTranspose(x as never, filter as never, [1, ...grown(2, 3, 2), 2] as never, stride, pad),
        [
          [1, 2, 3, 2, 3],
          [size, size, size, 2, 3],
        ],
      );
      add(
        `separableConv2d ${name}`,
        (x, depthwise, pointwise) =>
          tf.separableConv2d(x as never, depthwise as never, pointwise as never, stride, pad),
        [
          [1, 5, 4, 2],
          [size, size, 2, 2],
          [1, 1, 4, 3],
        ],
      );
      add(
        `conv2d of one picture ${name}`,
        (x, filter) => tf.conv2d(x as never, filter as never, stride, pad),
        [
          [5, 4, 2],
          [size, size, 2, 3],
        ],
      );
      if (size > 1)
        add(
          `conv2d ${name}, padding 1`,
          (x, filter) => tf.conv2d(x as never, filter as never, stride, 1, 'NHWC', 1, 'floor'),
          [
            [2, 5, 5, 2],
            [size, size, 2, 3],
          ],
        );
      if (pad === 'valid' || stride === 1)
        for (const dilation of [1, 2])
          add(
            `dilation2d ${name}, dilation ${dilation}`,
            (x, filter) => ops.dilation2d(x, filter.mul(0.93), stride, pad, dilation),
            [
              [1, 6, 7, 2],
              [size, size, 2],
            ],
            {
              formula(x, filter) {
                const reach = (size - 1) * dilation;
                const before = pad === 'same' ? 2 - Math.floor(reach / 2) : 2;
                const [height, width] = pad === 'same' ? [6, 7] : [6 - reach, 7 - reach];
                const taps = Array.from({ length: size ** 2 }, (_, tap) => {
                  const [ky, kx] = [Math.floor(tap / size), tap % size];
                  const start = [0, before + ky * dilation, before + kx * dilation, 0];
                  const end = [1, start[1] + height, start[2] + width, 2];
                  const seen = padded(x).slice(
                    start,
                    end.map((to, d) => to - start[d]),
                  );
                  const rows = tf.gather(seen, tf.range(0, height, stride, 'int32'), 1);
                  const sums = tf.gather(rows, tf.range(0, width, stride, 'int32'), 2);
                  return sums.add(filter.mul(0.93).slice([ky, kx, 0], [1, 1, 2]).reshape([2]));
                });
                return tf.stack(taps).max(0);
              },
            },
          );
    }
for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const) {
  const fused = {
    strides: 1,
    pad: 'same' as const,
    activation,
    preluActivationWeights: tf.tensor1d([0.1, 0.2, 0.3, 0.4]),
  };
  add(
    `fused.conv2d ${activation}`,
    (x, filter, bias) => tf.fused.conv2d({ x, filter, bias, ...fused } as never),
    [[2, 5, 4, 2], [2, 2, 2, 4], [4]],
  );
  add(
    `fused.depthwiseConv2d ${activation}`,
    (x, filter, bias) => tf.fused.depthwiseConv2d({ x, filter, bias, ...fused } as never),
    [[2, 5, 4, 2], [2, 2, 2, 2], [4]],
  );
  add(
    `fused.matMul ${activation}`,
    (a, b, bias) => tf.fused.matMul({ a, b, bias, transposeB: true, ...fused }),
    [[2, 3], [4, 3], [4]],
  );
}
for (const name of ['maxPool', 'avgPool']) each(name, [[[0, 4, 3, 2], 2, 2, 'same']]);
add('conv2d of no pictures', (x, filter) => tf.conv2d(x as never, filter as never, 1, 'same'), [
  [0, 4, 3, 2],
  [2, 2, 2, 3],
]);
add(
  'basicLSTMCell',
  (x, kernel, bias, c, h) =>
    tf.addN(
      tf.basicLSTMCell(tf.scalar(1), kernel as never, bias as never, x as never, c as never, h as never),
    ),
  [[2, 3], [5, 8], [8], [2, 2], [2, 2]],
);
