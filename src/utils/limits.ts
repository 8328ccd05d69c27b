/** Checks of single values from the command line, from files and from programs. */
import { InputError } from './errors.ts';
import { sanitizeForTerminal } from './text.ts';

export interface NumberLimits {
  minimum?: number;
  /** The value must be greater than this. */
  exclusiveMinimum?: number;
  maximum?: number;
  integer?: boolean;
}

/**
 * @param name what the message calls the value: `--epochs`
 * @throws InputError unless the value is a finite number within the limits
 */
export function checkedNumber(name: string, given: unknown, limits: NumberLimits): number {
  const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity, integer = false } = limits;
  const value = given as number;
  const isValid =
    Number.isFinite(value) &&
    value >= minimum &&
    value > exclusiveMinimum &&
    value <= maximum &&
    (!integer || Number.isInteger(value));
  if (isValid) return value;
  // The command line parses text that is not a number to NaN.
  const found = Number.isNaN(given) ? 'text' : sanitizeForTerminal(String(given));
  throw new InputError(
    `${name} takes ${integer ? 'a whole number' : 'a number'}${rangeOf(limits)}, not ${found}.`,
  );
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: NumberLimits): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  if (maximum !== undefined) return ` from ${minimum ?? -Infinity} to ${maximum}`;
  return minimum === undefined ? '' : ` of at least ${minimum}`;
}

/** @throws InputError unless the value is one of the choices */
export function checkedChoice<C>(name: string, choices: readonly C[], value: unknown): C {
  if ((choices as readonly unknown[]).includes(value)) return value as C;
  throw new InputError(
    `${name} takes one of ${choices.join(', ')}, not ${sanitizeForTerminal(String(JSON.stringify(value)))}.`,
  );
}
