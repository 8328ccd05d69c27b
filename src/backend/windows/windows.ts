/**
 * Windows that slide over pictures: where each lies, and which place of it sees what. Pictures have a depth as well,
 * `[batch, depth, height, width, channels]`; flat ones `[batch, height, width, channels]` are one deep.
 */
import type { backend_util } from '@tensorflow/tfjs-core';

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

/** From what TensorFlow.js computes of shapes, strides and padding; channels are the last dimension. */
export function windowsOf(info: backend_util.Conv2DInfo | backend_util.Conv3DInfo): Windows {
  const deep = 'inDepth' in info;
  const { batchSize, inChannels, outChannels, padInfo, outShape } = info;
  return {
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
  };
}

/** Pixels of all pictures, of all results, and of one window. */
export const pixelsOf = ({ batch, input, output, size }: Windows) => ({
  input: batch * input[0] * input[1] * input[2],
  output: batch * output[0] * output[1] * output[2],
  window: size[0] * size[1] * size[2],
});

/**
 * Visits every place of every window that lies within its picture, window by window.
 *
 * @param visit gets the numbers of the pixel that is seen, of the place within the window, and of the result's pixel
 */
export function forEachTap(
  { batch, input, output, size, strides, dilations, before }: Windows,
  visit: (seen: number, tap: number, result: number) => void,
): void {
  const [depth, height, width] = input;
  let result = 0;
  for (let n = 0; n < batch; n++) {
    for (let oz = 0; oz < output[0]; oz++) {
      for (let oy = 0; oy < output[1]; oy++) {
        for (let ox = 0; ox < output[2]; ox++, result++) {
          for (let kz = 0, tap = 0; kz < size[0]; kz++) {
            const z = oz * strides[0] + kz * dilations[0] - before[0];
            for (let ky = 0; ky < size[1]; ky++) {
              const y = oy * strides[1] + ky * dilations[1] - before[1];
              if (z < 0 || z >= depth || y < 0 || y >= height) {
                tap += size[2];
                continue;
              }
              const row = ((n * depth + z) * height + y) * width;
              let x = ox * strides[2] - before[2];
              for (let kx = 0; kx < size[2]; kx++, tap++, x += dilations[2]) {
                if (x >= 0 && x < width) visit(row + x, tap, result);
              }
            }
          }
        }
      }
    }
  }
}
