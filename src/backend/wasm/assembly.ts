/** The wasm backend, as far as it is used here, and the kernels of `assembly/` on its memory. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fused } from './assembled-fused.ts';
import { builtinModule } from '../../utils/builtin-module.ts';
import { WorkError } from '../../utils/errors.ts';

export interface WasmBackend {
  move(dataId: object, values: unknown, shape: number[], dtype: 'float32', refCount: number): void;
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
  /** Memory for a tensor, not yet filled. */
  makeOutput(shape: number[], dtype: 'float32' | 'int32' | 'bool'): TensorInfo;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    /** Returns 0 where there is not so much memory left. */
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
}

const alignment = 64;
/** Smaller tensors fit the nearest cache wherever they lie. */
const alignedFrom = 4096;

const aligned = new WeakSet<object>();

/**
 * Lets large tensors begin on a line of the processor's cache. The package's allocator promises eight bytes only, and where a
 * matrix began then depended on what was allocated before: products that read it took up to a fifth longer by mere chance.
 */
export function alignMemory({ wasm }: WasmBackend): void {
  if (aligned.has(wasm)) return;
  aligned.add(wasm);
  // Emscripten's first call puts the real function in the place of a stub.
  wasm._free(wasm._malloc(8));
  const malloc = wasm._malloc.bind(wasm);
  const free = wasm._free.bind(wasm);
  /** Where the allocator's own block begins, by the address that was handed out. */
  const blocks = new Map<number, number>();
  wasm._malloc = (bytes) => {
    const block = malloc(bytes < alignedFrom ? bytes : bytes + alignment);
    if (bytes < alignedFrom || block === 0) return block;
    // Above 2 GiB addresses come out negative.
    const address = Math.ceil((block >>> 0) / alignment) * alignment;
    blocks.set(address, block);
    return address;
  };
  wasm._free = (address) => {
    free(blocks.get(address) ?? address);
    blocks.delete(address);
  };
}

/** Where a matrix lies and how far apart its rows and its columns are, all in bytes. */
export type Matrix = [address: number, row: number, column: number];
/** Of a product `[m, k]·[k, n]`. */
export type Sizes = [m: number, n: number, k: number];

/** Two matrices of one size and where the result goes. */
export type Pair = [...a: Matrix, ...b: Matrix, out: number, rows: number, columns: number];

/** How windows lie, in the order of `assembly/`; kernels that need no more end before the output channels. */
export type Geometry = [
  ...[batch: number, inHeight: number, inWidth: number, outHeight: number, outWidth: number],
  ...[height: number, width: number, strideY: number, strideX: number, top: number, left: number],
  ...[inChannels: number, outChannels: number, dilationY: number, dilationX: number],
];

export type Inputs = Record<string, TensorInfo>;

export type SequenceKernelName =
  | `${'causalAttention' | 'gelu' | 'gruCell' | 'lstmCell' | 'normalize'}${'' | 'Gradient'}`
  | 'tokenCrossEntropyGradient'
  | 'adam';

/** Addresses and sizes, in the order of `assembly/`. */
type SequenceKernel = (...args: number[]) => void;

/** See `assembly/` for what they do. */
interface Exports extends Record<SequenceKernelName, SequenceKernel> {
  readonly scratchBytes: { readonly value: number };
  readonly addScaled: (...args: [...Pair, factor: number]) => void;
  readonly multiply: (...args: Pair) => void;
  readonly extreme: (...args: [...Pair, isMaximum: number]) => void;
  clip(...args: [x: number, out: number, count: number, low: number, high: number]): void;
  product(
    ...args: [...Matrix, ...Matrix, bias: number, out: number, outRow: number, ...Sizes, scratch: number]
  ): void;
  productOfFewColumns(
    ...args: [a: number, ...Matrix, bias: number, out: number, ...Sizes, scratch: number]
  ): void;
  productOfFewRows(...args: [...Matrix, ...Matrix, bias: number, out: number, ...Sizes]): void;
  longProduct(...args: [...Matrix, b: number, bRow: number, out: number, ...Sizes]): void;
  sumOfRows(
    ...args: [weights: number, step: number, b: number, bias: number, out: number, n: number, k: number]
  ): void;
  pack(
    ...args: [
      ...[filter: number, rowStep: number, columnStep: number, innerStep: number, outerStep: number],
      ...[height: number, width: number, inner: number, outer: number, to: number],
    ]
  ): void;
  convolve(
    ...args: [
      ...[input: number, panels: number, bias: number, relu: number, out: number],
      ...[...Geometry, spreadY: number, spreadX: number],
    ]
  ): void;
  filterGradient(
    ...args: [
      ...[picture: number, rowStep: number, columnStep: number, offsets: number, taps: number, dy: number],
      ...[height: number, width: number, outChannels: number, sums: number, sumRow: number],
    ]
  ): void;
  depthwiseGradient(
    ...args: [picture: number, filter: number, dy: number, byFilter: number, ...Geometry]
  ): void;
  maxPool(...args: [input: number, out: number, ...Geometry]): void;
  maxPoolGradient(...args: [input: number, dy: number, out: number, ...Geometry]): void;
  convolvePooled(
    ...args: [
      ...[input: number, batch: number, inHeight: number, inWidth: number, inChannels: number],
      ...[panels: number, size: number, bias: number, pooled: number, maxIndices: number],
      outChannels: number,
    ]
  ): void;
  readonly addWindows: (...args: [input: number, ...MaxIndices, sums: number, list: number]) => void;
  readonly spreadWindows: (...args: [filters: number, ...MaxIndices, out: number, list: number]) => void;
  reluGradient(...args: [dy: number, values: number, out: number, count: number]): void;
  copySpaced(
    ...args: [from: number, fromRow: number, bytes: number, to: number, toRow: number, rows: number]
  ): void;
  gather(...args: [from: number, bytes: number, indices: number, count: number, to: number]): void;
  repeat(...args: [from: number, bytes: number, to: number, times: number]): void;
  transpose(
    ...args: [from: number, fromRow: number, rows: number, columns: number, out: number, outRow: number]
  ): void;
}

