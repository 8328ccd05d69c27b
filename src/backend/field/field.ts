/**
 * Numbers that stand for formulas.
 *
 * An element is a row of remainders, one for each prime of a chain p₀ > p₁ > … with pᵢ = 2pᵢ₊₁ + 1 (`chain.ts`).
 * +, −, ×, ÷ act on each remainder by itself. The squares modulo pᵢ are the powers of a base gᵢ of order pᵢ₊₁, so that
 * exponents of one field are elements of the next:
 *
 *   exp(…, aᵢ, aᵢ₊₁, …) has gᵢ^(aᵢ₊₁) in place i         log(…, aᵢ₋₁, aᵢ, …) has log of aᵢ₋₁ to the base gᵢ₋₁ there
 *
 * from which exp(x + y) = exp x · exp y and log(exp x) = x follow, as for real numbers. Squares are called positive: the
 * sign is Legendre's symbol, so that sign(x·y) = sign x · sign y, sign(−x) = −sign x and exp x > 0.
 *
 * Beside its remainders a row carries a slope: the derivative of the remainder that is compared, where the parameters
 * move in some direction. Each operation knows its own rule (the sum, product, quotient and chain rule).
 *
 * Tensors hold numbers of rows. Row 0 is zero.
 */
import { logarithmTo } from './logarithm.ts';
import { fromDouble, isSquare, multiply, power } from './residues.ts';
import { difference, product, quotient, reasons, sum, type Operation, type Reason } from './unknown.ts';

export interface Structure {
  primes: readonly number[];
  /** The place in the chain whose remainders are compared; 0 unless given. */
  ground?: number;
  /** False to leave logarithms unknown, which take long to find; their slopes are known all the same. */
  hasLogarithms?: boolean;
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
  /** Each of order (pᵢ − 1)/2; there is none for the last prime. */
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

  /** @param random uniform in [0, 1) */
  constructor({ primes, ground = 0, hasLogarithms = true }: Structure, random: () => number) {
    this.primes = primes;
    this.ground = ground;
    this.#hasLogarithms = hasLogarithms;
    this.#random = random;
    this.bases = primes.slice(0, -1).map((p) => power(2 + Math.floor(random() * (p - 3)), 2, p));
    this.#width = primes.length + 1;
    this.#rows = new Float64Array(4096 * this.#width);
  }

  /** Forgets all elements, but neither primes nor bases, whose logarithms take long to prepare. */
  restart(): void {
    this.#count = 1;
    this.#constants.clear();
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
    const isFinite = Number.isFinite(value);
    const element = this.put((_, p) => (isFinite ? fromDouble(value, p) : p + reasons.notANumber), 0);
    this.#constants.set(value, element);
    return element;
  }

  /** The double that an element was made of, where it was made of one. */
  doubleOf(x: number): number | undefined {
    for (const [value, element] of this.#constants) if (element === x) return value;
    return undefined;
  }

  /** All remainders drawn at random: a variable of the formula. */
  variable(): number {
    return this.put((_, p) => Math.floor(this.#random() * p), 0);
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
      if (i + 1 === this.primes.length) return p + reasons.below;
      const exponent = rows[at + i + 1];
      const beyond = exponent - this.primes[i + 1];
      return beyond < 0 ? power(this.bases[i], exponent, p) : p + beyond;
    };
    const [slope, p] = [this.slope(x), this.prime];
    return this.put(place, slope === 0 ? 0 : product(place(this.ground, p), slope, p));
  }

  /** (log x)′ = x′/x */
  log(x: number): number {
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

  /** The root that is itself a square; a^((p+1)/4), for p = 3 mod 4. (√x)′ = x′/(2√x) */
  sqrt(x: number): number {
    const at = x * this.#width;
    const rows = this.#rows;
    const place = (i: number, p: number): number => {
      const square = rows[at + i];
      if (square >= p) return square;
      if (p % 4 !== 3) return p + reasons.below;
      const root = power(square, (p + 1) / 4, p);
      return multiply(root, root, p) === square ? root : p + reasons.outside;
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
