/**
 * The only import of zod: checks of files and of what JavaScript programs pass to the library. It is zod's small build with
 * messages of our own, because zod's English messages would be a large part of a browser's bundle.
 */
import { config, custom, int, maximum, minimum, object, type core, type ZodMiniType } from 'zod/mini';
import { InputError } from './errors.ts';
import { sanitizeForTerminal } from './text.ts';

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Number.isNaN(value)) return 'NaN';
  return Array.isArray(value) ? 'array' : typeof value;
}

function whatIsWrong(issue: core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int') return `expected an integer, received ${String(issue.input)}`;
      return `expected ${issue.expected}, received ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `expected ${issue.values.join(' or ')}`;
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${foundOf(issue)}`;
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${foundOf(issue)}`;
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.join(', ')}`;
    default:
      return 'not of the form it should have';
  }
}

const foundOf = ({ origin, input }: { origin: string; input?: unknown }): string =>
  origin === 'string' ? ' characters' : typeof input === 'number' ? `, received ${input}` : '';

config({ localeError: whatIsWrong });

export * from 'zod/mini';

/** A value for which `is` holds. @param words for the message: `a function` */
export const kind = <T>(words: string, is: (value: unknown) => boolean) =>
  custom<T>(is, { error: ({ input }) => `expected ${words}, received ${kindOf(input)}` });

export const plainObject = kind<object>(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
export const callable = kind<(...values: never) => unknown>(
  'a function',
  (value) => typeof value === 'function',
);
/** A list of anything, which is not copied. */
export const list = kind<unknown[]>('a list', Array.isArray);
export const count = int().check(minimum(1));
export const seed = int().check(minimum(0), maximum(2 ** 32 - 1));

/** @throws InputError that begins with `where` unless the schema accepts the value */
export function checkValue(where: string, value: unknown, schema: ZodMiniType): void {
  const result = schema.safeParse(value);
  if (result.success) return;
  const [{ path, message }] = result.error.issues;
  throw new InputError(
    `${sanitizeForTerminal([where, ...path].join('.'))}: ${sanitizeForTerminal(message)}.`,
  );
}

/** Checks the listed fields of an object. @throws InputError that names the first invalid field */
export function checkFields(where: string, value: unknown, fields: Record<string, ZodMiniType>): void {
  checkValue(where, value, plainObject);
  checkValue(where, value, object(fields));
}

/**
 * Rejects fields that an object must not have, so that a misspelt optional field is not ignored.
 *
 * @param renamed old name → new name, for fields of earlier versions
 * @throws InputError naming the field, and its new name or the valid fields
 */
export function rejectUnknownFields(
  where: string,
  value: object,
  fields: readonly string[],
  renamed: Readonly<Record<string, string>> = {},
): void {
  for (const name of Object.keys(value)) {
    if (fields.includes(name)) continue;
    if (Object.hasOwn(renamed, name))
      throw new InputError(`${where}.${name} is now called ${renamed[name]}.`);
    throw new InputError(`${where} has an unknown field "${name}". Valid fields: ${fields.join(', ')}.`);
  }
}
