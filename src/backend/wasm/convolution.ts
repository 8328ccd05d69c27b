/**
 * Convolution, max-pooling and their gradients by `assembly/`. Filters are packed at every call, which takes a hundredth of the
 * time of the convolution.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Geometry, Inputs } from './assembly.ts';
import { type Attributes, convolutionWindows, poolWindows } from '../windows/kernels.ts';
import type { Windows } from '../windows/windows.ts';
import { InputError } from '../../utils/errors.ts';

/** int32 bytes would be read as floats. */
export function requireFloat32(what: string, ...tensors: (TensorInfo | undefined)[]): void {
  const other = tensors.find((tensor) => tensor && tensor.dtype !== 'float32');
  if (other)
    throw new InputError(`${what} on wasm takes float32 only, not ${other.dtype}: use tf.cast(x, 'float32')`);
}

/** Rounds up to a multiple of 8. */
export const roundUpTo8 = (count: number): number => (count + 7) & ~7;

/** The bytes of filters as panels, and of a bias with them. */
const panelBytes = (taps: number, outputs: number): number => 4 * taps * roundUpTo8(outputs);

/** Room for packed filters, for a bias that is filled up with zeros, and for more behind; with the bias in its place. */
function panelsFor(
  assembly: Assembly,
  taps: number,
  outputs: number,
  bias?: TensorInfo,
): [panels: number, bias: number] {
  const panels = assembly.roomFor(panelBytes(taps + 1, outputs));
  if (!bias) return [panels, 0];
  const at = panels + panelBytes(taps, outputs);
  const padded = assembly.numbersAt(at, roundUpTo8(outputs)).fill(0);
  padded.set(assembly.numbersAt(assembly.addressOf(bias), outputs));
  return [panels, at];
}

/** Filters `[height, width, inner, outer]` and a bias, packed. */
export function packed(
  assembly: Assembly,
  filter: TensorInfo,
  bias?: TensorInfo,
): [panels: number, bias: number] {
  const [height, width, inner, outer] = filter.shape;
  const [panels, start] = panelsFor(assembly, height * width * inner, outer, bias);
  const steps = [4 * width * inner * outer, 4 * inner * outer, 4 * outer, 4] as const;
  assembly.exports.pack(assembly.addressOf(filter), ...steps, height, width, inner, outer, panels);
  return [panels, start];
}

/** How windows lie, as `assembly/` takes it. */
const geometry = (w: Windows): Geometry => [
  ...([w.batch, w.input[1], w.input[2], w.output[1], w.output[2], w.size[1], w.size[2]] as const),
  ...([w.strides[1], w.strides[2], w.before[1], w.before[2], w.inChannels, w.outChannels] as const),
  ...([w.dilations[1], w.dilations[2]] as const),
];

/**
 * A convolution with a bias, and a ReLU where asked for.
 *
 * @param inputs x `[batch, height, width, inChannels]`, filter `[height, width, inChannels, outChannels]` and perhaps a bias
 *   `[outChannels]`
 */
export function convolve(
  assembly: Assembly,
  { x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo },
  attributes: Attributes,
  relu = false,
): TensorInfo {
  requireFloat32('conv2d', x, filter, bias);
  if (x.shape[3] !== filter.shape[2]) {
    throw new InputError(
      `pictures of shape [${x.shape.join(', ')}] have ${x.shape[3]} channels, ` +
        `filters of shape [${filter.shape.join(', ')}] take ${filter.shape[2]}`,
    );
  }
  const w = convolutionWindows(x.shape, filter.shape, attributes);
  const { exports, backend, addressOf } = assembly;
  const out = backend.makeOutput(w.shape, 'float32');
  const [panels, start] = packed(assembly, filter, bias);
  exports.convolve(addressOf(x), panels, start, Number(relu), addressOf(out), ...geometry(w), 1, 1);
  return out;
}

/**
 * ∂L/∂x: a convolution of dy with the filters rotated by 180°, `∂L/∂x[y] = Σ ∂L/∂out[(y + top − ky·dilation) / stride]·filter[ky]ᵀ`.
 *
 * @param inputs dy = ∂L/∂out, `[batch, outHeight, outWidth, outChannels]`, and the filter
 */
