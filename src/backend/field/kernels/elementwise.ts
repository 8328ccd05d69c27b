/** Kernels that treat every element alike: functions of one, and of two with broadcasting. */
import type { Field } from '../field.ts';
import type { Functions } from '../functions.ts';
import { type Kernel, type Kernels, apply, combine, each, eachPair } from '../../float64/loops.ts';

const unary =
  (f: (x: number) => number): Kernel =>
  ({ x }) =>
    apply(x, each(f));

const binary =
  (f: (a: number, b: number) => number): Kernel =>
  ({ a, b }) =>
    combine(a, b, eachPair(f));

export function elementwise(field: Field, functions: Functions): Kernels {
  const { one, negate, reciprocal, square, plusOne, larger, smaller, leakyRelu } = functions;
  const add = (a: number, b: number): number => field.add(a, b);
  const subtract = (a: number, b: number): number => field.subtract(a, b);
  const multiply = (a: number, b: number): number => field.multiply(a, b);
  const between = (x: number, low: number, high: number): number => smaller(larger(x, low), high);

  return {
    Add: binary(add),
    AddN: (terms) => Object.values(terms).reduce((sum, term) => combine(sum, term, eachPair(add))),
    Sub: binary(subtract),
    Multiply: binary(multiply),
    RealDiv: binary((a, b) => field.divide(a, b)),
    SquaredDifference: binary((a, b) => square(subtract(a, b))),
    Pow: binary(functions.power),
    Maximum: binary(larger),
    Minimum: binary(smaller),

    Neg: unary(negate),
    Square: unary(square),
    Reciprocal: unary(reciprocal),
    Sqrt: unary((x) => field.sqrt(x)),
    Rsqrt: unary((x) => reciprocal(field.sqrt(x))),
    Exp: unary((x) => field.exp(x)),
    Expm1: unary(functions.expm1),
    Log: unary((x) => field.log(x)),
    Log1p: unary((x) => field.log(plusOne(x))),
    Softplus: unary(functions.softplus),
    Sigmoid: unary(functions.sigmoid),
    Tanh: unary(functions.tanh),

    Abs: unary(functions.abs),
    Sign: unary(functions.sign),
    Relu: unary(functions.relu),
    Relu6: unary((x) => smaller(functions.relu(x), field.constant(6))),
    LeakyRelu: ({ x }, { alpha }: { alpha: number }) => {
      const slope = field.constant(alpha);
      return apply(
        x,
        each((value) => leakyRelu(value, slope)),
      );
    },
    Prelu: ({ x, alpha }) => combine(x, alpha, eachPair(leakyRelu)),
    Elu: unary((x) => field.choose(x, x, x, functions.expm1(x))),
    /** From the result y, which is eˣ − 1 where x < 0. */
    EluGrad: ({ dy, y }) =>
      combine(
        dy,
        y,
        eachPair((d, value) => field.choose(value, d, d, multiply(d, plusOne(value)))),
      ),
    Step: ({ x }, { alpha }: { alpha: number }) => {
      const otherwise = field.constant(alpha);
      return apply(
        x,
        each((value) => field.choose(value, one, otherwise, otherwise)),
      );
    },
    ClipByValue: ({ x }, limits: { clipValueMin: number; clipValueMax: number }) => {
      const [low, high] = [field.constant(limits.clipValueMin), field.constant(limits.clipValueMax)];
      return apply(
        x,
        each((value) => between(value, low, high)),
      );
    },
  };
}

export function comparisons(field: Field): Kernels {
  /** By the sign of a − b. */
  const relation =
    (holds: (sign: number) => boolean): Kernel =>
    ({ a, b }) =>
      combine(
        a,
        b,
        eachPair((x, y) => Number(holds(field.decide(field.subtract(x, y))))),
        'bool',
      );

  return {
    Equal: relation((sign) => sign === 0),
    NotEqual: relation((sign) => sign !== 0),
    Greater: relation((sign) => sign > 0),
    GreaterEqual: relation((sign) => sign >= 0),
    Less: relation((sign) => sign < 0),
    LessEqual: relation((sign) => sign <= 0),
  };
}
