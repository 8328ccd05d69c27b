import type { WasmBackend } from './types.ts';

const cacheLine = 64;
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
    const block = malloc(bytes < alignedFrom ? bytes : bytes + cacheLine);
    if (bytes < alignedFrom || block === 0) return block;
    // Above 2 GiB addresses come out negative.
    const address = Math.ceil((block >>> 0) / cacheLine) * cacheLine;
    blocks.set(address, block);
    return address;
  };
  wasm._free = (address) => {
    free(blocks.get(address) ?? address);
    blocks.delete(address);
  };
}