export function convolutionInputGradient(
  assembly: Assembly,
  { dy, filter }: Inputs,
  attributes: Attributes,
): TensorInfo {
  requireFloat32('the gradient of conv2d', dy, filter);
  const w = convolutionWindows(attributes.inputShape, filter.shape, attributes);
  refuseShape(dy, w);
  const { exports, backend, addressOf } = assembly;
  const [, height, width] = w.size;
  const [inner, outer] = [w.inChannels, w.outChannels];
  const out = backend.makeOutput(attributes.inputShape, 'float32');
  const [panels] = panelsFor(assembly, height * width * outer, inner);
  // The last tap first.
  const tap = 4 * inner * outer;
  const last = addressOf(filter) + (height * width - 1) * tap;
  exports.pack(last, -tap * width, -tap, 4, 4 * outer, height, width, outer, inner, panels);
  const before = (along: 1 | 2): number => w.dilations[along] * (w.size[along] - 1) - w.before[along];
  const turned: Windows = {
    ...w,
    ...{ input: w.output, output: w.input, inChannels: outer, outChannels: inner },
    ...{ strides: [1, 1, 1], before: [0, before(1), before(2)] },
  };
  const [, spreadY, spreadX] = w.strides;
  exports.convolve(addressOf(dy), panels, 0, 0, addressOf(out), ...geometry(turned), spreadY, spreadX);
  return out;
}

/** @throws InputError unless dy has the shape of the results */
function refuseShape(dy: TensorInfo, { shape }: Windows): void {
  if (dy.shape.join() !== shape.join()) {
    throw new InputError(
      `dy of shape [${dy.shape.join(', ')}] does not fit results of shape [${shape.join(', ')}]`,
    );
  }
}

/** ∂L/∂filter, `[height, width, inChannels, outChannels]`, summed picture by picture. */
export function convolutionFilterGradient(
  assembly: Assembly,
  { x, dy }: Inputs,
  attributes: Attributes,
): TensorInfo {
  requireFloat32('the gradient of conv2d', x, dy);
  const w = convolutionWindows(x.shape, attributes.filterShape, attributes);
  refuseShape(dy, w);
  const { exports, backend, addressOf, numbersAt } = assembly;
  const { inChannels: inner, outChannels: outer } = w;
  const [, inHeight, inWidth] = w.input;
  const [, outHeight, outWidth] = w.output;
  const [, top, left] = w.before;
  const taps = w.size[1] * w.size[2] * inner;
  // As much padding as the farthest windows need.
  const reach = (along: 1 | 2): number =>
    Math.max(
      w.input[along] + w.before[along],
      (w.output[along] - 1) * w.strides[along] + (w.size[along] - 1) * w.dilations[along] + 1,
    );
  const [height, width] = [reach(1), reach(2)];
  const isPadded = height !== inHeight || width !== inWidth;

  const fours = (taps + 3) & ~3;
  const sumRow = 4 * roundUpTo8(outer);
  const out = backend.makeOutput(attributes.filterShape, 'float32');
  const sums = assembly.roomFor(fours * (sumRow + 4) + (isPadded ? 4 * height * width * inner : 0));
  const table = sums + fours * sumRow;
  const padded = table + 4 * fours;
  numbersAt(sums, (fours * sumRow) / 4).fill(0);
  writeOffsets(new Int32Array(backend.wasm.asm.memory.buffer, table, fours), w, width);
  if (isPadded) numbersAt(padded, height * width * inner).fill(0);
  const pixel = 4 * inner;
  const corner = padded + (top * width + left) * pixel;
  for (let n = 0; n < w.batch; n++) {
    const picture = addressOf(x) + n * inHeight * inWidth * pixel;
    if (isPadded)
      exports.copySpaced(picture, inWidth * pixel, inWidth * pixel, corner, width * pixel, inHeight);
    const from = isPadded ? padded : picture;
    const [rowStep, columnStep] = [width * pixel * w.strides[1], pixel * w.strides[2]];
    const upstream = addressOf(dy) + 4 * n * outHeight * outWidth * outer;
    exports.filterGradient(
      ...([from, rowStep, columnStep, table, taps] as const),
      ...([upstream, outHeight, outWidth, outer, sums, sumRow] as const),
    );
  }
  const to = numbersAt(addressOf(out), taps * outer);
  const from = numbersAt(sums, (taps * sumRow) / 4);
  for (let tap = 0; tap < taps; tap++) {
    to.set(from.subarray((tap * sumRow) / 4, (tap * sumRow) / 4 + outer), tap * outer);
  }
  return out;
}

