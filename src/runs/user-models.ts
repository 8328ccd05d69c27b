/**
 * Models from files of the user's own: found by path, loaded, validated; if one does not load, why: its line, the line's
 * text and the reason, as far as they can be found.
 */
import { models } from '../../models/index.ts';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { register as registerHooks } from 'node:module';
import { basename, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkDefinition, type ModelDefinition, type ModelFile } from '../model/definition.ts';
import { type Model, tasks, validateModel } from '../model/model.ts';
import { defaultRecipe } from '../model/recipe.ts';
import { readLimited, sha256 } from '../node/files.ts';
import { InputError } from '../utils/errors.ts';
import { lookup, sanitizeForTerminal } from '../utils/text.ts';

interface Place {
  file: string;
  line: number;
  reason: string;
}

/** @param error what importing the file has thrown @param file its absolute path */
export function whyNotLoaded(error: unknown, file: string): string {
  const place = placeOf(error, file);
  if (!place) return reasonOf(error);
  const where = place.file === file ? '' : `${relative('', place.file)}, `;
  return `${where}line ${place.line}: ${place.reason} in ${JSON.stringify(lineOf(place))}`;
}

function placeOf(error: unknown, file: string): Place | undefined {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  // Of TypeScript, by the program that translates it.
  const [, wrong, number, reason] = /^(.+):(\d+):\d+: ERROR: (.+)$/m.exec(message) ?? [];
  if (reason !== undefined) return { file: wrong, line: Number(number), reason };
  // `file:///m.js:3` above the message, `at f (/m.ts:3:5)` below it.
  const line = numberAfter(file, stack) ?? (error instanceof SyntaxError ? checkedLine(file) : undefined);
  return line === undefined ? undefined : { file, line, reason: reasonOf(error) };
}

/** Exports of earlier versions. */
const renamedExports: Readonly<Record<string, string>> = {
  defineEntry: 'defineZooModel',
  plainRecipe: 'defaultRecipe',
  weightPenalty: 'l1l2',
  sumPlaces: 'sumSpatial',
};

function reasonOf(error: unknown): string {
  const [reason] = (error instanceof Error ? error.message : `it throws ${String(error)}`).split('\n');
  const renamed = Object.keys(renamedExports).find((name) => new RegExp(`\\b${name}\\b`).test(reason));
  if (renamed === undefined || !/export|not defined/.test(reason)) return reason;
  return `${renamed} is now called ${renamedExports[renamed]}`;
}

/** The number of the line, where a text has `name:number`. */
function numberAfter(name: string, text: string): number | undefined {
  const at = text.indexOf(`${name}:`);
  const number = at < 0 ? NaN : parseInt(text.slice(at + name.length + 1), 10);
  return Number.isNaN(number) ? undefined : number;
}

/** Where JavaScript is no JavaScript: Node.js tells it on the terminal alone, so it is asked in a process of its own. */
function checkedLine(file: string): number | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: readFileSync(file),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return numberAfter('[stdin]', stderr);
}

function lineOf({ file, line }: Place): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1].trim().slice(0, 100);
  } catch {
    return '';
  }
}

const extensions = ['.ts', '.mts', '.js', '.mjs'];

/** Whether a word on the command line means a file rather than a model of the zoo. */
export const looksLikeFile = (word: string): boolean =>
  word.includes('/') || word.includes('\\') || isModelFile(word);

/** Whether a word is a program by its name, `my-model.ts` or, of several models in it, `my-models.ts#second`. */
export const isModelFile = (word: string): boolean => extensions.includes(extname(pathIn(word)));

const pathIn = (word: string): string => word.split('#')[0];

/**
 * The model that a word means: one of the zoo's by its name, or the one that a file exports.
 *
 * @throws InputError where there is none, or a file has several and the word names none of them after a #
 */
export async function definitionNamed(word: string): Promise<ModelDefinition> {
  return looksLikeFile(word) ? definitionInFile(word) : lookup('model', models, word);
}

async function definitionInFile(word: string): Promise<ModelDefinition> {
  const [path, name] = word.split('#');
  const chosen = chosenFrom(await loadUserModels(path), path, name);
  return { ...chosen, file: { path: word, sha256: sha256(await readLimited(path, maxBytes)) } };
}

/** @param found in a file @throws InputError where none has the name, or several could be meant */
export function chosenFrom(found: UserModel[], path: string, name?: string): ModelDefinition {
  const definitions = found.flatMap(({ definition }) => definition ?? []);
  const bare = found.flatMap(({ model }) => (model ? definitionAround(model) : []));
  // A file may export a model beside the definition that creates it.
  const all = definitions.length > 0 ? definitions : bare;
  const chosen =
    name === undefined ? all : [...definitions, ...bare].filter((definition) => definition.name === name);
  if (chosen.length === 1) return chosen[0];
  const names = [...new Set([...definitions, ...bare].map((definition) => definition.name))].join(', ');
  throw new InputError(
    chosen.length === 0
      ? `Unknown model ${JSON.stringify(name)} in ${path}. Known: ${names}.`
      : `${path} exports several models, ${names}: name one, as in ${path}#${chosen[0].name}.`,
  );
}

const maxBytes = 16e6;

/** A model that comes without options and without a recipe. */
const definitionAround = (model: Model): ModelDefinition => ({
  name: model.name,
  title: 'a model of your own',
  document: 'own',
  dataset: 'own',
  options: {},
  recipe: defaultRecipe,
  create: () => model,
});

