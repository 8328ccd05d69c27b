/**
 * Windows that slide over images: where each lies, and which input pixel each of its taps reads. Pictures have a depth as well,
 * `[batch, depth, height, width, channels]`; flat ones `[batch, height, width, channels]` are one deep.
 */
import type { backend_util } from '@tensorflow/tfjs-core';
import { InputError } from '../../utils/errors.ts';

/** Along depth, height and width. */
type Along = readonly [number, number, number];

export interface Windows {
  batch: number;
  inChannels: number;
  outChannels: number;
  /** Lengths of the pictures, of the results and of a window. */
  input: Along;
  output: Along;
  size: Along;
  /** From a window to the next, and from a place of a window to the next. */
  strides: Along;
  dilations: Along;
  /** How far the first window reaches out of the picture. */
  before: Along;
  /** Of the results, as TensorFlow.js has it. */
  shape: number[];
}

/**
 * From what TensorFlow.js computes of shapes, strides and padding; channels are the last dimension.
 *
 * @throws InputError where no window fits
 */
export function windowsOf(info: backend_util.Conv2DInfo | backend_util.Conv3DInfo): Windows {
  const deep = 'inDepth' in info;
  const { batchSize, inChannels, outChannels, padInfo, outShape } = info;
  const windows = {
    batch: batchSize,
    inChannels,
    outChannels,
    input: [deep ? info.inDepth : 1, info.inHeight, info.inWidth],
    output: [deep ? info.outDepth : 1, info.outHeight, info.outWidth],
    size: [deep ? info.filterDepth : 1, info.filterHeight, info.filterWidth],
    strides: [deep ? info.strideDepth : 1, info.strideHeight, info.strideWidth],
    dilations: [deep ? info.dilationDepth : 1, info.dilationHeight, info.dilationWidth],
    before: [deep ? info.padInfo.front : 0, padInfo.top, padInfo.left],
    shape: outShape,
  } satisfies Windows;
  if (windows.output.some((length) => length < 1)) {
    const [size, picture] = [windows.size, windows.input].map((along) => along.slice(deep ? 0 : 1).join('×'));
    throw new InputError(`windows of ${size} do not fit into pictures of ${picture}`);
  }
  return windows;
}

/** Pixels of all pictures, of all results, and of one window. */
export const pixelsOf = ({ batch, input, output, size }: Windows) => ({
  input: batch * input[0] * input[1] * input[2],
  output: batch * output[0] * output[1] * output[2],
  window: size[0] * size[1] * size[2],
});

/** The pixels that one tap reads in adjacent windows of a row, all of them within the image. */
export interface Row {
  /** Of the first window. */
  seen: number;
  result: number;
  /** Number of windows, and the distance between the pixels that they read. Their results are adjacent. */
  count: number;
  step: number;
}

/**
 * Visits every tap of every window that lies within its image, the taps of each window in order.
 *
 * @param visit receives a row of windows, valid during the call only, and the number of the tap
 */
export function forEachTap(windows: Windows, visit: (row: Row, tap: number) => void): void {
  const { batch, input, output, size, strides, dilations, before } = windows;
  const row: Row = { seen: 0, result: 0, count: 0, step: strides[2] };
  for (let n = 0; n < batch; n++) {
    for (let oz = 0; oz < output[0]; oz++) {
      for (let oy = 0; oy < output[1]; oy++) {
        const results = ((n * output[0] + oz) * output[1] + oy) * output[2];
        for (let kz = 0, tap = 0; kz < size[0]; kz++) {
          const z = oz * strides[0] + kz * dilations[0] - before[0];
          for (let ky = 0; ky < size[1]; ky++) {
            const y = oy * strides[1] + ky * dilations[1] - before[1];
            const isWithin = z >= 0 && z < input[0] && y >= 0 && y < input[1];
            const pixels = ((n * input[0] + z) * input[1] + y) * input[2];
            for (let kx = 0; kx < size[2]; kx++, tap++) {
              if (!isWithin) continue;
              const x = kx * dilations[2] - before[2];
              const first = Math.max(0, Math.ceil(-x / strides[2]));
              const end = Math.min(output[2], Math.ceil((input[2] - x) / strides[2]));
              row.seen = pixels + x + first * strides[2];
              row.result = results + first;
              row.count = end - first;
              if (row.count > 0) visit(row, tap);
            }
          }
        }
      }
    }
  }
}
