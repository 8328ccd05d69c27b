/** Arithmetic with remainders that may not be known. */
import { DrawnValues } from './drawn-values.ts';

/**
 * Why a remainder is not known; it is stored as p plus this number. The largest reason of its operands is an
 * operation's own.
 */
export const reasons = {
  /** A division by 0, or the logarithm of a non-square: another point may do. */
  outside: 0,
  /** It depends on an exponent beyond the end of the chain: a chain with one prime more below may do. */
  below: 1,
  /** It depends on a logarithm that is left out, or from beyond the beginning of the chain: one more prime above may do. */
  above: 2,
  /** NaN or infinity came in. */
  notANumber: 3,
} as const;

export type Reason = (typeof reasons)[keyof typeof reasons];

/** On remainders modulo p, of which some may not be known. */
export type Operation = (a: number, b: number, p: number) => number;

export const sum: Operation = (a, b, p) => (a < p && b < p ? add(a, b, p) : unknown(a, b, p));
export const difference: Operation = (a, b, p) => (a < p && b < p ? subtract(a, b, p) : unknown(a, b, p));
export const product: Operation = (a, b, p) => {
  if (a < p && b < p) return multiply(a, b, p);
  return isZeroTimesSomething(a, b, p) || isZeroTimesSomething(b, a, p) ? 0 : unknown(a, b, p);
};
export const quotient: Operation = (a, b, p) => {
  if (b === 0) return unknown(a, p + reasons.outside, p);
  return a < p && b < p ? multiply(a, inverse(b, p), p) : unknown(a, b, p);
};

const unknown: Operation = (a, b, p) => (a < p ? b : b < p ? a : Math.max(a, b));

/** What lies beyond the chain is some number all the same. */
const isZeroTimesSomething = (a: number, b: number, p: number): boolean =>
  a === 0 && (b === p + reasons.below || b === p + reasons.above);

/** n mod p for 0 ≤ n < 2⁵³. The quotient is rounded, but never up to a whole number that it does not reach. */
const remainder = (n: number, p: number): number => n - p * Math.floor(n / p);

/** Below it, the product of two remainders is less than 2⁵³ and therefore exact. */
const largestPlainPrime = 2 ** 26.5;
const half = 2 ** 18;

/** a·b mod p. */
export function multiply(a: number, b: number, p: number): number {
  if (p < largestPlainPrime) return remainder(a * b, p);
  // b = high·2¹⁸ + low
  const high = Math.floor(b / half);
  const low = b - high * half;
  return add(remainder(remainder(a * high, p) * half, p), remainder(a * low, p), p);
}

/** a + b mod p. */
export const add = (a: number, b: number, p: number): number => (a + b >= p ? a + b - p : a + b);

/** a − b mod p. */
export const subtract = (a: number, b: number, p: number): number => (a >= b ? a - b : a - b + p);

/** aⁿ mod p for n ≥ 0, by squaring. */
export function power(a: number, n: number, p: number): number {
  let result = 1;
  for (; n > 0; n = Math.floor(n / 2), a = multiply(a, a, p)) {
    if (n % 2 === 1) result = multiply(result, a, p);
  }
  return result;
}

/** 1/a mod p for a ≠ 0, by Fermat: a^(p−1) = 1. */
export const inverse = (a: number, p: number): number => power(a, p - 2, p);

/** Whether a ≠ 0 is a square, by Euler: a^((p−1)/2) is 1 for squares and −1 for others. */
export const isSquare = (a: number, p: number): boolean => power(a, (p - 1) / 2, p) === 1;

/** A double is a fraction n/2ᵏ, and is taken for exactly that. */
export function fromDouble(value: number, p: number): number {
  let halvings = 0;
  for (; !Number.isInteger(value); value *= 2) halvings++;
  const whole = ((value % p) + p) % p;
  return multiply(whole, power((p + 1) / 2, halvings, p), p);
}

