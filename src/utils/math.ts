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
/** 2^(−i/128), written out: engines differ in the last digit of some. */
const partPowers = Float64Array.from([
  1, 0.9945994234836332, 0.9892280131939755, 0.9838856116165879, 0.9785720620877001, 0.9732872087896166,
  0.9680308967461473, 0.9628029718180625, 0.9576032806985737, 0.9524316709088371, 0.9472879907934828,
  0.9421720895161673, 0.93708381705515, 0.9320230241988945, 0.9269895625416928, 0.921983284479313,
  0.9170040432046712, 0.9120516927035267, 0.9071260877501994, 0.902227083903312, 0.8973545375015536,
  0.8925083056594675, 0.8876882462632606, 0.8828942179666364, 0.8781260801866497, 0.8733836930995844,
  0.8686669176368531, 0.8639756154809188, 0.859309649061239, 0.8546688815502315, 0.8500531768592617,
  0.8454623996346526, 0.8408964152537146, 0.8363550898207983, 0.8318382901633682, 0.8273458838280972,
  0.8228777390769824, 0.8184337248834822, 0.8140137109286739, 0.8096175675974319, 0.8052451659746271,
  0.8008963778413467, 0.7965710756711335, 0.7922691326262469, 0.7879904225539432, 0.7837348199827765,
  0.7795022001189185, 0.7752924388425, 0.7711054127039705, 0.7669409989204781, 0.7627990753722691,
  0.7586795205991074, 0.7545822137967114, 0.7505070348132128, 0.7464538641456324, 0.7424225829363762,
  0.7384130729697497, 0.734425216668491, 0.7304588970903234, 0.7265139979245263, 0.7225904034885233,
  0.7186879987244912, 0.714806669195985, 0.7109463010845828, 0.7071067811865475, 0.7032879969095077,
  0.6994898362691555, 0.6957121878859631, 0.6919549409819159, 0.6882179853772651, 0.6845012114872953,
  0.6808045103191124, 0.6771277734684463, 0.6734708931164729, 0.6698337620266515, 0.6662162735415808,
  0.6626183215798707, 0.659039800633032, 0.6554806057623822, 0.651940632595968, 0.6484197773255048,
  0.6449179367033329, 0.6414350080393891, 0.6379708891981961, 0.6345254785958666, 0.6310986751971254,
  0.6276903785123455, 0.6243004885946024, 0.620928906036742, 0.6175755319684667, 0.614240268053435,
  0.6109230164863788, 0.6076236799902345, 0.6043421618132908, 0.6010783657263515, 0.5978321960199137,
  0.5946035575013605, 0.5913923554921705, 0.5881984958251406, 0.5850218848416251, 0.5818624293887887,
  0.5787200368168756, 0.5755946149764913, 0.5724860722159021, 0.5693943173783458, 0.5663192597993596,
  0.5632608093041209, 0.5602188762048034, 0.5571933712979462, 0.5541842058618394, 0.5511912916539204,
  0.5482145409081884, 0.5452538663326288, 0.5423091811066546, 0.5393803988785599, 0.5364674337629878,
  0.5335702003384118, 0.530688613644631, 0.5278225891802786, 0.5249720429003436, 0.5221368912137069,
  0.5193170509806894, 0.5165124395106142, 0.5137229745593819, 0.5109485743270583, 0.5081891574554765,
  0.5054446430258502, 0.5027149505564014,
]);
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
