import { models } from '../../../models/index.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import {
  definitionNamed,
  isModelFile,
  loadOwnModels,
  looksLikeFile,
  type OwnModel,
} from '../../runs/user-models.ts';
import { lookup } from '../../utils/text.ts';

/** @throws InputError that lists the models there are */
export const findModel = (name: string): ModelDefinition => lookup('model', models, name);

/** Those that words name, of the zoo or of files; the whole zoo where there are none. @throws InputError */
export async function modelsNamed(words: readonly string[] = []): Promise<OwnModel[]> {
  if (words.length === 0) return Object.values(models).map((definition) => ({ definition }));
  const found: OwnModel[] = [];
  for (const word of words)
    found.push(...(looksLikeFile(word) ? await loadOwnModels(word) : [{ definition: findModel(word) }]));
  return found;
}

/** What the positional word of a model may be: a name, or any file. */
export const modelWord = (words = process.argv.slice(2)) => ({
  describe: 'a model of the zoo, or a file of yours: ./my-model.ts',
  type: 'string' as const,
  ...(!words.some(isModelFile) && { choices: Object.keys(models) }),
});

/** The model that the command line names, so that its options can be declared before yargs parses them. */
export async function modelInArguments(argv = process.argv.slice(2)): Promise<ModelDefinition | undefined> {
  const name = argv.find(isModel);
  return name === undefined ? undefined : definitionNamed(name);
}

/** The same where exactly one is named: with several, an option could not be told to whom it belongs. */
export function onlyModelInArguments(argv = process.argv.slice(2)): ModelDefinition | undefined {
  const named = argv.filter((word) => Object.hasOwn(models, word));
  return named.length === 1 ? models[named[0]] : undefined;
}

const isModel = (word: string): boolean =>
  Object.hasOwn(models, word) || (isModelFile(word) && !word.startsWith('-'));
