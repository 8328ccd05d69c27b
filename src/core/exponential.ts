/**
 * e⁻ˣ for what takes thousands of them at every step: `Math.exp` is a call out of compiled code, which costs more than
 * the work itself.
 */

/** 2^(i/128) and 2ⁱ, for the exponents 0, −1, −2, … */
const parts = 128;
const partPowers = Float64Array.from({ length: parts }, (_, i) => 2 ** (-i / parts));
const wholePowers = Float64Array.from({ length: 1024 }, (_, i) => 2 ** -i);

const partsPerUnit = parts / Math.LN2;
/** ln 2 / 128 in two pieces, as in Sun's fdlibm: a multiple of the first is exact, the second has the digits beyond. */
const partHigh = 6.9314718036912381649e-1 / parts;
const partLow = 1.90821492927058770002e-10 / parts;

/** Beyond, 2ⁿ would have less than its full digits. */
const largest = 700;

/**
 * e⁻ˣ for x ≥ 0, to a few units in the last place: x = n·ln 2/128 − r, so that e⁻ˣ = 2^(−n/128)·eʳ, of which the first
 * factor stands in tables and |r| < 0.003 makes Taylor's series short.
 */
export function expOfMinus(x: number): number {
  if (!(x < largest)) return Math.exp(-x);
  const n = (x * partsPerUnit + 0.5) | 0;
  const r = n * partHigh - x + n * partLow;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  return partPowers[n & (parts - 1)] * wholePowers[n >> 7] * series;
}
