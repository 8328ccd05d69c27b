/** Kernels whose results are true or false. A comparison whose outcome is not known leaves a doubt in the field. */
import type { Kernel, Kernels } from '../../float64/array.ts';
import { combine, eachPair } from '../../float64/loops.ts';
import type { Field } from '../field.ts';

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
