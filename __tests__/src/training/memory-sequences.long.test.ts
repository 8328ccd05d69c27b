/** Memory over many training steps of models of sequences. */
import { expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { examplesFromSequences } from '../../../src/data/sequences.ts';
import { defaultsOf } from '../../../src/model/definition.ts';
import { manual } from '../../../src/model/gradients.ts';
import { defaultRecipe } from '../../../src/model/recipe.ts';
import { train } from '../../../src/training/train.ts';
import { tf } from '../../../src/utils/tf.ts';

test.each([
  ['gpt', { width: 8, heads: 2 }],
  ['lstm', { embedding: 4, hidden: 8 }],
])(
  '5000 steps of %s on wasm leave tensors and memory of the backend unchanged',
  async (name, options) => {
    await useBackend('wasm');
    const context = 4;
    const rows = Array.from({ length: 60 }, (_, i) => Array.from({ length: i % 6 }, (__, t) => (i + t) % 5));
    const memory: { tensors: number; bytes: number; heap: number }[] = [];
    let step = 0;
    await train(
      models[name].create({ ...defaultsOf(models[name]), ...options, context, asPrinted: false }),
      { train: examplesFromSequences(rows, 5, context) },
      {
        recipe: {
          ...defaultRecipe,
          steps: 5000,
          batchSize: 4,
          optimizer: 'adam',
          learningRate: 0.001,
          clipNorm: 1,
        },
        gradients: manual,
        classes: 6,
        recordEvery: 5000,
        onStep() {
          if (++step % 1000 !== 0) return;
          const { numTensors: tensors, numBytes: bytes } = tf.memory();
          const backend = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
          memory.push({ tensors, bytes, heap: backend.wasm.HEAPU8.length });
        },
      },
    );
    expect(step).toBe(5000);
    const [first, last] = [memory[0], memory.at(-1)!];
    expect(last.tensors).toBe(first.tensors);
    expect(last.heap).toBe(first.heap);
    // Batches differ in how many tokens their longest sequence has.
    expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(1024);
  },
  120_000,
);
