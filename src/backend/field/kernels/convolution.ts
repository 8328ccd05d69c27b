/** Kernels of convolution and pooling. What multiplies what is enumerated once, for the forward pass and both gradients. */
import { tf } from '../../../utils/tf.ts';
import { allocate, type Kernels, type NdArray } from '../../float64/loops.ts';
import type { Field } from '../field.ts';

type Shape4 = [number, number, number, number];
type Padding = 'valid' | 'same' | number;

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: Padding;
  dataFormat?: string;
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  inputShape: Shape4;
  filterShape: Shape4;
}

interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const convolutionInfo = (xShape: number[], filterShape: number[], attributes: ConvolutionAttributes): Info =>
  tf.backend_util.computeConv2DInfo(
    xShape as Shape4,
    filterShape as Shape4,
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat((attributes.dataFormat ?? 'NHWC') as 'NHWC'),
  );

const poolInfo = (x: NdArray, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Info =>
  tf.backend_util.computePool2DInfo(x.shape as Shape4, filterSize, strides, 1, pad, dimRoundingMode);

/**
 * Calls `visit` for every pixel of a window and the output it belongs to: pixels `[batch, y, x]` and outputs counted
 * row-major, places within the window as well.
 */
function forEachPixel(info: Info, visit: (pixel: number, place: number, output: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  for (let b = 0, output = 0; b < batchSize; b++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++, output++) {
        for (let i = 0; i < filterHeight; i++) {
          const y = row * info.strideHeight - info.padInfo.top + i * info.dilationHeight;
          if (y < 0 || y >= inHeight) continue;
          for (let j = 0; j < filterWidth; j++) {
            const x = column * info.strideWidth - info.padInfo.left + j * info.dilationWidth;
            if (x < 0 || x >= inWidth) continue;
            visit((b * inHeight + y) * inWidth + x, i * filterWidth + j, output);
          }
        }
      }
    }
  }
}

/** Calls `visit` with the places of every input, weight and output that a convolution `[…, channels]` brings together. */
function forEachProduct(info: Info, visit: (x: number, weight: number, y: number) => void): void {
  const { inChannels, outChannels } = info;
  forEachPixel(info, (pixel, place, output) => {
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) {
        visit(pixel * inChannels + i, (place * inChannels + i) * outChannels + o, output * outChannels + o);
      }
    }
  });
}

export function convolutions(field: Field): Kernels {
  /** An array of this shape whose entries are sums of products: `enumerate` names the entry and the two factors of each. */
  function sumsOfProducts(
    shape: number[],
    enumerate: (add: (at: number, a: number, b: number) => void) => void,
  ): NdArray {
    const factors: { left: number[]; right: number[] }[] = [];
    enumerate((at, a, b) => {
      const { left, right } = (factors[at] ??= { left: [], right: [] });
      left.push(a);
      right.push(b);
    });
    const result = allocate(shape, 'float32');
    factors.forEach(({ left, right }, at) => {
      const [xs, ys] = [left, right].map((values) => ({ values, start: 0, step: 1 }));
      result.values[at] = field.dot({ length: left.length, xs, ys });
    });
    return result;
  }

  /** For every window and channel: the places of its pixels, in reading order, and of its output. */
  function forEachWindow(info: Info, visit: (pixels: number[], output: number) => void): void {
    const windows: number[][] = [];
    forEachPixel(info, (pixel, _, output) => {
      for (let c = 0; c < info.inChannels; c++) {
        (windows[output * info.inChannels + c] ??= []).push(pixel * info.inChannels + c);
      }
    });
    windows.forEach(visit);
  }

  /** The first of the largest elements, in reading order. */
  const placeOfLargest = (values: ArrayLike<number>, pixels: number[]): number =>
    pixels.reduce((best, pixel) =>
      field.decide(field.subtract(values[pixel], values[best])) > 0 ? pixel : best,
    );

  return {
    Conv2D: ({ x, filter }, attributes: ConvolutionAttributes) => {
      const info = convolutionInfo(x.shape, filter.shape, attributes);
      return sumsOfProducts(info.outShape, (add) =>
        forEachProduct(info, (i, w, o) => add(o, x.values[i], filter.values[w])),
      );
    },
    Conv2DBackpropInput: ({ dy, filter }, attributes: ConvolutionAttributes) => {
      const info = convolutionInfo(attributes.inputShape, filter.shape, attributes);
      return sumsOfProducts(info.inShape, (add) =>
        forEachProduct(info, (i, w, o) => add(i, dy.values[o], filter.values[w])),
      );
    },
    Conv2DBackpropFilter: ({ x, dy }, attributes: ConvolutionAttributes) => {
      const info = convolutionInfo(x.shape, attributes.filterShape, attributes);
      return sumsOfProducts(info.filterShape, (add) =>
        forEachProduct(info, (i, w, o) => add(w, x.values[i], dy.values[o])),
      );
    },

    MaxPool: ({ x }, attributes: PoolAttributes) => {
      const info = poolInfo(x, attributes);
      const y = allocate(info.outShape, 'float32');
      forEachWindow(info, (pixels, output) => {
        y.values[output] = x.values[placeOfLargest(x.values, pixels)];
      });
      return y;
    },
    /** At a tie, the first of the largest gets it all. */
    MaxPoolGrad: ({ dy, input }, attributes: PoolAttributes) => {
      const info = poolInfo(input, attributes);
      const dx = allocate(input.shape, 'float32');
      forEachWindow(info, (pixels, output) => {
        const place = placeOfLargest(input.values, pixels);
        dx.values[place] = field.add(dx.values[place], dy.values[output]);
      });
      return dx;
    },
    AvgPool: ({ x }, attributes: PoolAttributes) => {
      const info = poolInfo(x, attributes);
      const y = allocate(info.outShape, 'float32');
      forEachWindow(info, (pixels, output) => {
        const total = pixels.reduce((sum, pixel) => field.add(sum, x.values[pixel]), 0);
        y.values[output] = field.divide(total, field.constant(pixels.length));
      });
      return y;
    },
    /** TensorFlow.js divides by the window's whole size, beyond the edge too. */
    AvgPoolGrad: ({ dy, input }, attributes: PoolAttributes) => {
      const info = poolInfo(input, attributes);
      const share = field.constant(1 / (info.filterHeight * info.filterWidth));
      return sumsOfProducts(input.shape, (add) =>
        forEachWindow(info, (pixels, output) => {
          for (const pixel of pixels) add(pixel, dy.values[output], share);
        }),
      );
    },
  };
}