/** Where each number of a window lies, in bytes behind its first, in padded pictures of this width. */
function writeOffsets(offsets: Int32Array, { size, dilations, inChannels }: Windows, width: number): void {
  let at = 0;
  for (let y = 0; y < size[1]; y++) {
    for (let x = 0; x < size[2]; x++) {
      const pixel = y * dilations[1] * width + x * dilations[2];
      for (let c = 0; c < inChannels; c++) offsets[at++] = 4 * (pixel * inChannels + c);
    }
  }
  offsets.fill(0, at);
}

/** @param inputs dy = ∂L/∂result, of the shape of the result, and the filter */
export function depthwiseInputGradient(
  assembly: Assembly,
  { dy, filter }: Inputs,
  attributes: Attributes,
): TensorInfo {
  const out = zeros(assembly, attributes.inputShape);
  depthwiseGradient(assembly, { x: out, filter, dy }, attributes, false);
  return out;
}

/** @param inputs dy = ∂L/∂result, of the shape of the result, and x */
export function depthwiseFilterGradient(
  assembly: Assembly,
  { x, dy }: Inputs,
  attributes: Attributes,
): TensorInfo {
  const out = zeros(assembly, attributes.filterShape);
  depthwiseGradient(assembly, { x, filter: out, dy }, attributes, true);
  return out;
}

function zeros({ backend, addressOf, numbersAt }: Assembly, shape: number[]): TensorInfo {
  const made = backend.makeOutput(shape, 'float32');
  numbersAt(addressOf(made), tf.util.sizeFromShape(shape)).fill(0);
  return made;
}

/** Adds to x the gradient by x, or to the filter that by the filter. */
function depthwiseGradient(
  { exports, addressOf }: Assembly,
  { x, filter, dy }: Inputs,
  attributes: Attributes,
  byFilter: boolean,
): void {
  requireFloat32('the gradient of depthwiseConv2d', x, filter, dy);
  const w = convolutionWindows(x.shape, filter.shape, attributes, true);
  refuseShape(dy, w);
  exports.depthwiseGradient(addressOf(x), addressOf(filter), addressOf(dy), Number(byFilter), ...geometry(w));
}

/** @param inputs x `[batch, height, width, channels]` */
export function maxPool(assembly: Assembly, { x }: Inputs, attributes: Attributes): TensorInfo {
  requireFloat32('maxPool', x);
  const w = poolWindows(x.shape, attributes);
  const { exports, backend, addressOf } = assembly;
  const out = backend.makeOutput(w.shape, 'float32');
  exports.maxPool(addressOf(x), addressOf(out), ...geometry(w));
  return out;
}

/**
 * The package's gradient starts the search for the largest number of a window at the smallest positive float, so that windows
 * of negative numbers get no gradient.
 *
 * @param inputs dy = ∂L/∂pooled, of the pooled shape, and the input of the pooling
 */
export function maxPoolGradient(
  assembly: Assembly,
  { dy, input }: Inputs,
  attributes: Attributes,
): TensorInfo {
  requireFloat32('the gradient of maxPool', dy, input);
  const w = poolWindows(input.shape, attributes);
  refuseShape(dy, w);
  const { exports, backend, addressOf } = assembly;
  const out = backend.makeOutput(input.shape, 'float32');
  exports.maxPoolGradient(addressOf(input), addressOf(dy), addressOf(out), ...geometry(w));
  return out;
}
