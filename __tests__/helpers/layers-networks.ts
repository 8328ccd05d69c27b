/**
 * Small networks, one for every kind of trainable layer, activation, optimizer and loss of TensorFlow.js Layers, with the shapes
 * of their inputs. Initial weights are seeded, so that every backend starts from the same.
 */
import { tf } from '../../src/utils/tf.ts';
import { loadLayersPackage } from '../../src/utils/tf-layers.ts';

const tfl = await loadLayersPackage();

type Layer = InstanceType<typeof tfl.layers.Layer>;

export interface Network {
  /** The shape of one row. */
  input: number[];
  /** The vocabulary's size: inputs are integers below it. */
  words?: number;
  layers: () => Layer[];
  optimizer?: keyof typeof optimizers;
  loss?: string;
}

const { layers, initializers } = tfl;
const drawn = (seed: number) => initializers.glorotUniform({ seed });

const dense = (units: number, options = {}): Layer =>
  layers.dense({ units, kernelInitializer: drawn(7), ...options });
const conv2d = (filters: number, kernelSize: number | [number, number], options = {}): Layer =>
  layers.conv2d({ filters, kernelSize, kernelInitializer: drawn(7), ...options });
const recurrent = (units: number, options = {}) => ({
  units,
  kernelInitializer: drawn(3),
  recurrentInitializer: drawn(4),
  ...options,
});
const decide = () => dense(3, { activation: 'softmax' });
const decideFlat = () => [layers.flatten(), decide()];

const row = [10];
const picture = [8, 9, 3];
const series = [6, 4];

const activated = (activation: string): Network => ({
  input: row,
  layers: () => [dense(16, { inputShape: row, activation }), decide()],
});
/** A layer between two dense ones that are applied to every pixel. */
const between = (make: () => Layer): Network => ({
  input: picture,
  layers: () => [dense(4, { inputShape: picture }), make(), ...decideFlat()],
});
const global = (make: () => Layer): Network => ({
  input: picture,
  layers: () => [dense(4, { inputShape: picture }), make(), decide()],
});
const convolved = (options: object, size: number | [number, number] = 3): Network => ({
  input: picture,
  layers: () => [conv2d(5, size, { inputShape: picture, ...options }), ...decideFlat()],
});

export const optimizers = {
  adam: () => tf.train.adam(0.01),
  momentum: () => tf.train.momentum(0.05, 0.9),
  rmsprop: () => tf.train.rmsprop(0.01),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.5),
  adamax: () => tf.train.adamax(0.01),
};

const activations = [
  'relu',
  'sigmoid',
  'tanh',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'relu6',
  'swish',
];
const losses = [
  'meanSquaredError',
  'meanAbsoluteError',
  'categoricalHinge',
  'logcosh',
  'kullbackLeiblerDivergence',
  'poisson',
  'cosineProximity',
  'binaryCrossentropy',
];

