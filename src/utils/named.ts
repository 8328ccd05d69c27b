import { InputError } from './errors.ts';
import { printable } from './printable.ts';

/**
 * What has a name among all of its kind.
 *
 * @param kind how messages call it: `model`
 * @throws InputError that lists what there is
 */
export function named<T>(kind: string, all: Readonly<Record<string, T>>, name: unknown): T {
  if (typeof name === 'string' && Object.hasOwn(all, name)) return all[name];
  const known = Object.keys(all).join(', ');
  throw new InputError(`There is no ${kind} "${printable(String(name))}"; there are: ${known}.`);
}
