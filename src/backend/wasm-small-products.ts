/**
 * Products in JavaScript, on the memory of the wasm backend: of long matrices with few columns, and of a few numbers, for
 * which XNNPACK's preparations take longer than the multiplication.
 */
import type { TensorInfo } from '../tf.ts';
import { isNarrowTransposedProduct, narrowProduct, narrowTransposedProduct } from './narrow.ts';
import type { Attributes, WasmBackend } from './wasm-types.ts';

/** As many multiplications take as long here as XNNPACK needs before its first. */
const mostMultiplications = 1024;

/** a·b + bias of two matrices, either of them transposed, if that is quicker here; sums are in doubles. */
export function smallProduct(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  { transposeA, transposeB }: Attributes,
): TensorInfo | undefined {
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const n = b.shape[transposeB ? 0 : 1];
  const sizes = { m, n, k };
  // The growth of the heap makes V8 test at every access whether an array is still there: XNNPACK is as quick at more.
  const isNarrow = !transposeA && k <= 2 && n === 1;
  const isTransposed = transposeA && !transposeB && !bias && isNarrowTransposedProduct(m, n);
  if (!isNarrow && !isTransposed && m * n * k > mostMultiplications) return undefined;

  const product = backend.makeOutput([m, n], 'float32');
  const [left, right, out] = [a, b, product].map((x) => backend.typedArrayFromHeap(x));
  const biases = bias && backend.typedArrayFromHeap(bias);
  if (isNarrow) narrowProduct(left, right, biases, out, { ...sizes, transposeB });
  else if (isTransposed) narrowTransposedProduct(left, right, out, { m: k, k: m, n });
  else tinyProduct(left, right, biases, out, { ...sizes, transposeA, transposeB });
  return product;
}

function tinyProduct(
  a: Float32Array,
  b: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  sizes: { m: number; n: number; k: number; transposeA: boolean; transposeB: boolean },
): void {
  const { m, n, k, transposeA, transposeB } = sizes;
  const [rowOfA, columnOfA] = transposeA ? [1, m] : [k, 1];
  const [rowOfB, columnOfB] = transposeB ? [1, k] : [n, 1];
  for (let row = 0, o = 0; row < m; row++) {
    for (let column = 0; column < n; column++, o++) {
      let sum = bias ? bias[column] : 0;
      let [i, j] = [row * rowOfA, column * columnOfB];
      for (let p = 0; p < k; p++, i += columnOfA, j += rowOfB) sum += a[i] * b[j];
      out[o] = sum;
    }
  }
}
