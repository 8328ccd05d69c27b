/**
 * The thread in which `readHdf5` reads one file. It answers once, or dies and takes only itself along.
 * JavaScript, because Node itself starts it: from the source tree, from the built package and under test alike.
 *
 * @import { Hdf5Answer, Hdf5Array, Hdf5Request } from './hdf5.ts'
 * @import { File } from 'h5wasm'
 */
/* global WebAssembly */
import { parentPort, workerData } from 'node:worker_threads';

const maxHeapBytes = 1024 ** 3;
const path = '/data.h5';

/** Something that is readable and yet not what was asked for. */
class Refusal extends Error {}

limitHeap();
// This build of the library keeps its files in memory; its other build, "h5wasm/node", reaches the disk.
const library = await import('h5wasm');
const { FS } = await library.ready;
parentPort?.postMessage(answer(workerData));

/** @type {(request: Hdf5Request) => Hdf5Answer} */
export function answer({ bytes, sets, maxArrayBytes }) {
  FS.writeFile(path, bytes);
  try {
    const file = new library.File(path, 'r');
    const present = new Set(file.keys());
    const found = sets.filter((name) => present.has(name));
    return { arrays: Object.fromEntries(found.map((name) => [name, readArray(file, name, maxArrayBytes)])) };
  } catch (error) {
    return { problem: error instanceof Refusal ? error.message : 'the file is damaged, HDF5 cannot read it' };
  }
}

/** @type {(file: File, name: string, maxArrayBytes: number) => Hdf5Array} */
function readArray(file, name, maxArrayBytes) {
  const set = file.get(name);
  if (!(set instanceof library.Dataset)) throw new Refusal(`"${name}" is not an array`);
  const { shape, type, size, chunks, vlen } = set.metadata;
  if (!shape) throw new Refusal(`"${name}" is empty`);
  const unpacked = Math.max(product(shape), product(chunks ?? [])) * size;
  if (!(unpacked <= maxArrayBytes)) {
    throw new Refusal(
      `"${name}" of shape ${shape.join('×')} makes ${unpacked} bytes, at most ${maxArrayBytes} are read`,
    );
  }
  const value = vlen ? null : set.value;
  if (value instanceof Uint8Array) return { shape, values: value.slice() };
  if (Array.isArray(value) && value.every((text) => typeof text === 'string'))
    return { shape, values: value };
  const isNumeric = type === 0 || type === 1;
  if (isNumeric && ArrayBuffer.isView(value)) {
    const numbers = /** @type {ArrayLike<number | bigint>} */ (/** @type {unknown} */ (value));
    return { shape, values: Float64Array.from(numbers, Number) };
  }
  throw new Refusal(`"${name}" holds neither numbers nor texts of fixed length`);
}

/** @type {(sizes: readonly number[]) => number} */
function product(sizes) {
  return sizes.reduce((total, size) => total * size, 1);
}

/** A header that asks for gigabytes gets none: the library is told that memory is at its end. */
function limitHeap() {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (/** @type {number} */ pages) {
    if (this.buffer.byteLength + pages * 65536 > maxHeapBytes) throw new RangeError('too much memory');
    return grow.call(this, pages);
  };
}
