/**
 * Sweep files on the command line, a user's own and those that come with the zoo.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { models } from '../../../models/index.ts';
import { packageRoot } from '../../node/package-root.ts';
import type { ZooEntry } from '../../model/definition.ts';

/** The path of the sweep file that a word means: `my.json`, or `document-000`, which comes with the zoo. */
export function sweepFile(word: string): string | undefined {
  if (word.endsWith('.json')) return word;
  if (!/^\w[\w-]*$/.test(word)) return undefined;
  const path = join(fileURLToPath(packageRoot), 'sweeps', `${word}.json`);
  return existsSync(path) ? path : undefined;
}

/** The model of the file that the command line names, so that its options can be declared before they are parsed. */
export function modelOfSweepFile(argv = process.argv.slice(3)): ZooEntry | undefined {
  for (const path of argv.flatMap((word) => sweepFile(word) ?? [])) {
    try {
      const { model } = JSON.parse(readFileSync(path, 'utf8')) as { model: string };
      if (Object.hasOwn(models, model)) return models[model];
    } catch {
      // Told when the file is read in earnest.
    }
  }
  return undefined;
}