export const networks: Record<string, Network> = {
  ...Object.fromEntries(activations.map((name) => [`dense, ${name}`, activated(name)])),
  'leakyReLU, prelu': {
    input: row,
    layers: () => [dense(16, { inputShape: row }), layers.leakyReLU(), dense(8), layers.prelu(), decide()],
  },
  conv2d: convolved({ activation: 'relu' }),
  'conv2d, sigmoid': convolved({ activation: 'sigmoid' }),
  'conv2d, same, strides 2': convolved({ padding: 'same', strides: 2 }),
  'conv2d 1×1, same, strides 2': convolved({ padding: 'same', strides: 2 }, 1),
  'conv2d 1×5, same, strides 3': convolved({ padding: 'same', strides: 3 }, [1, 5]),
  conv1d: {
    input: [12, 3],
    layers: () => [
      layers.conv1d({ filters: 4, kernelSize: 3, inputShape: [12, 3], kernelInitializer: drawn(7) }),
      layers.maxPooling1d({ poolSize: 2 }),
      ...decideFlat(),
    ],
  },
  conv3d: {
    input: [5, 6, 7, 2],
    layers: () => [
      layers.conv3d({ filters: 4, kernelSize: 3, inputShape: [5, 6, 7, 2], kernelInitializer: drawn(7) }),
      layers.maxPooling3d({ poolSize: 2 }),
      ...decideFlat(),
    ],
  },
  'conv3d 1×1×1 behind another': {
    input: [3, 4, 4, 2],
    layers: () => [
      layers.conv3d({ filters: 3, kernelSize: 1, inputShape: [3, 4, 4, 2], kernelInitializer: drawn(7) }),
      layers.conv3d({ filters: 2, kernelSize: 1, kernelInitializer: drawn(8) }),
      ...decideFlat(),
    ],
  },
  conv2dTranspose: {
    input: picture,
    layers: () => [
      layers.conv2dTranspose({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        inputShape: picture,
        kernelInitializer: drawn(7),
      }),
      ...decideFlat(),
    ],
  },
  depthwiseConv2d: {
    input: picture,
    layers: () => [
      layers.depthwiseConv2d({
        kernelSize: 3,
        inputShape: picture,
        depthMultiplier: 2,
        depthwiseInitializer: drawn(5),
      }),
      ...decideFlat(),
    ],
  },
  separableConv2d: {
    input: picture,
    layers: () => [
      layers.separableConv2d({
        filters: 4,
        kernelSize: 3,
        inputShape: picture,
        depthwiseInitializer: drawn(5),
        pointwiseInitializer: drawn(6),
      }),
      ...decideFlat(),
    ],
  },
  convLstm2d: {
    input: [3, 6, 6, 2],
    layers: () => [
      layers.convLstm2d({
        filters: 3,
        kernelSize: 3,
        inputShape: [3, 6, 6, 2],
        kernelInitializer: drawn(3),
        recurrentInitializer: drawn(4),
      }),
      ...decideFlat(),
    ],
  },
  'batchNormalization of rows': {
    input: row,
    layers: () => [dense(16, { inputShape: row, useBias: false }), layers.batchNormalization(), decide()],
  },
  'batchNormalization of pictures': {
    input: picture,
    layers: () => [
      conv2d(4, 3, { inputShape: picture, useBias: false }),
      layers.batchNormalization(),
      layers.reLU(),
      ...decideFlat(),
    ],
  },
  layerNormalization: {
    input: row,
    layers: () => [dense(16, { inputShape: row }), layers.layerNormalization(), decide()],
  },
  maxPooling2d: between(() => layers.maxPooling2d({ poolSize: 2 })),
  'maxPooling2d 3×3, same, strides 2': between(() =>
    layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ),
  'maxPooling2d of negative numbers': {
    input: picture,
    layers: () => [
      dense(4, { inputShape: picture, biasInitializer: initializers.constant({ value: -9 }) }),
      layers.maxPooling2d({ poolSize: 2 }),
      ...decideFlat(),
    ],
  },
  'maxPooling3d of negative numbers': {
    input: [4, 4, 4, 2],
    layers: () => [
      dense(3, { inputShape: [4, 4, 4, 2], biasInitializer: initializers.constant({ value: -9 }) }),
      layers.maxPooling3d({ poolSize: 2 }),
      ...decideFlat(),
    ],
  },
  averagePooling2d: between(() => layers.averagePooling2d({ poolSize: 2 })),
  'averagePooling2d 3×3, same, strides 2': between(() =>
    layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ),
  globalAveragePooling2d: global(() => layers.globalAveragePooling2d({ dataFormat: 'channelsLast' })),
  globalMaxPooling2d: global(() => layers.globalMaxPooling2d({ dataFormat: 'channelsLast' })),
  upSampling2d: between(() => layers.upSampling2d({})),
  'upSampling2d, bilinear': between(() => layers.upSampling2d({ interpolation: 'bilinear' })),
  zeroPadding2d: between(() => layers.zeroPadding2d({})),
  cropping2d: between(() => layers.cropping2D({ cropping: 1 })),
  'dropout, rate 0': {
    input: row,
    layers: () => [dense(16, { inputShape: row }), layers.dropout({ rate: 0 }), decide()],
  },
  embedding: {
    input: [6],
    words: 20,
    layers: () => [
      layers.embedding({ inputDim: 20, outputDim: 5, inputLength: 6, embeddingsInitializer: drawn(9) }),
      ...decideFlat(),
    ],
  },
  simpleRNN: {
    input: series,
    layers: () => [layers.simpleRNN(recurrent(6, { inputShape: series })), decide()],
  },
  lstm: {
    input: series,
    layers: () => [layers.lstm(recurrent(6, { inputShape: series })), decide()],
  },
  gru: { input: series, layers: () => [layers.gru(recurrent(6, { inputShape: series })), decide()] },
  'bidirectional gru behind lstm': {
    input: series,
    layers: () => [
      layers.lstm(recurrent(6, { inputShape: series, returnSequences: true })),
      layers.bidirectional({ layer: layers.gru(recurrent(4)), mergeMode: 'concat' }),
      decide(),
    ],
  },
  timeDistributed: {
    input: series,
    layers: () => [layers.timeDistributed({ layer: dense(5), inputShape: series }), ...decideFlat()],
  },
  ...Object.fromEntries(
    (Object.keys(optimizers) as (keyof typeof optimizers)[]).map((optimizer) => [
      `optimizer ${optimizer}`,
      { ...activated('relu'), optimizer },
    ]),
  ),
  ...Object.fromEntries(losses.map((loss) => [`loss ${loss}`, { ...activated('relu'), loss }])),
};
