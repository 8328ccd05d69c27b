/**
 * The random numbers of a proof. A bound of 10⁻³⁰ means nothing where there are only 2³² different draws, so a seed has
 * 128 bits: four streams of the zoo's generator, added bit by bit. A fresh seed comes from the system's own source.
 */
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';

const words = 4;
const digitsPerWord = 8;

/** 32 hexadecimal digits that nobody can foresee. */
export const freshSeed = (): string =>
  Array.from(globalThis.crypto.getRandomValues(new Uint32Array(words)), (word) =>
    word.toString(16).padStart(digitsPerWord, '0'),
  ).join('');

/** Uniform numbers in [0, 1), multiples of 2⁻⁵³. @throws InputError where the seed is not 1 … 32 hexadecimal digits */
export function randomNumbers(seed: string): () => number {
  if (!/^[0-9a-f]{1,32}$/i.test(seed)) {
    throw new InputError(`--seed takes 1 to 32 hexadecimal digits, not "${seed}".`);
  }
  const digits = seed.padStart(words * digitsPerWord, '0');
  const streams = Array.from(
    { length: words },
    (_, i) => new RandomState(parseInt(digits.slice(i * digitsPerWord, (i + 1) * digitsPerWord), 16)),
  );
  // Each begins a number later than the one before, so that the order of the digits matters and equal words do not cancel.
  streams.forEach((stream, i) => Array.from({ length: i }, () => stream.uint32()));
  const uint32 = (): number => streams.reduce((bits, stream) => bits ^ stream.uint32(), 0) >>> 0;
  return () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
}
