/**
 * Bytes divided by a number, which a step on pixels does eighty thousand times.
 */
import type { Values } from '../utils/tensors.ts';

interface Tables {
  /** The quotient of each byte in float32. */
  single: Float32Array;
  /** Two quotients side by side, by the two bytes that they are of: one look-up and one write for both. */
  double: Float64Array;
}

const tables = new Map<number, Tables>();

function tablesOf(divisor: number): Tables {
  let made = tables.get(divisor);
  if (!made) {
    const single = Float32Array.from({ length: 256 }, (_, byte) => byte / divisor);
    // Made through views of the same memory, so that it is right whichever byte of a word this machine puts first.
    const bytes = new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, word) => word).buffer);
    const pairs = Float32Array.from(bytes, (byte) => single[byte]);
    made = { single, double: new Float64Array(pairs.buffer) };
    tables.set(divisor, made);
  }
  return made;
}

/** Whether two values of an array lie where one of twice the size may. */
const isAligned = ({ byteOffset, BYTES_PER_ELEMENT }: Uint8Array | Float32Array): boolean =>
  byteOffset % (2 * BYTES_PER_ELEMENT) === 0;

/** Puts `from[i] / divisor` to `to[i]`. @param divisor not 0: a pair with a NaN may lose its bits on the way */
export function scaleBytes(from: Uint8Array, to: Values, divisor: number): void {
  if (to instanceof Float64Array) {
    for (let i = 0; i < to.length; i++) to[i] = from[i] / divisor;
    return;
  }
  const { single, double } = tablesOf(divisor);
  let done = 0;
  if (isAligned(from) && isAligned(to)) {
    // Four pairs a round, which V8 makes twice as fast as one.
    const pairs = (to.length >> 3) << 2;
    const words = new Uint16Array(from.buffer, from.byteOffset, pairs);
    const doubles = new Float64Array(to.buffer, to.byteOffset, pairs);
    for (let i = 0; i < pairs; i += 4) {
      doubles[i] = double[words[i]];
      doubles[i + 1] = double[words[i + 1]];
      doubles[i + 2] = double[words[i + 2]];
      doubles[i + 3] = double[words[i + 3]];
    }
    done = 2 * pairs;
  }
  for (let i = done; i < to.length; i++) to[i] = single[from[i]];
}
