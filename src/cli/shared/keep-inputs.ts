/**
 * Nothing that a command reads may be overwritten by what it writes.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../../utils/errors.ts';

/**
 * @param out the file to write
 * @param inputs files that are read, by whatever name; other words are no harm
 * @throws InputError where they are one and the same, by a link too
 */
export async function keepInputs(out: string, inputs: readonly string[]): Promise<void> {
  const target = await stat(out).catch(() => undefined);
  if (!target) return;
  for (const input of inputs) {
    const found = resolve(input) === resolve(out) ? target : await stat(input).catch(() => undefined);
    if (found?.dev === target.dev && found.ino === target.ino) {
      throw new InputError(`${out} would be written over, and is read: choose another place for the result.`);
    }
  }
}
