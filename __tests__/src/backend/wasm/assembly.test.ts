import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import {
  alignMemory,
  assemblyFor,
  assemblyOf,
  type WasmBackend,
} from '../../../../src/backend/wasm/assembly.ts';
import { tf } from '../../../../src/utils/tf.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

test('large tensors begin on a line of the cache, whatever was allocated before, and keep their numbers', () => {
  const { dataIdMap } = tf.backend() as unknown as WasmBackend;
  const before = tf.memory().numTensors;
  for (let odd = 1; odd < 20; odd++) {
    tf.tidy(() => {
      tf.ones([odd]).neg();
      const values = Float32Array.from({ length: 3000 + odd }, (_, i) => i);
      const large = tf.tensor1d(values).add(1);
      large.dataSync();
      expect(dataIdMap.get(large.dataId).memoryOffset % 64).toBe(0);
      expect(large.dataSync()[2999]).toBe(3000);
    });
  }
  expect(tf.memory().numTensors).toBe(before);
});

/** An allocator whose blocks begin eight bytes behind a line, far above 2 GiB as negative addresses. */
function allocator(first: number) {
  const log: string[] = [];
  const wasm = {
    _malloc: (bytes: number) => (log.push(`malloc ${bytes}`), bytes > 1e9 ? 0 : first),
    _free: (address: number) => void log.push(`free ${address}`),
  };
  return { log, wasm };
}

test('small blocks stay where they are, large ones move to the next line and are freed where they began', () => {
  const { log, wasm } = allocator(1032);
  const backend = { wasm } as unknown as WasmBackend;
  alignMemory(backend);
  alignMemory(backend);
  expect(wasm._malloc(4095)).toBe(1032);
  wasm._free(1032);
  expect(wasm._malloc(4096)).toBe(1088);
  wasm._free(1088);
  // It is forgotten then.
  wasm._free(1088);
  expect(wasm._malloc(2e9)).toBe(0);
  expect(log).toEqual([
    ...['malloc 8', 'free 1032', 'malloc 4095', 'free 1032', 'malloc 4160', 'free 1032', 'free 1088'],
    'malloc 2000000064',
  ]);
});

test('addresses above 2 GiB are lines, too', () => {
  const { wasm } = allocator(-(2 ** 31) + 1);
  alignMemory({ wasm } as unknown as WasmBackend);
  expect(wasm._malloc(5000)).toBe(2 ** 31 + 64);
});

test('room is kept from call to call, and grows to the next power of two', () => {
  const log: string[] = [];
  let next = 1000;
  const memory = new WebAssembly.Memory({ initial: 64 });
  const wasm = {
    asm: { memory },
    _malloc(bytes: number) {
      log.push(`malloc ${bytes}`);
      const block = next;
      next += bytes;
      return bytes > 2 ** 20 ? 0 : block;
    },
    _free: (address: number) => void log.push(`free ${address}`),
  };
  const { roomFor, scratch, scratchBytes, one, numbersAt } = assemblyFor({ wasm } as unknown as WasmBackend);
  expect(log).toEqual([`malloc ${scratchBytes + 68}`]);
  expect([scratch, one]).toEqual([1024, 1024 + scratchBytes]);
  expect(Array.from(numbersAt(one, 1))).toEqual([1]);
  log.length = 0;
  const at = next;
  const line = (address: number) => 64 * Math.ceil(address / 64);
  expect([100, 64, 192].map(roomFor)).toEqual([line(at), line(at), line(at)]);
  expect(roomFor(193)).toBe(line(at + 256));
  expect(() => roomFor(2 ** 20)).toThrow('the wasm backend has no 1048576 bytes left: use a smaller batch');
  const after = next;
  expect(roomFor(1)).toBe(line(after));
  expect(log).toEqual([
    ...['malloc 256', `free ${at}`, 'malloc 512', `free ${at + 256}`, 'malloc 2097152', 'malloc 128'],
  ]);
});

test('memory that is out of sight is told', () => {
  for (const wasm of [undefined, {}, { asm: {} }, { asm: { memory: {} } }]) {
    expect(() => assemblyOf({ wasm })).toThrow(
      "backprop-zoo's kernels cannot see the memory of wasm with threads: " +
        "call tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before tf.setBackend('wasm')",
    );
  }
  expect(assemblyOf(tf.backend())).toBe(assemblyOf(tf.backend()));
});