/** Of a constant that counts as a fraction: numerator times denominator at most. */
const maxFraction = 2 ** 40;
/** The relative error of a few operations on doubles. */
const fewRoundings = 2 ** -50;

/** The fraction, of small numerator and denominator, that a double is but for rounding: 1/3 of 0.333…; by continued fractions. */
export function fractionOf(value: number): { numerator: number; denominator: number } | undefined {
  let [numerator, before] = [1, 0];
  let [denominator, denominatorBefore] = [0, 1];
  for (let rest = Math.abs(value); Number.isFinite(rest); rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    [numerator, before] = [whole * numerator + before, numerator];
    [denominator, denominatorBefore] = [whole * denominator + denominatorBefore, denominator];
    if (numerator * denominator > maxFraction) return undefined;
    if (Math.abs(numerator / denominator - Math.abs(value)) <= fewRoundings * Math.abs(value)) {
      return { numerator: Math.sign(value) * numerator, denominator };
    }
  }
  return undefined;
}

const smallPrimes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
const bases = smallPrimes.slice(0, 7);

/** Whether a number above 53 has a divisor up to 53: a quick way to see that most numbers are no primes. */
export const hasSmallDivisor = (n: number): boolean => smallPrimes.some((small) => n % small === 0);

/** Miller and Rabin's test, which with these seven bases errs for no number below 3.4·10¹⁴ (Jaeschke, 1993). */
export function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (const base of bases) if (n % base === 0) return n === base;
  let odd = n - 1;
  let twos = 0;
  for (; odd % 2 === 0; odd /= 2) twos++;
  return bases.every((base) => {
    let x = power(base, odd, n);
    if (x === 1) return true;
    for (let i = 0; i < twos; i++, x = multiply(x, x, n)) if (x === n - 1) return true;
    return false;
  });
}

/**
 * Logarithms of squares modulo p to a base whose powers they are, in [0, (p − 1)/2), by baby steps and giant steps
 * (D. Shanks, 1971): a = base^(i·√n + j) is found where a·base^(−i·√n) is among the first √n powers.
 */
export function logarithmTo(base: number, p: number): (a: number) => number {
  const order = (p - 1) / 2;
  const steps = Math.ceil(Math.sqrt(order));
  const small = new Map<number, number>();
  for (let j = 0, value = 1; j < steps; j++, value = multiply(value, base, p)) small.set(value, j);
  const giant = inverse(power(base, steps, p), p);
  return (a) => {
    for (let i = 0, value = a; i <= steps; i++, value = multiply(value, giant, p)) {
      const j = small.get(value);
      if (j !== undefined) return (i * steps + j) % order;
    }
    throw new RangeError(`${a} is not a power of ${base} modulo ${p}`);
  };
}

export interface Structure {
  primes: readonly number[];
  /** The place in the chain whose remainders are compared; 0 unless given. */
  ground?: number;
  /** False to leave logarithms unknown, which take long to find; their upstream are known all the same. */
  hasLogarithms?: boolean;
  /**
   * True to take doubles for the fractions that they are but for rounding: 1/3, which is not a double, is then the inverse
   * of 3.
   */
  hasFractions?: boolean;
  /** Functions whose values are variables of the formula; none unless given. */
  drawn?: Drawn;
}

/** Whether values are drawn: of roots, of exponentials beyond the end of the chain, of logarithms. */
export interface Drawn {
  roots?: boolean;
  exponentials?: boolean;
  logarithms?: boolean;
}

/** Some elements, one after the other. */
export interface Stretch {
  values: ArrayLike<number>;
  start: number;
  step: number;
}

export class Field {
  /** The place in the chain whose remainders are compared; those before it serve logarithms, those after it exponents. */
  readonly ground: number;
  readonly primes: readonly number[];
  /** Each of order (pᵢ − 1)/2; none exists for the last prime. */
  readonly bases: readonly number[];
  /** Set where a comparison was asked for whose outcome is not known. */
  doubt: Reason | undefined;

