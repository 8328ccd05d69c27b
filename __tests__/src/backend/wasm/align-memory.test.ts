import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import type { WasmBackend } from '../../../../src/backend/wasm/types.ts';
import { tf } from '../../../../src/core/tf.ts';

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
