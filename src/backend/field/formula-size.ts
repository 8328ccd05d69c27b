/**
 * How large a formula is: what the chance depends on that it is 0 at a random point without being 0.
 *
 * A field that also counts, operation by operation, the formula that it computes as a fraction of polynomials with whole
 * coefficients, numerator / (divisor·2ᵏ). The variables are the numbers that were drawn, and exponentials: an exponential
 * counts as a fraction of products of at most two others, as e^(a−b) = eᵃ/eᵇ and e^(2a) = eᵃ·eᵃ are.
 */
import { Field, type Stretch } from './field.ts';

export interface FormulaSize {
  /** Of the numerator. */
  degree: number;
  /** log₂ of the sum of the absolute coefficients of the numerator, rounded up or a little more. */
  bits: number;
}

/** A product of powers of polynomials. */
interface Divisor extends FormulaSize {
  powers: Map<string, { exponent: number; of: FormulaSize }>;
}

interface Fraction extends FormulaSize {
  /** Factors 2 of the divisor, or, where negative, of the numerator. They never vanish modulo an odd prime. */
  twos: number;
  divisor: Divisor;
}

const nothing: Divisor = { degree: 0, bits: 0, powers: new Map() };
const aVariable: Fraction = { degree: 1, bits: 0, twos: 0, divisor: nothing };
/** Base exponentials, above and below the line, that one exponential is made of. */
const basesOfExponential = 2;

export class MeasuringField extends Field {
  /** Of every element but zero. */
  #fractions: Fraction[] = [];
  /** How often a sign was asked for. */
  decisions = 0;

  /** Of x − y, whatever its value is. */
  differenceSize(x: number, y: number): FormulaSize {
    const { degree, bits } = this.#sum(x, y) ?? { degree: 0, bits: 0 };
    return { degree, bits };
  }

  override restart(draws?: readonly (() => number)[]): void {
    super.restart(draws);
    this.#fractions = [];
    this.decisions = 0;
  }

  #remember(element: number, fraction: Fraction | undefined): number {
    if (element !== 0 && fraction) this.#fractions[element] ??= fraction;
    return element;
  }

  override constant(value: number): number {
    const { numerator, denominator } = this.fractionOf(value) ?? { numerator: value, denominator: 1 };
    const [above, below] = [oddPart(numerator), oddPart(denominator)];
    return this.#remember(super.constant(value), {
      degree: 0,
      bits: Math.log2(above.odd),
      twos: above.twos - below.twos,
      divisor:
        below.odd === 1
          ? nothing
          : single(`constant ${below.odd}`, { degree: 0, bits: Math.log2(below.odd) }),
    });
  }

  override variable(): number {
    return this.#remember(super.variable(), aVariable);
  }

  override moving(x: number, slope: number): number {
    return this.#remember(super.moving(x, slope), this.#fractions[x] ?? aVariable);
  }

  override add(x: number, y: number): number {
    return this.#remember(super.add(x, y), this.#sum(x, y));
  }

  override subtract(x: number, y: number): number {
    return this.#remember(super.subtract(x, y), this.#sum(x, y));
  }

  #sum(x: number, y: number): Fraction | undefined {
    return sumOf(this.#fractions[x], this.#fractions[y]);
  }

  override multiply(x: number, y: number): number {
    return this.#remember(super.multiply(x, y), productOf(this.#fractions[x], this.#fractions[y]));
  }

  override dot({ length, xs, ys }: { length: number; xs: Stretch; ys: Stretch }): number {
    let total: Fraction | undefined;
    for (let n = 0; n < length; n++) {
      const [x, y] = [xs.values[xs.start + n * xs.step], ys.values[ys.start + n * ys.step]];
      total = sumOf(total, productOf(this.#fractions[x], this.#fractions[y]));
    }
    return this.#remember(super.dot({ length, xs, ys }), total);
  }

  /** (a/A) / (b/B) = a·B / (A·b), less what A and B have in common. */
  override divide(x: number, y: number): number {
    const [a, b] = [this.#fractions[x], this.#fractions[y]];
    const element = super.divide(x, y);
    if (!a || !b) return element;
    const common = greatestDivisor(a.divisor, b.divisor);
    const isOne = b.degree === 0 && b.bits === 0;
    const numerator = single(this.remainders(y).join(), b);
    const rest = quotient(a.divisor, common);
    return this.#remember(element, {
      degree: a.degree + b.divisor.degree - common.degree,
      bits: a.bits + b.divisor.bits - common.bits,
      twos: a.twos - b.twos,
      divisor: isOne ? rest : product(rest, numerator),
    });
  }

  override exp(x: number): number {
    const element = super.exp(x);
    const monomial = { degree: basesOfExponential, bits: 0 };
    const divisor = single(`exp ${this.remainders(element).join()}`, monomial);
    return this.#remember(element, { ...monomial, twos: 0, divisor });
  }

  /** A logarithm and a root are numbers of their own. */
  override log(x: number): number {
    this.#argument(x);
    return this.#remember(super.log(x), aVariable);
  }

  override sqrt(x: number): number {
    this.#argument(x);
    return this.#remember(super.sqrt(x), aVariable);
  }

  /** r² for a variable r. */
  override plusEpsilon(x: number, epsilon: number): number {
    this.#argument(x);
    return this.#remember(super.plusEpsilon(x, epsilon), { ...aVariable, degree: 2 });
  }

  /** Of the difference of two arguments whose values are drawn. */
  argumentDegree = 0;
  #argument(x: number): void {
    const { degree = 0, divisor = nothing } = this.#fractions[x] ?? {};
    this.#largest.degree = Math.max(this.#largest.degree, degree);
    this.#largest.divisor = Math.max(this.#largest.divisor, divisor.degree);
    this.argumentDegree = this.#largest.degree + this.#largest.divisor;
  }
  readonly #largest = { degree: 0, divisor: 0 };

  override sign(x: number): number {
    this.decisions++;
    return super.sign(x);
  }
}

