/** Numbers as remainders modulo each prime of a chain. */
import { DrawnValues } from './drawn-values.ts';
import {
  difference,
  fractionOf,
  fromDouble,
  inverse,
  isSquare,
  logarithmTo,
  multiply,
  type Operation,
  power,
  product,
  quotient,
  type Reason,
  reasons,
  subtract,
  sum,
} from './remainders.ts';

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
