/** Functions that are made of a field's own: what the kernels and the formulas of the zoo call by name. */
import type { Field } from './field.ts';

export type Functions = ReturnType<typeof functionsOf>;

const maxPower = 1000;

/** Each takes and returns elements. */
export function functionsOf(field: Field) {
  const one = field.constant(1);
  const minusOne = field.constant(-1);
  const negate = (x: number): number => field.subtract(0, x);
  const reciprocal = (x: number): number => field.divide(one, x);
  const square = (x: number): number => field.multiply(x, x);
  const plusOne = (x: number): number => field.add(one, x);
  const minusOneFrom = (x: number): number => field.subtract(x, one);

  return {
    one,
    negate,
    reciprocal,
    square,
    plusOne,
    expm1: (x: number): number => minusOneFrom(field.exp(x)),
    softplus: (x: number): number => field.log(plusOne(field.exp(x))),
    sigmoid: (x: number): number => {
      const e = field.exp(x);
      return field.divide(e, plusOne(e));
    },
    tanh: (x: number): number => {
      const e = field.exp(field.add(x, x));
      return field.divide(minusOneFrom(e), plusOne(e));
    },

    abs: (x: number): number => field.choose(x, x, 0, negate(x)),
    sign: (x: number): number => field.choose(x, one, 0, minusOne),
    relu: (x: number): number => field.choose(x, x, 0, 0),
    /** At 0 its slope is that of the left side, as TensorFlow.js has it. */
    leakyRelu: (x: number, slope: number): number => {
      const left = field.multiply(slope, x);
      return field.choose(x, x, left, left);
    },
    /** At a tie the first, with its slope. */
    larger: (a: number, b: number): number => field.choose(field.subtract(a, b), a, a, b),
    smaller: (a: number, b: number): number => field.choose(field.subtract(a, b), b, a, a),

    /** xⁿ for whole numbers n by multiplication, x^(n/2) = (√x)ⁿ, else eⁿ·ˡᵒᵍ ˣ. */
    power: (x: number, exponent: number): number => {
      const whole = field.wholeNumber(exponent, maxPower);
      const n = whole ?? field.wholeNumber(field.add(exponent, exponent), maxPower);
      if (n === undefined) return field.exp(field.multiply(exponent, field.log(x)));
      const factor = whole === undefined ? field.sqrt(x) : x;
      let result = one;
      for (let i = 0; i < Math.abs(n); i++) result = field.multiply(result, factor);
      return n < 0 ? reciprocal(result) : result;
    },
  };
}
