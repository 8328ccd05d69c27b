import { models } from '../../models/index.ts';
import type { ZooEntry } from '../core/entry.ts';
import { named } from '../core/named.ts';

/** @throws InputError that lists the models there are */
export const findModel = (name: string): ZooEntry => named('model', models, name);

/** The model that the command line names, so that its options can be declared before yargs parses them. */
export function modelInArguments(argv = process.argv.slice(2)): ZooEntry | undefined {
  const name = argv.find((word) => Object.hasOwn(models, word));
  return name === undefined ? undefined : models[name];
}

/** The same where exactly one is named: with several, an option could not be told to whom it belongs. */
export function onlyModelInArguments(argv = process.argv.slice(2)): ZooEntry | undefined {
  const named = argv.filter((word) => Object.hasOwn(models, word));
  return named.length === 1 ? models[named[0]] : undefined;
}
