/** Resizing of pictures `[batch, height, width, channels]` and its gradient by their definitions. */
type Numbers = ArrayLike<number>;

export interface Resizing {
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/** A pixel of the source and its share in a pixel of the result. */
type Share = readonly [place: number, weight: number];

/** Which pixels, along one dimension, a pixel of the result is made of. */
type Sampling = (place: number, from: number, to: number, options: Resizing) => Share[];

const scaleOf = (from: number, to: number, { alignCorners }: Resizing): number =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

export const bilinear: Sampling = (place, from, to, options) => {
  const scale = scaleOf(from, to, options);
  const source = Math.max(0, options.halfPixelCenters ? (place + 0.5) * scale - 0.5 : place * scale);
  const [below, above] = [Math.floor(source), Math.min(from - 1, Math.ceil(source))];
  const share = source - below;
  return [
    [Math.min(below, from - 1), 1 - share],
    [above, share],
  ];
};

export const nearest: Sampling = (place, from, to, options) => {
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

export function resize(
  x: Numbers,
  shape: number[],
  size: number[],
  sampling: Sampling,
  options: Resizing,
): Float64Array {
  const [batch, , , channels] = shape;
  const out = new Float64Array(batch * size[0] * size[1] * channels);
  forEachShare(shape, size, sampling, options, (source, result, share) => {
    for (let c = 0; c < channels; c++) out[result * channels + c] += share * x[source * channels + c];
  });
  return out;
}

/** Each element of dy goes back to the pixels that its pixel was made of, by their shares. */
export function resizeGradient(
  dy: Numbers,
  shape: number[],
  size: number[],
  sampling: Sampling,
  options: Resizing,
): Float64Array {
  const channels = shape[3];
  const out = new Float64Array(shape.reduce((product, length) => product * length, 1));
  forEachShare(shape, size, sampling, options, (source, result, share) => {
    for (let c = 0; c < channels; c++) out[source * channels + c] += share * dy[result * channels + c];
  });
  return out;
}