/** |value| = odd / 2ᵗʷᵒˢ */
function oddPart(value: number): { odd: number; twos: number } {
  let twos = 0;
  let odd = Number.isFinite(value) ? Math.abs(value) : 1;
  if (odd > 0) {
    for (; !Number.isInteger(odd); odd *= 2) twos++;
    for (; odd % 2 === 0; odd /= 2) twos--;
  }
  return { odd, twos };
}

/** Nothing stands for zero. */
function sumOf(a?: Fraction, b?: Fraction): Fraction | undefined {
  if (!a || !b) return a ?? b;
  const divisor = leastMultiple(a.divisor, b.divisor);
  const twos = Math.max(a.twos, b.twos);
  const bitsOf = (part: Fraction): number => part.bits + twos - part.twos + divisor.bits - part.divisor.bits;
  return {
    degree: divisor.degree + Math.max(a.degree - a.divisor.degree, b.degree - b.divisor.degree),
    bits: Math.max(bitsOf(a), bitsOf(b)) + 1,
    twos,
    divisor,
  };
}

function productOf(a?: Fraction, b?: Fraction): Fraction | undefined {
  if (!a || !b) return undefined;
  return {
    degree: a.degree + b.degree,
    bits: a.bits + b.bits,
    twos: a.twos + b.twos,
    divisor: product(a.divisor, b.divisor),
  };
}

/** Equal remainders mean equal formulas here too: at worst two different ones are taken for one by accident. */
const single = (name: string, { degree, bits }: FormulaSize): Divisor => ({
  degree,
  bits,
  powers: new Map([[name, { exponent: 1, of: { degree, bits } }]]),
});

/** `a` with other exponents for the factors of `b`, which had better be the shorter one. */
function combine(a: Divisor, b: Divisor, exponent: (a: number, b: number) => number): Divisor {
  const result: Divisor = { degree: a.degree, bits: a.bits, powers: new Map(a.powers) };
  for (const [name, power] of b.powers) {
    const before = a.powers.get(name)?.exponent ?? 0;
    const n = exponent(before, power.exponent);
    if (n === before) continue;
    if (n === 0) result.powers.delete(name);
    else result.powers.set(name, { exponent: n, of: power.of });
    result.degree += (n - before) * power.of.degree;
    result.bits += (n - before) * power.of.bits;
  }
  return result;
}

const bySize = (a: Divisor, b: Divisor): [Divisor, Divisor] =>
  a.powers.size < b.powers.size ? [b, a] : [a, b];

/** Sums in matrix products bring the same two divisors together again and again. */
const known = new WeakMap<Divisor, WeakMap<Divisor, Divisor>>();

function leastMultiple(a: Divisor, b: Divisor): Divisor {
  if (a === b) return a;
  let ofA = known.get(a);
  if (!ofA) known.set(a, (ofA = new WeakMap()));
  let multiple = ofA.get(b);
  if (!multiple) ofA.set(b, (multiple = combine(...bySize(a, b), Math.max)));
  return multiple;
}

const product = (a: Divisor, b: Divisor): Divisor =>
  a === nothing ? b : b === nothing ? a : combine(...bySize(a, b), (m, n) => m + n);
function greatestDivisor(a: Divisor, b: Divisor): Divisor {
  if (a === b) return a;
  const result: Divisor = { degree: 0, bits: 0, powers: new Map() };
  const [long, short] = bySize(a, b);
  for (const [name, { exponent, of }] of short.powers) {
    const n = Math.min(exponent, long.powers.get(name)?.exponent ?? 0);
    if (n === 0) continue;
    result.powers.set(name, { exponent: n, of });
    result.degree += n * of.degree;
    result.bits += n * of.bits;
  }
  return result.powers.size > 0 ? result : nothing;
}
const quotient = (a: Divisor, b: Divisor): Divisor => (b === nothing ? a : combine(a, b, (m, n) => m - n));
