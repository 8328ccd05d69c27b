/**
 * Products of a few numbers in JavaScript, on the memory of the wasm backend: to prepare XNNPACK for one takes ten times
 * as long as the multiplication.
 */
import type { TensorInfo } from '../tf.ts';
import type { Attributes, WasmBackend } from './wasm-types.ts';

/** As many multiplications take as long here as XNNPACK needs before its first. */
const mostMultiplications = 1024;

/** a·b + bias of two matrices, either of them transposed, if that is quicker here; sums are in doubles. */
export function tinyProduct(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  { transposeA, transposeB }: Attributes,
): TensorInfo | undefined {
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const n = b.shape[transposeB ? 0 : 1];
  if (m * n * k > mostMultiplications) return undefined;
  const product = backend.makeOutput([m, n], 'float32');
  const [left, right, sums] = [a, b, product].map((x) => backend.typedArrayFromHeap(x));
  const biases = bias && backend.typedArrayFromHeap(bias);
  const [leftRow, leftColumn] = transposeA ? [1, m] : [k, 1];
  const [rightRow, rightColumn] = transposeB ? [1, k] : [n, 1];
  for (let row = 0, out = 0; row < m; row++) {
    for (let column = 0; column < n; column++, out++) {
      let sum = biases ? biases[column] : 0;
      let [i, j] = [row * leftRow, column * rightColumn];
      for (let p = 0; p < k; p++, i += leftColumn, j += rightRow) sum += left[i] * right[j];
      sums[out] = sum;
    }
  }
  return product;
}