/**
 * The model of weights or of a run that names its file, as long as the file is what it was.
 *
 * @param given by the user in its place
 * @param beside the directory of what names the file
 * @returns undefined for a model of the zoo
 * @throws InputError that says what is missing and how to give it
 */
export async function definitionOfRecord(
  { model, modelFile }: { model: string; modelFile?: ModelFile },
  given: string | undefined,
  beside: string,
): Promise<ModelDefinition | undefined> {
  if (given !== undefined) return definitionNamed(given);
  if (!modelFile) return undefined;
  const { path, sha256: recorded } = modelFile;
  const place = [path, join(beside, basename(path))].find((word) => existsSync(pathIn(word)));
  if (place === undefined) {
    throw new InputError(
      `The model ${sanitizeForTerminal(model)} is in the file ${sanitizeForTerminal(path)}, which does not exist. Name it with --model FILE.`,
    );
  }
  const now = sha256(await readLimited(pathIn(place), maxBytes));
  if (now !== recorded) {
    throw new InputError(
      `${sanitizeForTerminal(place)} has changed since the model ${sanitizeForTerminal(model)} was trained ` +
        `(SHA-256 ${recorded.slice(0, 12)}…, now ${now.slice(0, 12)}…). If it still fits, name it with --model ${sanitizeForTerminal(place)}.`,
    );
  }
  return definitionInFile(place);
}

export interface UserModel {
  model?: Model;
  definition?: ModelDefinition;
}

/**
 * Every model and model definition that a file exports.
 *
 * @throws InputError where the file is missing, fails to load, or exports none
 */
export async function loadUserModels(path: string): Promise<UserModel[]> {
  const file = resolve(path);
  if (!existsSync(file)) throw new InputError(`File not found: ${path}`);
  if (!extensions.includes(extname(file))) {
    throw new InputError(`${path} is not a TypeScript or JavaScript file (${extensions.join(', ')}).`);
  }
  return modelsAmong(await importWithTypes(file, path), path);
}

/** @param exported by a file, by name @throws InputError where there is no model among it, or one that lacks something */
export function modelsAmong(exported: Record<string, unknown>, path: string): UserModel[] {
  const found: UserModel[] = [];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(exported)) {
    if (found.some(({ model, definition }) => (model ?? definition) === value)) continue;
    if (isRecord(value) && typeof value.create === 'function') {
      found.push({ definition: checkedDefinition(value, `${path}: export ${name}`) });
    } else if (isRecord(value) && ('forward' in value || 'gradients' in value)) {
      const problem = whyNoModel(value);
      if (problem) problems.push(`export ${name} ${problem}`);
      else {
        validateModel(value as unknown as Model, `${path}: export ${name}`);
        found.push({ model: value as unknown as Model });
      }
    }
  }
  if (problems.length > 0) throw new InputError(`${path}: ${problems.join('; ')}.`);
  if (found.length === 0) {
    const names = Object.keys(exported).join(', ') || 'nothing';
    throw new InputError(
      `${path} exports no model; its exports: ${names}. Export what defineModel({ … }) returns.`,
    );
  }
  return found;
}

async function importWithTypes(file: string, path: string): Promise<Record<string, unknown>> {
  const { register } = await import('tsx/esm/api');
  const ours = Object.fromEntries(
    Object.entries(sharedPackages).map(([name, ours]) => [name, import.meta.resolve(ours)]),
  );
  register();
  sharePackages(ours);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${path} does not load: ${whyNotLoaded(error, file)}`);
  }
}

/** What a file may import, and what it gets: of TensorFlow.js the core, which is all that runs here. */
const sharedPackages = {
  'backprop-zoo': 'backprop-zoo',
  'backprop-zoo/models': 'backprop-zoo/models',
  'backprop-zoo/datasets': 'backprop-zoo/datasets',
  '@tensorflow/tfjs': '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core': '@tensorflow/tfjs-core',
};

/**
 * Lets the file import `backprop-zoo` and TensorFlow.js wherever it lies, and get the copies that run here: tensors
 * of two copies of TensorFlow.js do not mix. It is read as an ES module, whatever a package.json near it says.
 */
function sharePackages(places: Record<string, string>): void {
  const hook = `
    let places;
    export const initialize = (data) => { places = data; };
    export const resolve = async (name, context, next) => {
      if (Object.hasOwn(places, name)) return { url: places[name], shortCircuit: true };
      const resolved = await next(name, context);
      const own = /^file:.*\\.[jt]s(\\?|$)/.test(resolved.url) && !resolved.url.includes('/node_modules/');
      return own ? { ...resolved, format: 'module' } : resolved;
    };`;
  registerHooks(`data:text/javascript,${encodeURIComponent(hook)}`, { data: places });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What a model lacks, as the end of a sentence. */
function whyNoModel(value: Record<string, unknown>): string | undefined {
  for (const method of ['initial', 'forward', 'gradients']) {
    if (typeof value[method] !== 'function') return `has no function ${method}()`;
  }
  if (typeof value.name !== 'string' || value.name === '') return 'has no name';
  if (!(tasks as readonly unknown[]).includes(value.task)) return `needs a task: ${tasks.join(', ')}`;
  return undefined;
}

function checkedDefinition(value: Record<string, unknown>, where: string): ModelDefinition {
  if (typeof value.name !== 'string' || !isRecord(value.options))
    throw new InputError(
      `${where} is not a model definition: it needs name and options; use defineZooModel({ … }).`,
    );
  const definition = value as unknown as ModelDefinition;
  checkDefinition(definition, where);
  return definition;
}
