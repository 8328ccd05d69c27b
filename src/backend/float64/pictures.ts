/** Normalization and resizing of pictures `[batch, height, width, channels]`. */
import { allocate, doublesOf, type Kernels, type NdArray } from './loops.ts';

/** `(x − mean) / √(variance + ε)·scale + offset`, channel by channel. */
function batchNormalization(
  { x, mean, variance, offset, scale }: Record<string, NdArray | undefined>,
  varianceEpsilon: number,
): NdArray {
  const values = doublesOf(x!);
  const [m, v] = [doublesOf(mean!), doublesOf(variance!)];
  const [o, s] = [offset && doublesOf(offset), scale && doublesOf(scale)];
  const at = (row: Float64Array, i: number): number => row[i % row.length];
  const normalized = values.map(
    (value, i) =>
      ((value - at(m, i)) / Math.sqrt(at(v, i) + varianceEpsilon)) * (s ? at(s, i) : 1) + (o ? at(o, i) : 0),
  );
  return { shape: x!.shape, dtype: 'float32', values: normalized };
}

interface Resizing {
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/** A pixel of the source and its share in a pixel of the result. */
type Share = readonly [place: number, weight: number];

/** Which pixels, along one dimension, a pixel of the result is made of. */
type Sampling = (place: number, from: number, to: number, options: Resizing) => Share[];

const scaleOf = (from: number, to: number, { alignCorners }: Resizing): number =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

const bilinear: Sampling = (place, from, to, options) => {
  const scale = scaleOf(from, to, options);
  const source = Math.max(0, options.halfPixelCenters ? (place + 0.5) * scale - 0.5 : place * scale);
  const [below, above] = [Math.floor(source), Math.min(from - 1, Math.ceil(source))];
  const share = source - below;
  return [
    [Math.min(below, from - 1), 1 - share],
    [above, share],
  ];
};

const nearest: Sampling = (place, from, to, options) => {
  const source = (options.halfPixelCenters ? place + 0.5 : place) * scaleOf(from, to, options);
  const chosen = options.alignCorners ? Math.round(source) : Math.floor(source);
  return [[Math.max(0, Math.min(from - 1, chosen)), 1]];
};

/** Calls back with the number of a pixel of the source, one of the result, and the first's share in the second. */
function forEachShare(
  [batch, height, width]: number[],
  [outHeight, outWidth]: number[],
  sampling: Sampling,
  options: Resizing,
  visit: (source: number, result: number, share: number) => void,
): void {
  const columns = Array.from({ length: outWidth }, (_, x) => sampling(x, width, outWidth, options));
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (const [row, ofRow] of sampling(y, height, outHeight, options)) {
        for (let x = 0; x < outWidth; x++) {
          const result = (n * outHeight + y) * outWidth + x;
          for (const [column, ofColumn] of columns[x]) {
            visit((n * height + row) * width + column, result, ofRow * ofColumn);
          }
        }
      }
    }
  }
}

function resize(images: NdArray, size: number[], sampling: Sampling, options: Resizing): NdArray {
  const [batch, , , channels] = images.shape;
  const out = allocate([batch, ...size, channels], 'float32');
  const from = doublesOf(images);
  forEachShare(images.shape, size, sampling, options, (source, result, share) => {
    for (let c = 0; c < channels; c++)
      out.values[result * channels + c] += share * from[source * channels + c];
  });
  return out;
}

/** Each element of dy goes back to the pixels that its pixel was made of, by their shares. */
function resizeGradient(images: NdArray, dy: NdArray, sampling: Sampling, options: Resizing): NdArray {
  const channels = images.shape[3];
  const out = allocate(images.shape, 'float32');
  const upstream = doublesOf(dy);
  forEachShare(images.shape, dy.shape.slice(1, 3), sampling, options, (source, result, share) => {
    for (let c = 0; c < channels; c++)
      out.values[source * channels + c] += share * upstream[result * channels + c];
  });
  return out;
}

type Resized = Resizing & { size: number[] };

export const pictures: Kernels = {
  FusedBatchNorm: (inputs, { varianceEpsilon }: { varianceEpsilon: number }) =>
    batchNormalization(inputs, varianceEpsilon),
  ResizeBilinear: ({ images }, options: Resized) => resize(images, options.size, bilinear, options),
  ResizeBilinearGrad: ({ images, dy }, options: Resizing) => resizeGradient(images, dy, bilinear, options),
  ResizeNearestNeighbor: ({ images }, options: Resized) => resize(images, options.size, nearest, options),
  ResizeNearestNeighborGrad: ({ images, dy }, options: Resizing) =>
    resizeGradient(images, dy, nearest, options),
};