  readonly #random: () => number;
  readonly #logarithms: ((a: number) => number)[] = [];
  readonly #width: number;
  #rows: Float64Array;
  #count = 1;
  readonly #constants = new Map<number, number>();

  readonly #hasLogarithms: boolean;
  readonly #hasFractions: boolean;

  readonly #drawn: Drawn;
  readonly #roots = new DrawnValues();
  readonly #exponentials = new DrawnValues();
  readonly #drawnLogarithms = new DrawnValues();
  /** Whether a value was drawn that is not so by its definition, as the ε of {@link plusEpsilon} is. */
  hasDrawn = false;
  hasDrawnRoots = false;
  /** Arguments of roots that were looked for where they are compared. */
  readonly #trueRoots = new Set<number>();
  /** Places of the chain at which some root does not exist. */
  readonly missingRoots = new Set<number>();
  #draws: readonly (() => number)[] = [];
  /** Whether {@link plusEpsilon} was called. */
  hasEpsilons = false;

  /** @param random uniform in [0, 1) */
  constructor(
    { primes, ground = 0, hasLogarithms = true, hasFractions = false, drawn = {} }: Structure,
    random: () => number,
  ) {
    this.primes = primes;
    this.ground = ground;
    this.#hasLogarithms = hasLogarithms;
    this.#hasFractions = hasFractions;
    this.#drawn = drawn;
    this.#random = random;
    this.bases = primes.slice(0, -1).map((p) => power(2 + Math.floor(random() * (p - 3)), 2, p));
    this.#width = primes.length + 1;
    this.#rows = new Float64Array(4096 * this.#width);
  }

