/**
 * Which product of `assembly/matrices.ts` serves which shapes. XNNPACK, which TensorFlow.js's wasm kernels call, packs
 * its right-hand side anew for every new tensor, and knows no transposes: with both, these take half its time.
 */
import { tf, type TensorInfo } from '../tf.ts';
import { fused, plain } from './assembled.ts';
import type { Attributes, WasmBackend } from './wasm-types.ts';

/** Where a matrix lies in the wasm memory and how far apart its rows and its columns are, all in bytes. */
type Matrix = [address: number, row: number, column: number];
type Sizes = [m: number, n: number, k: number];

interface Assembled {
  readonly scratchBytes: { value: number };
  product(...args: [...a: Matrix, ...b: Matrix, bias: number, out: number, ...Sizes, scratch: number]): void;
  productOfFewColumns(
    ...args: [a: number, ...b: Matrix, bias: number, out: number, ...Sizes, scratch: number]
  ): void;
  productOfFewRows(...args: [...a: Matrix, ...b: Matrix, bias: number, out: number, ...Sizes]): void;
  longProduct(...args: [...a: Matrix, b: number, bRow: number, out: number, ...Sizes]): void;
  sumOfRows(
    ...args: [weights: number, step: number, b: number, bias: number, out: number, n: number, k: number]
  ): void;
}

const decoded = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/**
 * The better of the two modules that runs here. Node.js 20 has the instructions of the better one behind a flag, which may
 * be set while the program runs; Node.js 22 and browsers have them.
 */
function compile(): WebAssembly.Module {
  const best = decoded(fused);
  if (!WebAssembly.validate(best)) {
    globalThis.process?.getBuiltinModule?.('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  return new WebAssembly.Module(WebAssembly.validate(best) ? best : decoded(plain));
}

/** So few columns are each multiplied on their own. */
const fewColumns = 3;
/** So few results are each worth a sum in doubles, … */
const fewResults = 8;
/** … and so few sums of columns. */
const fewSums = 4;

export class Products {
  readonly #backend: WasmBackend;
  readonly #assembled: Assembled;
  readonly #scratch: number;
  /** The address of a number 1. */
  readonly #one: number;

  constructor(backend: WasmBackend, module = compile()) {
    const { memory } = backend.wasm.asm;
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.#backend = backend;
    this.#assembled = instance.exports as unknown as Assembled;
    const { value: scratchBytes } = this.#assembled.scratchBytes;
    this.#scratch = backend.wasm._malloc(scratchBytes + 4);
    this.#one = this.#scratch + scratchBytes;
    new Float32Array(memory.buffer, this.#one, 1)[0] = 1;
  }

  /**
   * a·b + bias, either of them transposed.
   *
   * @param a `[m, k]` or `[batch, m, k]`; b the same, and one of them may be repeated for the other's whole batch
   * @param bias `[n]`
   */
  multiply(
    a: TensorInfo,
    b: TensorInfo,
    bias: TensorInfo | undefined,
    { transposeA, transposeB }: Attributes,
  ): TensorInfo {
    const [aRows, aColumns] = a.shape.slice(-2);
    const [bRows, bColumns] = b.shape.slice(-2);
    const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const n = transposeB ? bRows : bColumns;
    const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const out = this.#backend.makeOutput([...leading, m, n], 'float32');
    const [left, right, start, product] = [a, b, bias, out].map((x) => (x ? this.#addressOf(x) : 0));
    // Of single rows and columns the numbers lie side by side either way.
    const aSteps = transposeA && m > 1 ? [4, 4 * m] : [4 * k, 4];
    const bSteps = transposeB && n > 1 ? [4, 4 * k] : [4 * n, 4];
    const batch = sizeOf(out) / (m * n);
    for (let i = 0; i < batch; i++) {
      const ofA = left + (sizeOf(a) > m * k ? 4 * i * m * k : 0);
      const ofB = right + (sizeOf(b) > k * n ? 4 * i * k * n : 0);
      const [aMatrix, bMatrix] = [[ofA, ...aSteps] as Matrix, [ofB, ...bSteps] as Matrix];
      this.#multiply(aMatrix, bMatrix, start, product + 4 * i * m * n, [m, n, k]);
    }
    return out;
  }

  #multiply(a: Matrix, b: Matrix, bias: number, out: number, sizes: Sizes): void {
    const assembled = this.#assembled;
    const [m, n, k] = sizes;
    const [aFirst, , aColumn] = a;
    const [bFirst, bRow, bColumn] = b;
    const scratch = this.#scratch;
    const bLies = bRow === 4 || 4 * k * n <= assembled.scratchBytes.value;
    if (k === 1 || k === 2) {
      assembled.productOfFewRows(...a, ...b, bias, out, ...sizes);
    } else if (n <= fewColumns && aColumn === 4 && bLies) {
      assembled.productOfFewColumns(aFirst, ...b, bias, out, ...sizes, scratch);
    } else if (m * n <= fewResults && !bias && bColumn === 4) {
      assembled.longProduct(...a, bFirst, bRow, out, ...sizes);
    } else if (m === 1 && bColumn === 4) {
      assembled.sumOfRows(aFirst, 4, bFirst, bias, out, n, k);
    } else if (n === 1 && !bias) {
      // A column is the transpose of its row: aᵀ·b = (bᵀ·a)ᵀ.
      assembled.sumOfRows(bFirst, 4, aFirst, 0, out, m, k);
    } else if (m === 1 && !bias) {
      assembled.productOfFewColumns(bFirst, aFirst, 4, 4 * k, 0, out, n, 1, k, scratch);
    } else {
      assembled.product(...a, ...b, bias, out, ...sizes, scratch);
    }
  }

  /** `[columns]` of a `[rows, columns]` matrix, those of few columns in doubles. */
  columnSums(x: TensorInfo): TensorInfo {
    const [rows, columns] = x.shape;
    const out = this.#backend.makeOutput([columns], 'float32');
    const [from, to] = [this.#addressOf(x), this.#addressOf(out)];
    if (columns > fewSums) this.#assembled.sumOfRows(this.#one, 0, from, 0, to, columns, rows);
    else this.#assembled.longProduct(this.#one, 0, 0, from, 4 * columns, to, 1, columns, rows);
    return out;
  }

  #addressOf({ dataId }: TensorInfo): number {
    return this.#backend.dataIdMap.get(dataId).memoryOffset;
  }
}

const sizeOf = ({ shape }: TensorInfo): number => tf.util.sizeFromShape(shape);