/** The windows of the maxima of pools. */
export type MaxIndices = [
  rowStep: number,
  size: number,
  length: number,
  dy: number,
  maxIndices: number,
  places: number,
  channels: number,
];

export interface Assembly {
  readonly backend: WasmBackend;
  readonly exports: Exports;
  /** The address of as much memory as the products need for themselves. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** The address of a number 1. */
  readonly one: number;
  readonly addressOf: (tensor: TensorInfo) => number;
  /** A view of numbers in the memory, until the next of them is made or room is asked for. */
  readonly numbersAt: (address: number, count: number) => Float32Array;
  /** The address of so many bytes for one kernel's own use, on a line of the processor's cache. The next asks for them again. */
  readonly roomFor: (bytes: number) => number;
}

const cacheLine = 64;

export function assemblyFor(backend: WasmBackend, module = compiled!): Assembly {
  const { memory } = backend.wasm.asm;
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  const scratchBytes = exports.scratchBytes.value;
  // On a line of the processor's cache, of which a panel's rows are then one each.
  const scratch = Math.ceil(backend.wasm._malloc(scratchBytes + 4 + cacheLine) / cacheLine) * cacheLine;
  const one = scratch + scratchBytes;
  new Float32Array(memory.buffer, one, 1)[0] = 1;
  const addressOf = ({ dataId }: TensorInfo): number => backend.dataIdMap.get(dataId).memoryOffset;
  const numbersAt = (address: number, count: number) => new Float32Array(memory.buffer, address, count);
  const roomFor = roomIn(backend);
  return { backend, exports, scratch, scratchBytes, one, addressOf, numbersAt, roomFor };
}

/** Memory that is kept from call to call, and grows where a call needs more. */
function roomIn({ wasm }: WasmBackend): Assembly['roomFor'] {
  let [block, size] = [0, 0];
  return (bytes) => {
    if (bytes + cacheLine > size) {
      if (block) wasm._free(block);
      size = 2 ** Math.ceil(Math.log2(bytes + cacheLine));
      block = wasm._malloc(size);
      if (!block) {
        size = 0;
        throw new WorkError(`the wasm backend has no ${bytes} bytes left: use a smaller batch`);
      }
    }
    return Math.ceil(block / cacheLine) * cacheLine;
  };
}

const assemblies = new WeakMap<object, Assembly>();

/** That of a backend, made when it is first asked for. */
export function assemblyOf(backend: object): Assembly {
  const known = assemblies.get(backend);
  if (known) return known;
  const { wasm } = backend as WasmBackend;
  if (!(wasm?.asm?.memory instanceof WebAssembly.Memory)) {
    throw new WorkError(
      "backprop-zoo's kernels cannot see the memory of wasm with threads: " +
        "call tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before tf.setBackend('wasm')",
    );
  }
  const made = assemblyFor(backend as WasmBackend);
  assemblies.set(backend, made);
  return made;
}

interface V8 {
  setFlagsFromString(flags: string): void;
}

/** A module of `assembled-*.ts`, which keep them compressed and in base64. */
export async function unpacked(base64: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
}

let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the better of the two modules that runs here; to be awaited before the first kernel runs. Node.js 20 has the
 * instructions of the better one behind a flag, which may be set while the program runs; Node.js 22 and browsers have them.
 */
export async function compileAssembly(): Promise<void> {
  if (compiled) return;
  const best = await unpacked(fused);
  if (!WebAssembly.validate(best)) {
    builtinModule<V8>('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  // The other one is fetched only where it is needed.
  const bytes = WebAssembly.validate(best)
    ? best
    : await unpacked((await import('./assembled-plain.ts')).plain);
  compiled = new WebAssembly.Module(bytes);
}