  /**
   * Forgets all elements, but neither primes nor bases, whose logarithms take long to prepare.
   *
   * @param draws of variables, at each place of the chain
   */
  restart(draws: readonly (() => number)[] = []): void {
    this.#draws = draws;
    this.#trueRoots.clear();
    this.missingRoots.clear();
    this.#count = 1;
    this.#constants.clear();
    for (const values of [this.#roots, this.#exponentials, this.#drawnLogarithms]) values.clear();
    this.hasDrawn = this.hasDrawnRoots = false;
    this.hasEpsilons = false;
    this.doubt = undefined;
  }

  /** The prime whose remainders are compared. */
  get prime(): number {
    return this.primes[this.ground];
  }

  /** The remainder that is compared. */
  value(x: number): number {
    return this.#rows[x * this.#width + this.ground];
  }

  /** The derivative of {@link value}. */
  slope(x: number): number {
    return this.#rows[x * this.#width + this.primes.length];
  }

  /** All remainders of an element. */
  remainders(x: number): number[] {
    return Array.from(this.#rows.subarray(x * this.#width, (x + 1) * this.#width - 1));
  }

  /** Why a remainder or a slope is not known; nothing where it is. */
  reason(remainder: number): Reason | undefined {
    return remainder < this.prime ? undefined : ((remainder - this.prime) as Reason);
  }

  /** A row of its own, filled prime by prime. */
  protected put(remainderAt: (place: number, p: number) => number, slope: number): number {
    const at = this.#count * this.#width;
    if (at === this.#rows.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    let isZero = slope === 0;
    for (let i = 0; i < this.primes.length; i++) {
      const remainder = remainderAt(i, this.primes[i]);
      this.#rows[at + i] = remainder;
      isZero &&= remainder === 0;
    }
    this.#rows[at + this.primes.length] = slope;
    return isZero ? 0 : this.#count++;
  }

  #combine(x: number, y: number, operation: Operation, slope: number): number {
    const rows = this.#rows;
    const [left, right] = [x * this.#width, y * this.#width];
    return this.put((i, p) => operation(rows[left + i], rows[right + i], p), slope);
  }

  /** The element that a double is; each is made once. */
  constant(value: number): number {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const element = this.put(this.#remainderOf(value), 0);
    this.#constants.set(value, element);
    return element;
  }

  #remainderOf(value: number): (place: number, p: number) => number {
    if (!Number.isFinite(value)) return (_, p) => p + reasons.notANumber;
    const fraction = this.fractionOf(value);
    if (!fraction) return (_, p) => fromDouble(value, p);
    const { numerator, denominator } = fraction;
    return (_, p) => quotient(fromDouble(numerator, p), fromDouble(denominator, p), p);
  }

  /** The fraction that a double counts as; none where it is exact. */
  protected fractionOf(value: number): ReturnType<typeof fractionOf> {
    return this.#hasFractions ? fractionOf(value) : undefined;
  }

  /** The whole number, of at most this magnitude, that an element is at every place of the chain. */
  wholeNumber(x: number, largest: number): number | undefined {
    const value = this.value(x);
    const n = value > largest ? value - this.prime : value;
    const isWhole = this.remainders(x).every((remainder, i) => remainder === fromDouble(n, this.primes[i]));
    return isWhole && Math.abs(n) <= largest && this.slope(x) === 0 ? n : undefined;
  }

  /** All remainders drawn at random: a variable of the formula. */
  variable(): number {
    return this.put((i, p) => Math.floor((this.#draws[i] ?? this.#random)() * p), 0);
  }

  /** The same number, moving. */
  moving(x: number, slope: number): number {
    const rows = this.#rows;
    return this.put((i) => rows[x * this.#width + i], slope);
  }

  add(x: number, y: number): number {
    return this.#combine(x, y, sum, sum(this.slope(x), this.slope(y), this.prime));
  }

  subtract(x: number, y: number): number {
    return this.#combine(x, y, difference, difference(this.slope(x), this.slope(y), this.prime));
  }

  /** (x·y)′ = x′·y + x·y′ */
  multiply(x: number, y: number): number {
    const p = this.prime;
    const left = product(this.slope(x), this.value(y), p);
    const right = product(this.value(x), this.slope(y), p);
    return this.#combine(x, y, product, sum(left, right, p));
  }

  /** Σ xs[i]·ys[i], without rows for what lies between. */
  dot({ length, xs, ys }: { length: number; xs: Stretch; ys: Stretch }): number {
    const [rows, width, places, ground] = [this.#rows, this.#width, this.primes.length, this.ground];
    const total = new Float64Array(width);
    const p = this.prime;
    let [i, j] = [xs.start, ys.start];
    for (let n = 0; n < length; n++, i += xs.step, j += ys.step) {
      const [left, right] = [xs.values[i] * width, ys.values[j] * width];
      for (let place = 0; place < places; place++) {
        const prime = this.primes[place];
        total[place] = sum(total[place], product(rows[left + place], rows[right + place], prime), prime);
      }
      const [dx, dy] = [rows[left + places], rows[right + places]];
      if (dx !== 0) total[places] = sum(total[places], product(dx, rows[right + ground], p), p);
      if (dy !== 0) total[places] = sum(total[places], product(rows[left + ground], dy, p), p);
    }
    return this.put((place) => total[place], total[places]);
  }

  /** (x/y)′ = (x′ − x/y·y′)/y */
  divide(x: number, y: number): number {
    const p = this.prime;
    const [dx, dy] = [this.slope(x), this.slope(y)];
    if (dx === 0 && dy === 0) return this.#combine(x, y, quotient, 0);
    const whole = quotient(this.value(x), this.value(y), p);
    const slope = quotient(difference(dx, product(whole, dy, p), p), this.value(y), p);
    return this.#combine(x, y, quotient, slope);
  }

  /** (eˣ)′ = eˣ·x′ */
  exp(x: number): number {
    const at = x * this.#width;
    const rows = this.#rows;
    const place = (i: number, p: number): number => {
      if (i + 1 === this.primes.length) return this.#exponentialBeyond(x);
      const exponent = rows[at + i + 1];
      const beyond = exponent - this.primes[i + 1];
      return beyond < 0 ? power(this.bases[i], exponent, p) : p + beyond;
    };
    const [slope, p] = [this.slope(x), this.prime];
    return this.put(place, slope === 0 ? 0 : product(place(this.ground, p), slope, p));
  }

  /** At the last place of the chain. e⁰ = 1 and e⁻ᵃ = 1/eᵃ hold there; eᵃ⁺ᵇ = eᵃ·eᵇ holds at the places before alone. */
  #exponentialBeyond(x: number): number {
    const place = this.primes.length - 1;
    const p = this.primes[place];
    const remainders = this.remainders(x);
    const a = remainders[place];
    if (!this.#drawn.exponentials || a >= p)
      return p + (a >= p ? Math.max(a - p, reasons.below) : reasons.below);
    if (a === 0) return 1;
    this.hasDrawn = true;
    const isNegative = a > p / 2;
    const argument = isNegative
      ? remainders.map((r, i) => (r < this.primes[i] ? subtract(0, r, this.primes[i]) : r))
      : remainders;
    const drawn = this.#exponentials.at(DrawnValues.key(argument, place), () => this.#square(p));
    return isNegative ? inverse(drawn, p) : drawn;
  }

  /** A random square that is not 0. */
  #square(p: number): number {
    return power(1 + Math.floor(this.#random() * (p - 1)), 2, p);
  }

  /** (log x)′ = x′/x */
  log(x: number): number {
    if (this.#drawn.logarithms) return this.#drawnLogarithm(x);
    const at = x * this.#width;
    const rows = this.#rows;
    const place = (i: number, p: number): number => {
      if (i === 0 || !this.#hasLogarithms)
        return rows[at + i] === 0 ? p + reasons.outside : p + reasons.above;
      const [number, above] = [rows[at + i - 1], this.primes[i - 1]];
      if (number >= above) return p + (number - above);
      return number !== 0 && isSquare(number, above) ? this.#logarithm(i - 1, number) : p + reasons.outside;
    };
    const slope = this.slope(x);
    return this.put(place, slope === 0 ? 0 : quotient(slope, this.value(x), this.prime));
  }

  #logarithm(place: number, a: number): number {
    this.#logarithms[place] ??= logarithmTo(this.bases[place], this.primes[place]);
    return this.#logarithms[place](a);
  }

  #drawnLogarithm(x: number): number {
    this.hasDrawn = true;
    const remainders = this.remainders(x);
    const place = (i: number, p: number): number => {
      const a = remainders[i];
      if (a === 0) return p + reasons.outside;
      if (a >= p || a === 1) return a >= p ? a : 0;
      const draw = (): number => Math.floor(this.#random() * p);
      return this.#drawnLogarithms.at(DrawnValues.key(remainders, i), draw, i === this.ground);
    };
    const slope = this.slope(x);
    return this.put(place, slope === 0 ? 0 : quotient(slope, this.value(x), this.prime));
  }

  /**
   * x + c for a constant c that gives it a root: r² for a drawn square r, the same for the same x and ε. (x + c)′ = x′
   *
   * What is shown with it holds for each ε (docs/proof.md, "Roots").
   */
  plusEpsilon(x: number, epsilon: number): number {
    this.hasEpsilons = true;
    const remainders = this.remainders(x);
    const roots = remainders.map((a, i) => {
      const p = this.primes[i];
      if (a >= p) return a;
      const key = `${DrawnValues.key(remainders, i)} + ${epsilon}`;
      return this.#roots.at(key, () => this.#square(p), i === this.ground);
    });
    const squares = roots.map((r, i) => product(r, r, this.primes[i]));
    squares.forEach((_, i) => this.#roots.set(DrawnValues.key(squares, i), roots[i]));
    return this.put((i) => squares[i], this.slope(x));
  }

  /** Different arguments of roots and logarithms whose values were drawn, where they are compared. */
  get drawnArguments(): number {
    return this.#roots.count + this.#drawnLogarithms.count;
  }

  /** Different arguments of roots that are not drawn. */
  get trueRoots(): number {
    return this.#trueRoots.size;
  }

  /** The root that is itself a square; a^((p+1)/4), for p = 3 mod 4. Or a drawn one. (√x)′ = x′/(2√x) */
  sqrt(x: number): number {
    const remainders = this.remainders(x);
    const place = (i: number, p: number): number => {
      const square = remainders[i];
      if (square >= p || square === 0 || square === 1) return square;
      const key = DrawnValues.key(remainders, i);
      const known = this.#roots.get(key);
      if (known !== undefined) return known;
      if (this.#drawn.roots) {
        this.hasDrawn = this.hasDrawnRoots = true;
        return this.#roots.at(key, () => this.#square(p), i === this.ground);
      }
      if (p % 4 !== 3) return p + reasons.below;
      if (i === this.ground) this.#trueRoots.add(square);
      const root = power(square, (p + 1) / 4, p);
      if (multiply(root, root, p) === square) return root;
      this.missingRoots.add(i);
      return p + reasons.outside;
    };
    const p = this.prime;
    const root = place(this.ground, p);
    return this.put(place, this.slope(x) === 0 ? 0 : quotient(this.slope(x), sum(root, root, p), p));
  }

  /** −1, 0 or 1; NaN where it is not known. */
  sign(x: number): number {
    const [value, p] = [this.value(x), this.prime];
    if (value === 0) return 0;
    return value >= p ? NaN : isSquare(value, p) ? 1 : -1;
  }

  /** One of three elements, by the sign of x. */
  choose(x: number, positive: number, zero: number, negative: number): number {
    const sign = this.sign(x);
    if (sign > 0) return positive;
    if (sign < 0) return negative;
    return sign === 0 ? zero : this.#unknown(this.reason(this.value(x))!);
  }

  #unknown(reason: Reason): number {
    return this.put((_, p) => p + reason, this.prime + reason);
  }

  /** The sign of a number on which a comparison depends. */
  decide(x: number): number {
    const sign = this.sign(x);
    if (!Number.isNaN(sign)) return sign;
    this.doubt = Math.max(this.doubt ?? 0, this.reason(this.value(x))!) as Reason;
    return 0;
  }
}

/** p₀ is drawn from a range of large numbers, for then coincidences are rare; `count` chains begin there. */
export interface Supply {
  from: number;
  to: number;
  count: number;
}

/** Up to 2^26.5 the products of remainders fit a double; of chains of more than four there are too few so small. */
const quick = { from: 2 ** 25, to: 2 ** 26.5 };
const large = { from: 2 ** 33, to: 2 ** 35 };

/** By the number of primes in a chain. The counts are exact: every number of the range was tried. */
export const supplies: Record<number, Supply> = {
  3: { ...quick, count: 8749 },
  4: { ...quick, count: 541 },
  5: { ...large, count: 5947 },
  6: { ...large, count: 532 },
  7: { ...large, count: 54 },
};

export const shortestChain = 3;
export const longestChain = 7;

/**
 * A chain of that many primes, each one as likely as any other.
 *
 * @param random uniform in [0, 1)
 */
export function randomChain(length: number, random: () => number): number[] {
  const { from, to } = supplies[length];
  const growth = 2 ** (length - 1);
  // p₀ + 1 = growth·(last + 1), and last + 1 is divisible by 2 and 3, and by 5 if there are four: otherwise some prime of
  // the chain would be.
  const step = length > 3 ? 30 : 6;
  const first = Math.ceil((from + 1) / growth / step);
  const choices = Math.floor((to + 1) / growth / step) - first + 1;
  for (;;) {
    const last = step * (first + Math.floor(random() * choices)) - 1;
    const chain = Array.from({ length }, (_, i) => 2 ** (length - 1 - i) * (last + 1) - 1);
    if (!chain.some(hasSmallDivisor) && chain.every(isPrime)) return chain;
  }
}
