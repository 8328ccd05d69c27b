/** Kernels of convolution and pooling. What multiplies what is enumerated once, for the forward pass and both gradients. */
import { allocate, type Kernels, type NdArray } from '../../float64/loops.ts';
import { convolutionWindows, poolWindows, type Attributes } from '../../windows/kernels.ts';
import { forEachSeen } from '../../windows/pooling.ts';
import { forEachTap, type Windows } from '../../windows/windows.ts';
import type { Field } from '../field.ts';

/** Visits the indices of every input, weight and output that a convolution `[…, channels]` combines. */
function forEachProduct(windows: Windows, visit: (x: number, weight: number, y: number) => void): void {
  const { inChannels, outChannels } = windows;
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < inChannels; i++) {
        for (let o = 0; o < outChannels; o++) {
          const weight = (tap * inChannels + i) * outChannels + o;
          visit((seen + n * step) * inChannels + i, weight, (result + n) * outChannels + o);
        }
      }
    }
  });
}

/** Visits every window of a pool with the indices of its elements, in reading order, and of its output. */
function forEachWindow(windows: Windows, visit: (elements: number[], output: number) => void): void {
  const seenBy: number[][] = [];
  forEachSeen(windows, (seen, output) => (seenBy[output] ??= []).push(seen));
  seenBy.forEach(visit);
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

  /** The index of the first of the largest elements, in reading order. */
  const maxIndex = (values: ArrayLike<number>, elements: number[]): number =>
    elements.reduce((best, at) => (field.decide(field.subtract(values[at], values[best])) > 0 ? at : best));

  return {
    Conv2D: ({ x, filter }, attributes: Attributes) => {
      const windows = convolutionWindows(x.shape, filter.shape, attributes);
      return sumsOfProducts(windows.shape, (add) =>
        forEachProduct(windows, (i, w, o) => add(o, x.values[i], filter.values[w])),
      );
    },
    Conv2DBackpropInput: ({ dy, filter }, attributes: Attributes) => {
      const windows = convolutionWindows(attributes.inputShape, filter.shape, attributes);
      return sumsOfProducts(attributes.inputShape, (add) =>
        forEachProduct(windows, (i, w, o) => add(i, dy.values[o], filter.values[w])),
      );
    },
    Conv2DBackpropFilter: ({ x, dy }, attributes: Attributes) => {
      const windows = convolutionWindows(x.shape, attributes.filterShape, attributes);
      return sumsOfProducts(attributes.filterShape, (add) =>
        forEachProduct(windows, (i, w, o) => add(w, x.values[i], dy.values[o])),
      );
    },

    MaxPool: ({ x }, attributes: Attributes) => {
      const windows = poolWindows(x.shape, attributes);
      const y = allocate(windows.shape, 'float32');
      forEachWindow(windows, (elements, output) => {
        y.values[output] = x.values[maxIndex(x.values, elements)];
      });
      return y;
    },
    /** The first of several largest elements receives all of dy. */
    MaxPoolGrad: ({ dy, input }, attributes: Attributes) => {
      const dx = allocate(input.shape, 'float32');
      forEachWindow(poolWindows(input.shape, attributes), (elements, output) => {
        const at = maxIndex(input.values, elements);
        dx.values[at] = field.add(dx.values[at], dy.values[output]);
      });
      return dx;
    },
    AvgPool: ({ x }, attributes: Attributes) => {
      const windows = poolWindows(x.shape, attributes);
      const y = allocate(windows.shape, 'float32');
      forEachWindow(windows, (elements, output) => {
        const total = elements.reduce((sum, at) => field.add(sum, x.values[at]), 0);
        y.values[output] = field.divide(total, field.constant(elements.length));
      });
      return y;
    },
    AvgPoolGrad: ({ dy, input }, attributes: Attributes) =>
      sumsOfProducts(input.shape, (add) =>
        forEachWindow(poolWindows(input.shape, attributes), (elements, output) => {
          const share = field.divide(field.constant(1), field.constant(elements.length));
          for (const at of elements) add(at, dy.values[output], share);
        }),
      ),
  };
}
