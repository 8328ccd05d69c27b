/** Element-wise kernels: functions of one element, and of two with broadcasting. */
import type { Field } from '../field.ts';
import type { Functions } from '../functions.ts';
import { map, zip, type Kernel, type Kernels } from '../../float64/loops.ts';

const unary =
  (f: (x: number) => number): Kernel =>
  ({ x }) =>
    map(x, f);

const binary =
  (f: (a: number, b: number) => number): Kernel =>
  ({ a, b }) =>
    zip(a, b, f);

export function elementwise(field: Field, functions: Functions): Kernels {
  const { one, negate, reciprocal, square, plusOne, larger, smaller, leakyRelu } = functions;
  const add = (a: number, b: number): number => field.add(a, b);
  const subtract = (a: number, b: number): number => field.subtract(a, b);
  const multiply = (a: number, b: number): number => field.multiply(a, b);

  return {
    Add: binary(add),
    AddN: (terms) => Object.values(terms).reduce((sum, term) => zip(sum, term, add)),
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
    PlusEpsilon: ({ x }, { epsilon }: { epsilon: number }) =>
      map(x, (value) => field.plusEpsilon(value, epsilon)),
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
      return map(x, (value) => leakyRelu(value, slope));
    },
    Prelu: ({ x, alpha }) => zip(x, alpha, leakyRelu),
    Elu: unary((x) => field.choose(x, x, x, functions.expm1(x))),
    /** From the result y, which is eˣ − 1 where x < 0. */
    EluGrad: ({ dy, y }) => zip(dy, y, (d, value) => field.choose(value, d, d, multiply(d, plusOne(value)))),
    Step: ({ x }, { alpha }: { alpha: number }) => {
      const otherwise = field.constant(alpha);
      return map(x, (value) => field.choose(value, one, otherwise, otherwise));
    },
    ClipByValue: ({ x }, limits: { clipValueMin: number; clipValueMax: number }) => {
      const [low, high] = [field.constant(limits.clipValueMin), field.constant(limits.clipValueMax)];
      return map(x, (value) => smaller(larger(value, low), high));
    },
  };
}

export function comparisons(field: Field): Kernels {
  /** By the sign of a − b. */
  const relation =
    (holds: (sign: number) => boolean): Kernel =>
    ({ a, b }) =>
      zip(a, b, (x, y) => Number(holds(field.decide(field.subtract(x, y)))), 'bool');

  return {
    Equal: relation((sign) => sign === 0),
    NotEqual: relation((sign) => sign !== 0),
    Greater: relation((sign) => sign > 0),
    GreaterEqual: relation((sign) => sign >= 0),
    Less: relation((sign) => sign < 0),
    LessEqual: relation((sign) => sign <= 0),
  };
}
