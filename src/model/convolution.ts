/**
 * A convolution, its ReLU and its 2×2 max-pooling, without padding and with steps of 1, and the way back.
 *
 * Every filter looks at every place, but of each 2×2 places only the largest result goes on: its place has *won*. The loss depends
 * on the maxIndices alone, so the way back goes to one place in four. Where the backend has kernels for that, what is kept from the
 * forward pass are the maxIndices' places; elsewhere all sums are kept, TensorFlow.js's kernels find the maxIndices in them again, and
 * the way back goes to all places, three quarters of which get nothing.
 */
import { isRecorded, sumRows } from './operations.ts';
import { tf, type Tensor, type Tensor4D } from '../utils/tf.ts';

const engine = tf.engine();
const hasKernels = (): boolean => tf.getKernel('PooledConvolution', tf.getBackend()) !== undefined;

const pool = { filterSize: 2, strides: 2, pad: 'valid' };
const slide = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1 };

export interface Pooled {
  /** `max(0, largest of 2×2 sums)`, `[batch, pooled height, pooled width, outChannels]`. */
  pooled: Tensor;
  /** What the way back needs, of shape `[batch, …]`. */
  maxIndices: Tensor;
}

/**
 * @param x pictures, `[batch, height, width, inChannels]`
 * @param filters `[size, size, inChannels, outChannels]`
 * @param bias `[outChannels]`
 */
export function pooledConvolution(x: Tensor, filters: Tensor, bias: Tensor): Pooled {
  if (hasKernels() && !isRecorded()) {
    const [pooled, maxIndices] = engine.runKernel<Tensor[]>('PooledConvolution', {
      x,
      filter: filters,
      bias,
    });
    return { pooled, maxIndices };
  }
  const sums = tf.add<Tensor4D>(tf.conv2d(x as Tensor4D, filters as Tensor4D, 1, 'valid'), bias);
  return { pooled: tf.relu(tf.maxPool(sums, 2, 2, 'valid')), maxIndices: sums };
}

/**
 * ∂L/∂filters: each winner's window, times its slope, summed over the maxIndices of each filter.
 *
 * @param upstream ∂L/∂(largest sums), of the pooled shape
 */
export function filterGradient(x: Tensor, maxIndices: Tensor, upstream: Tensor, filters: Tensor): Tensor {
  const filterShape = filters.shape;
  if (hasKernels()) {
    return engine.runKernel(
      'PooledConvolutionFilterGradient',
      { x, maxIndices, dy: upstream },
      { filterShape },
    );
  }
  return engine.runKernel(
    'Conv2DBackpropFilter',
    { x, dy: spread(upstream, maxIndices) },
    { ...slide, filterShape },
  );
}

/** ∂L/∂x: each winner adds its filter, times its slope, to its window. @param x for its shape alone */
export function inputGradient(x: Tensor, maxIndices: Tensor, upstream: Tensor, filters: Tensor): Tensor {
  const inputShape = x.shape;
  if (hasKernels()) {
    const inputs = { filter: filters, maxIndices, dy: upstream };
    return engine.runKernel('PooledConvolutionInputGradient', inputs, { inputShape });
  }
  const inputs = { dy: spread(upstream, maxIndices), filter: filters };
  return engine.runKernel('Conv2DBackpropInput', inputs, { ...slide, inputShape });
}

/** ∂L/∂sums: the upstream at the maxIndices' places, 0 elsewhere. */
const spread = (upstream: Tensor, sums: Tensor): Tensor =>
  engine.runKernel(
    'MaxPoolGrad',
    { dy: upstream, input: sums, output: tf.maxPool(sums as Tensor4D, 2, 2, 'valid') },
    pool,
  );

/** Σ over batch and places, `[…, n]` → `[n]`: the gradient of a bias that is added at every place. */
export const sumSpatial = (upstream: Tensor): Tensor =>
  sumRows(upstream.reshape([-1, upstream.shape.at(-1)!]));

/** ∂L/∂y ⊙ relu′: upstream go on where a ReLU let something through, `y > 0`. */
export function reluGradient(upstream: Tensor, y: Tensor): Tensor {
  if (!hasKernels()) return upstream.mul(y.step());
  return engine.runKernel('ReluGradient', { dy: upstream, y });
}
