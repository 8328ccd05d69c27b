import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../src/backend/index.ts';
import {
  halfSumSigmoidCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Loss,
} from '../../src/losses.ts';
import { tensorOf, valuesOf } from '../../src/tensors.ts';
import { tf } from '../../src/tf.ts';

/** Loss and ∂L/∂z by autodiff, and the loss on the host. */
function both(loss: Loss, z: number[], y: number[], rows: number) {
  return tf.tidy(() => {
    const shape = [rows, z.length / rows];
    const logits = tensorOf(Float64Array.from(z), shape);
    const targets = tensorOf(Float64Array.from(y), [rows, y.length / rows]);
    const { value, grad } = tf.valueAndGrad((t: typeof logits) => loss.of(t, targets))(logits);
    return {
      value: valuesOf(value)[0],
      gradient: Array.from(valuesOf(grad)),
      measured: loss.measure(valuesOf(logits), valuesOf(targets), rows),
    };
  });
}

describe.each(['wasm', 'cpu'] as const)('in float32 on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  // Exact values: −log σ(z) and σ(z) − y, computed with Python's mpmath to 30 digits and rounded.
  test.each([
    { z: -100, y: 1, loss: 100, slope: -1 },
    { z: 100, y: 0, loss: 100, slope: 1 },
    { z: 100, y: 1, loss: 3.720076e-44, slope: 0 },
    { z: -20, y: 0, loss: 2.0611536e-9, slope: 2.0611536e-9 },
    { z: 0, y: 1, loss: 0.69314718, slope: -0.5 },
    { z: 0, y: 0, loss: 0.69314718, slope: 0.5 },
  ])('binary cross-entropy at z = $z, y = $y', ({ z, y, loss, slope }) => {
    const { value, gradient, measured } = both(sigmoidCrossEntropy, [z], [y], 1);
    expect(Math.abs(value - loss)).toBeLessThanOrEqual(1e-6 * loss + 1e-43);
    expect(Math.abs(measured - loss)).toBeLessThanOrEqual(1e-6 * loss + 1e-43);
    expect(Math.abs(gradient[0] - slope)).toBeLessThanOrEqual(1e-6 * Math.abs(slope) + 1e-43);
  });

  test('softmax cross-entropy is finite and right where exponentials overflow', () => {
    const { value, gradient, measured } = both(
      softmaxCrossEntropy,
      [100, -100, 0, -100, 100, 0],
      [0, 1, 0, 0, 1, 0],
      2,
    );
    expect(value).toBeCloseTo(100, 4);
    expect(measured).toBeCloseTo(100, 4);
    expect(gradient).toEqual([0.5, -0.5, 0, 0, 0, 0].map((slope) => expect.closeTo(slope, 6)));
  });

  test('½·Σ adds up over two outputs that share one target', () => {
    const { value, measured } = both(halfSumSigmoidCrossEntropy, [0, 0, 0, 0], [1, 0], 2);
    expect(value).toBeCloseTo(2 * Math.LN2, 6);
    expect(measured).toBeCloseTo(2 * Math.LN2, 6);
  });
});
