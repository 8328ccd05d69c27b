/**
 * eˣ and ln x, the same to the last bit wherever they are computed. The `Math.exp` and `Math.log` of two engines, or of two
 * versions of one, differ in the last digit of about every tenth value, and with it a loss, a score, a file's hash.
 *
 * After Sun's fdlibm (`e_exp.c`, `e_log.c`), which V8 has used for years, so that Node.js 20 gives these bits, too:
 *
 *   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
 *   Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
 */

/** ln 2 in two pieces: a small multiple of the first is exact, the second has the digits beyond. */
const [ln2High, ln2Low] = [6.9314718036912381649e-1, 1.90821492927058770002e-10];
const perLn2 = 1.442695040888963387;

const [overflow, underflow] = [7.09782712893383973096e2, -7.4513321910194110842e2];

/** ½·ln 2 and 1½·ln 2, as fdlibm rounds them. */
const [halfLn2, oneAndHalfLn2] = [0.3465735912322998, 1.0397205352783203];

/** 2ᵏ for −1024 ≤ k ≤ 1023, each exactly, at k + 1024. */
const powersOf2 = Float64Array.from({ length: 2048 }, (_, i) => 2 ** (i - 1024));

/** eˣ: x = k·ln 2 + r with |r| ≤ ½·ln 2, so that eˣ = 2ᵏ·eʳ, and eʳ by a quotient of polynomials. */
export function exp(x: number): number {
  if (x > overflow) return Infinity;
  if (x < underflow) return 0;
  const size = Math.abs(x);
  let k = 0;
  let high = x;
  let low = 0;
  if (size >= halfLn2) {
    // By a rule of its own: the polynomial misses the last bit of e.
    if (x === 1) return Math.E;
    if (size < oneAndHalfLn2) k = x < 0 ? -1 : 1;
    else k = (perLn2 * x + (x < 0 ? -0.5 : 0.5)) | 0;
    high = x - k * ln2High;
    low = k * ln2Low;
  } else if (!(size >= 2 ** -28)) return 1 + x;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k === 1024) return y * 2 * 2 ** 1023;
  return k >= -1021 ? y * powersOf2[k + 1024] : y * powersOf2[k + 2024] * 2 ** -1000;
}

/** The bits of a double, by its lower and its upper half. */
const value = new Float64Array(1);
const halves = new Int32Array(value.buffer);
/** Where the half with sign and exponent is. */
const upper = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** ln x: x = 2ᵏ·(1 + f) with √½ < 1 + f < √2, and ln(1 + f) by a polynomial of s = f/(2 + f). */
export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0) || x === Infinity) return x > 0 ? x : NaN;
  let k = 0;
  if (x < 2 ** -1022) {
    k = -54;
    x *= 2 ** 54;
  }
  value[0] = x;
  const bits = halves[upper];
  const mantissa = bits & 0xfffff;
  const carry = (mantissa + 0x95f64) & 0x100000;
  const power = (bits >> 20) - 1023 + (carry >> 20);
  k += power;
  const f = x * powersOf2[1024 - power] - 1;
  if ((0xfffff & (2 + mantissa)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * ln2High + k * ln2Low;
    const small = f * f * (0.5 - (1 / 3) * f);
    return k === 0 ? f - small : k * ln2High - (small - k * ln2Low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const rest = odd + even;
  if (((mantissa - 0x6147a) | (0x6b851 - mantissa)) > 0) {
    const half = 0.5 * f * f;
    if (k === 0) return f - (half - s * (half + rest));
    return k * ln2High - (half - (s * (half + rest) + k * ln2Low) - f);
  }
  return k === 0 ? f - s * (f - rest) : k * ln2High - (s * (f - rest) - k * ln2Low - f);
}

const parts = 128;
/** For these i the nearest double to 2^(−i/128) is a unit in the last place above the one that `exp` gives, or below it. */
const [above, below] = [
  [69, 101, 109, 116],
  [37, 66, 68, 95, 102, 103, 104, 110, 120, 127],
];
/** 2^(−i/128), correctly rounded. */
const partPowers = Float64Array.from({ length: parts }, (_, i) => {
  const correction = Number(above.includes(i)) - Number(below.includes(i));
  return exp((-i * Math.LN2) / parts) + correction * 2 ** -53;
});
/** 2⁻ⁱ */
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
  if (!(x < largest)) return exp(-x);
  const n = (x * partsPerUnit + 0.5) | 0;
  const r = n * partHigh - x + n * partLow;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  return partPowers[n & (parts - 1)] * wholePowers[n >> 7] * series;
}

/** The middle one of the values in their order; of an even number the mean of the middle two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
