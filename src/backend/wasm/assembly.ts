/**
 * The kernels of `assembly/`, at work in the memory of TensorFlow.js's wasm backend.
 */
import { builtinModule, type TensorInfo } from '../../core/tf.ts';
import { fused, plain } from './assembled.ts';
import type { WasmBackend } from './types.ts';

/** Where a matrix lies and how far apart its rows and its columns are, all in bytes. */
export type Matrix = [address: number, row: number, column: number];
/** Of a product `[m, k]·[k, n]`. */
export type Sizes = [m: number, n: number, k: number];

/** Two matrices of one size and where the result goes. */
export type Pair = [...a: Matrix, ...b: Matrix, out: number, rows: number, columns: number];

/** See `assembly/` for what they do. */
interface Exports {
  readonly scratchBytes: { readonly value: number };
  readonly addScaled: (...args: [...Pair, factor: number]) => void;
  readonly multiply: (...args: Pair) => void;
  product(...args: [...Matrix, ...Matrix, bias: number, out: number, ...Sizes, scratch: number]): void;
  productOfFewColumns(
    ...args: [a: number, ...Matrix, bias: number, out: number, ...Sizes, scratch: number]
  ): void;
  productOfFewRows(...args: [...Matrix, ...Matrix, bias: number, out: number, ...Sizes]): void;
  longProduct(...args: [...Matrix, b: number, bRow: number, out: number, ...Sizes]): void;
  sumOfRows(
    ...args: [weights: number, step: number, b: number, bias: number, out: number, n: number, k: number]
  ): void;
}

export interface Assembly {
  readonly backend: WasmBackend;
  readonly exports: Exports;
  /** The address of as much memory as the products need for themselves. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** The address of a number 1. */
  readonly one: number;
  readonly addressOf: (tensor: TensorInfo) => number;
}

const cacheLine = 64;

export function assemblyFor(backend: WasmBackend, module = compile()): Assembly {
  const { memory } = backend.wasm.asm;
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  const scratchBytes = exports.scratchBytes.value;
  // On a line of the processor's cache, of which a panel's rows are then one each.
  const scratch = Math.ceil(backend.wasm._malloc(scratchBytes + 4 + cacheLine) / cacheLine) * cacheLine;
  const one = scratch + scratchBytes;
  new Float32Array(memory.buffer, one, 1)[0] = 1;
  const addressOf = ({ dataId }: TensorInfo): number => backend.dataIdMap.get(dataId).memoryOffset;
  return { backend, exports, scratch, scratchBytes, one, addressOf };
}

interface V8 {
  setFlagsFromString(flags: string): void;
}

const decoded = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/**
 * The better of the two modules that runs here. Node.js 20 has the instructions of the better one behind a flag, which may
 * be set while the program runs; Node.js 22 and browsers have them.
 */
function compile(): WebAssembly.Module {
  const best = decoded(fused);
  if (!WebAssembly.validate(best)) {
    builtinModule<V8>('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  return new WebAssembly.Module(WebAssembly.validate(best) ? best : decoded(plain));
}
