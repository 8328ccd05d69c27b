/** Whether a number is one that is possible at its place, wherever it comes from: the command line, a file, a program. */
import { InputError } from './errors.ts';
import { sanitizeForTerminal } from './text.ts';

export interface NumberLimits {
  minimum?: number;
  maximum?: number;
  /** Whether only whole numbers are possible. */
  integer?: boolean;
}

/** @throws InputError unless the value is a finite number within the limits */
export function checkedNumber(
  where: string,
  given: unknown,
  { minimum = -Infinity, maximum = Infinity, integer = false }: NumberLimits,
): number {
  const value = given as number;
  if (
    !Number.isFinite(value) ||
    value < minimum ||
    value > maximum ||
    (integer && !Number.isInteger(value))
  ) {
    const kind = integer ? 'a whole number' : 'a number';
    const range =
      maximum === Infinity
        ? minimum === -Infinity
          ? ''
          : ` of at least ${minimum}`
        : ` from ${minimum} to ${maximum}`;
    // What the command line reads as NaN was no number.
    const found = Number.isNaN(given) ? 'text' : sanitizeForTerminal(String(given));
    throw new InputError(`${where} takes ${kind}${range}, not ${found}.`);
  }
  return value;
}
