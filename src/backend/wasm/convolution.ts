/**
 * `Conv2D` and its gradients by our assembly. Filters are packed at every call: that takes a hundredth of the convolution.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly } from './assembly.ts';
import { type Attributes, convolutionWindows } from '../windows/kernels.ts';
import type { Windows } from '../windows/windows.ts';
import { InputError } from '../../utils/errors.ts';

/** Whole numbers would be read as what their bytes mean as floats. */
export function refuseWholeNumbers(what: string, ...tensors: (TensorInfo | undefined)[]): void {
  const other = tensors.find((tensor) => tensor && tensor.dtype !== 'float32');
  if (other)
    throw new InputError(`${what} on wasm takes float32 only, not ${other.dtype}: use tf.cast(x, 'float32')`);
}

/** Up to a multiple of eight. */
export const eights = (count: number): number => (count + 7) & ~7;

/** The bytes of filters as panels, and of a bias with them. */
const panelBytes = (taps: number, outputs: number): number => 4 * taps * eights(outputs);

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
  const padded = assembly.numbersAt(at, eights(outputs)).fill(0);
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

function refuseDepth(x: TensorInfo, filter: TensorInfo): void {
  if (x.shape[3] !== filter.shape[2]) {
    throw new InputError(
      `pictures of shape [${x.shape.join(', ')}] have ${x.shape[3]} channels, ` +
        `filters of shape [${filter.shape.join(', ')}] take ${filter.shape[2]}`,
    );
  }
}

/**
 * A convolution with a bias, and a ReLU where asked for.
 *
 * @param x `[batch, height, width, inChannels]`
 * @param filter `[height, width, inChannels, outChannels]`
 * @param bias `[outChannels]`
 */
export function convolve(
  assembly: Assembly,
  x: TensorInfo,
  filter: TensorInfo,
  attributes: Attributes,
  { bias, relu = false }: { bias?: TensorInfo; relu?: boolean } = {},
): TensorInfo {
  refuseWholeNumbers('conv2d', x, filter, bias);
  refuseDepth(x, filter);
  const w = convolutionWindows(x.shape, filter.shape, attributes);
  const { exports, backend, addressOf } = assembly;
  const [, height, width] = w.size;
  const [inner, outer] = [w.inChannels, w.outChannels];
  const out = backend.makeOutput(w.shape, 'float32');
  const [panels, start] = packed(assembly, filter, bias);
  exports.convolve(
    ...([
      addressOf(x),
      w.batch,
      w.input[1],
      w.input[2],
      inner,
      panels,
      height,
      width,
      start,
      Number(relu),
    ] as const),
    ...([addressOf(out), w.output[1], w.output[2], outer] as const),
    ...([
      w.strides[1],
      w.strides[2],
      w.dilations[1],
      w.dilations[2],
      1,
      1,
      w.before[1],
      w.before[2],
    ] as const),
  );
  return out;
}

/**
 * ∂L/∂x: a convolution of the upstream by the filters turned round, `∂L/∂x[y] = Σ ∂L/∂out[(y + top − ky·dilation) / stride]·filter[ky]ᵀ`.
 *
 * @param dy ∂L/∂out, `[batch, outHeight, outWidth, outChannels]`
 */
export function convolutionInputGradient(
  assembly: Assembly,
  dy: TensorInfo,
  filter: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of conv2d', dy, filter);
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
  exports.convolve(
    ...([addressOf(dy), w.batch, w.output[1], w.output[2], outer, panels, height, width, 0, 0] as const),
    ...([addressOf(out), w.input[1], w.input[2], inner] as const),
    ...([1, 1, w.dilations[1], w.dilations[2], w.strides[1], w.strides[2], before(1), before(2)] as const),
  );
  return out;
}

/** @throws InputError unless upstream have the shape of the results */
export function refuseShape(dy: TensorInfo, { shape }: Windows): void {
  if (dy.shape.join() !== shape.join()) {
    throw new InputError(
      `upstream of shape [${dy.shape.join(', ')}] are not those of results of shape [${shape.join(', ')}]`,
    );
  }
}

/** ∂L/∂filter, `[height, width, inChannels, outChannels]`, summed picture by picture. */
export function convolutionFilterGradient(
  assembly: Assembly,
  x: TensorInfo,
  dy: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of conv2d', x, dy);
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
  const sumRow = 4 * eights(outer);
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
    if (isPadded) exports.copySpaced(picture, inWidth * pixel, corner, width * pixel, inHeight);
    exports.filterGradient(
      ...([
        isPadded ? padded : picture,
        width * pixel * w.strides[1],
        pixel * w.strides[2],
        table,
        taps,
      ] as const),
      ...([
        addressOf(dy) + 4 * n * outHeight * outWidth * outer,
        outHeight,
        outWidth,
        outer,
        sums,
        sumRow,
      ] as const),
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

/** @param dy ∂L/∂result, of the result's shape */
export function depthwiseInputGradient(
  assembly: Assembly,
  dy: TensorInfo,
  filter: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of depthwiseConv2d', dy, filter);
  const out = zeros(assembly, attributes.inputShape);
  add(assembly, out, filter, dy, attributes, false);
  return out;
}

/** @param dy ∂L/∂result, of the result's shape */
export function depthwiseFilterGradient(
  assembly: Assembly,
  x: TensorInfo,
  dy: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of depthwiseConv2d', x, dy);
  const out = zeros(assembly, attributes.filterShape);
  add(assembly, x, out, dy, attributes, true);
  return out;
}

function zeros({ backend, addressOf, numbersAt }: Assembly, shape: number[]): TensorInfo {
  const made = backend.makeOutput(shape, 'float32');
  numbersAt(addressOf(made), tf.util.sizeFromShape(shape)).fill(0);
  return made;
}

function add(
  { exports, addressOf }: Assembly,
  picture: TensorInfo,
  filter: TensorInfo,
  dy: TensorInfo,
  attributes: Attributes,
  byFilter: boolean,
): void {
  const w = convolutionWindows(picture.shape, filter.shape, attributes, true);
  refuseShape(dy, w);
  exports.depthwiseGradient(
    ...([addressOf(picture), w.batch, w.input[1], w.input[2], w.inChannels] as const),
    ...([addressOf(filter), w.size[1], w.size[2]] as const),
    ...([addressOf(dy), w.output[1], w.output[2], w.outChannels / w.inChannels] as const),
    ...([w.strides[1], w.strides[2], w.dilations[1], w.dilations[2], w.before[1], w.before[2]] as const),
    Number(byFilter),
  );
}
