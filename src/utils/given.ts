/**
 * What a program gives to the library is looked at before it is used: JavaScript does not ask for types, and a TypeError
 * from within says nothing of what was given wrong.
 */
import { InputError } from './errors.ts';

/** What a value must be: in words, and as a question. */
export type Kind = readonly [words: string, is: (value: unknown) => boolean];

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const anObject: Kind = ['an object', isObject];
export const aText: Kind = ['a text', (value) => typeof value === 'string'];
export const aFunction: Kind = ['a function', (value) => typeof value === 'function'];
export const aTruth: Kind = ['true or false', (value) => typeof value === 'boolean'];
export const aList: Kind = ['a list', (value) => Array.isArray(value)];
export const aSeed: Kind = [
  'a whole number from 0 to 4294967295',
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32,
];
export const aCount: Kind = [
  'a whole number of at least 1',
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
];
export const oneOf = (values: readonly unknown[]): Kind => [
  `one of ${values.join(', ')}`,
  (value) => values.includes(value),
];
export const listOf = ([words, is]: Kind): Kind => [
  `a list of which each is ${words}`,
  // By number: methods of arrays pass over places that hold nothing.
  (value) =>
    Array.isArray(value) && Array.from({ length: value.length }, (_, i) => i).every((i) => is(value[i])),
];
export const optional = ([words, is]: Kind): Kind => [words, (value) => value === undefined || is(value)];

/** @throws InputError naming what must be what */
export function checkGiven(where: string, value: unknown, [words, is]: Kind): void {
  if (!is(value)) throw new InputError(`${where} must be ${words}, not ${found(value)}.`);
}

/** An object and its fields. @throws InputError naming the field that is not what it must be */
export function checkFields(where: string, value: unknown, fields: Record<string, Kind>): void {
  checkGiven(where, value, anObject);
  for (const [name, kind] of Object.entries(fields)) {
    checkGiven(`${where}.${name}`, (value as Record<string, unknown>)[name], kind);
  }
}

function found(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
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
