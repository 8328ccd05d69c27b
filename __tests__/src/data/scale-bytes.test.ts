import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scaleBytes } from '../../../src/data/batches.ts';

const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i + (i >> 8)) & 255);

test.each([Float32Array, Float64Array])('is division, wherever the values lie: %p', (Values) => {
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.nat(3),
      fc.nat(600),
      fc.constantFrom(255, 255 ** 2, 1, 7, -3, 1e-30, 1e30),
      (from, to, length, divisor) => {
        const values = new Values(to + length + 2).fill(-1);
        scaleBytes(bytes.subarray(from, from + length), values.subarray(to, to + length), divisor);
        const expected = new Values(bytes.subarray(from, from + length)).map((byte) => byte / divisor);
        expect(values.subarray(to, to + length)).toEqual(expected);
        expect([...values.subarray(0, to), ...values.subarray(to + length)]).toEqual(
          new Array(to + 2).fill(-1),
        );
      },
    ),
    { seed: 3 },
  );
});

test('every pair of bytes', () => {
  const pairs = new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, word) => word).buffer);
  const values = new Float32Array(2 ** 17);
  scaleBytes(pairs, values, 255);
  expect(
    Buffer.from(values.buffer).equals(Buffer.from(Float32Array.from(pairs, (b) => b / 255).buffer)),
  ).toBe(true);
});
