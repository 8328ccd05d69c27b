/**
 * Models from files of the user's own: found by path, loaded, validated; if one does not load, why: its line, the line's
 * text and the reason, as far as they can be found.
 */
import { models } from '../../models/index.ts';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { register as registerHooks } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
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
  const line =
    numberAfter(file, stack) ??
    numberAfter(pathToFileURL(file).href, stack) ??
    (error instanceof SyntaxError ? checkedLine(file) : undefined);
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

/** Syntax errors of JavaScript: Node.js prints their place on the terminal only, so a process of its own checks the file. */
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

/** The path and, after a #, the name of one of several models. A # in a directory's name belongs to the path. */
function partsOf(word: string): { path: string; name?: string } {
  const [, path, name] = /^(.*\.m?[jt]s)#([^#/\\]*)$/s.exec(word) ?? [];
  return path === undefined ? { path: word } : { path, name };
}
const pathIn = (word: string): string => partsOf(word).path;

/**
 * The model that a word means: one of the zoo's by its name, or the one that a file exports.
 *
 * @throws InputError if it is missing, or a file has several and the word names none of them after a #
 */
export async function definitionNamed(word: string): Promise<ModelDefinition> {
  return looksLikeFile(word) ? definitionInFile(word) : lookup('model', models, word);
}

async function definitionInFile(word: string): Promise<ModelDefinition> {
  const { path, name } = partsOf(word);
  const { exported, sha256, imports } = await load(path);
  return {
    ...chosenFrom(modelsAmong(exported, path), path, name),
    file: { path: word, sha256, ...(imports.length > 0 && { imports }) },
  };
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
  const { path } = modelFile;
  const place = [path, join(beside, basename(path))].find((word) => existsSync(pathIn(word)));
  if (place === undefined) {
    throw new InputError(
      `The model ${sanitizeForTerminal(model)} is in the file ${sanitizeForTerminal(path)}, which does not exist. Name it with --model FILE.`,
    );
  }
  const file = pathIn(place);
  const recorded = [{ path: basename(file), sha256: modelFile.sha256 }, ...(modelFile.imports ?? [])];
  for (const { path, sha256: then } of recorded) {
    const changed = join(dirname(file), path);
    const now = sha256(await readLimited(changed, maxBytes));
    if (now === then) continue;
    throw new InputError(
      `${sanitizeForTerminal(changed)} has changed since the model ${sanitizeForTerminal(model)} was trained ` +
        `(SHA-256 ${then.slice(0, 12)}…, now ${now.slice(0, 12)}…). If the model still fits, name it with --model ${sanitizeForTerminal(place)}.`,
    );
  }
  const definition = await definitionInFile(place);
  const { sha256: main, imports = [] } = definition.file!;
  const loaded = [main, ...imports.map(({ sha256 }) => sha256)];
  if (recorded.every(({ sha256 }) => loaded.includes(sha256))) return definition;
  throw new InputError(
    `${sanitizeForTerminal(file)} or a file that it imports has changed since this process loaded it: start the process again.`,
  );
}

export interface UserModel {
  model?: Model;
  definition?: ModelDefinition;
}

/**
 * Every model and model definition that a file exports, or the one that is named after a #.
 *
 * @throws InputError where the file is missing, fails to load, or exports none
 */
export async function loadUserModels(word: string): Promise<UserModel[]> {
  const { path, name } = partsOf(word);
  const found = modelsAmong((await load(path)).exported, path);
  return name === undefined ? found : [{ definition: chosenFrom(found, path, name) }];
}

interface LoadedFile {
  exported: Record<string, unknown>;
  sha256: string;
  imports: NonNullable<ModelFile['imports']>;
}

/** By absolute path. Node.js keeps modules, so the hashes of their first loading are those of what runs. */
const loadedFiles = new Map<string, LoadedFile>();

async function load(path: string): Promise<LoadedFile> {
  const file = resolve(path);
  const before = loadedFiles.get(file);
  if (before) return before;
  if (!existsSync(file)) throw new InputError(`File not found: ${path}`);
  if (!extensions.includes(extname(file))) {
    throw new InputError(`${path} is not a TypeScript or JavaScript file (${extensions.join(', ')}).`);
  }
  const exported = await importWithTypes(file, path);
  const hash = async (name: string) => sha256(await readLimited(name, maxBytes));
  const imports: LoadedFile['imports'] = [];
  for (const name of importsOf(file)) {
    const place = relative(dirname(file), name).replaceAll('\\', '/');
    imports.push({ path: place, sha256: await hash(name) });
  }
  const loaded = { exported, sha256: await hash(file), imports };
  loadedFiles.set(file, loaded);
  return loaded;
}

/** @param exported by a file, by name @throws InputError if no model is among it, or one that lacks something */
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
  resolutions ??= await registerLoader();
  try {
    return await settled(() => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>);
  } catch (error) {
    throw new InputError(`${path} does not load: ${whyNotLoaded(error, file)}`);
  }
}

/** What a file's loading gives. A file that ends the process, or lets it end by waiting for nothing, does not load. */
async function settled<T>(loading: () => Promise<T>): Promise<T> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was
  const { exit } = process;
  let onIdle = () => {};
  const idle = new Promise<never>((_, reject) => {
    onIdle = () => reject(new Error('a top-level await waits for a promise that never settles'));
  });
  process.once('beforeExit', onIdle);
  process.exit = (code) => {
    // This program itself ends the process when it is interrupted.
    const [, , caller] = new Error().stack!.split('\n');
    if (caller.includes(ownFiles)) exit.call(process, code);
    throw new Error(`process.exit(${code ?? ''}) ends the process while the file is loaded`);
  };
  try {
    return await Promise.race([loading(), idle]);
  } finally {
    process.exit = exit;
    process.off('beforeExit', onIdle);
  }
}

const ownFiles = new URL('..', import.meta.url).href;

/** What a file may import, and what it gets: of TensorFlow.js the core, which is all that runs here. */
const sharedPackages = {
  'backprop-zoo': 'backprop-zoo',
  'backprop-zoo/models': 'backprop-zoo/models',
  'backprop-zoo/datasets': 'backprop-zoo/datasets',
  '@tensorflow/tfjs': '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core': '@tensorflow/tfjs-core',
};

/** Who imports what, `[url, url]`, as the loader resolves it. */
let resolutions: MessagePort | undefined;
/** From each file's URL to those of the local files that it imports. */
const importedBy = new Map<string, Set<string>>();

/**
 * Lets files import `backprop-zoo` and TensorFlow.js wherever they lie, and get the copies that run here: tensors
 * of two copies of TensorFlow.js do not mix. They are read as ES modules, whatever a package.json near them says.
 */
async function registerLoader(): Promise<MessagePort> {
  const { register } = await import('tsx/esm/api');
  // Before tsx resolves by the `paths` of a tsconfig.json, which in a checkout name sources.
  const places = Object.fromEntries(
    Object.entries(sharedPackages).map(([name, ours]) => [name, import.meta.resolve(ours)]),
  );
  register();
  // So that the user's line is among the calls of an error that TensorFlow.js throws.
  Error.stackTraceLimit = 50;
  // tsx marks what it takes for CommonJS by a query, and would load that without this hook.
  const hook = `
    let places, port;
    export const initialize = (data) => { ({ places, port } = data); };
    export const resolve = async (name, context, next) => {
      if (Object.hasOwn(places, name)) return { url: places[name], shortCircuit: true };
      const resolved = await next(name, context);
      const url = resolved.url.replace(/(%3F|\\?)tsx-.*$/, '');
      if (!url.startsWith('file:') || url.includes('/node_modules/')) return resolved;
      port.postMessage([context.parentURL, url]);
      return /\\.[jt]s(\\?|$)/.test(url) ? { ...resolved, url, format: 'module' } : resolved;
    };`;
  const { port1, port2 } = new MessageChannel();
  registerHooks(`data:text/javascript,${encodeURIComponent(hook)}`, {
    data: { places, port: port2 },
    transferList: [port2],
  });
  return port1;
}

/** Absolute paths of the local files that a loaded file imports, directly or not, sorted. */
function importsOf(file: string): string[] {
  for (;;) {
    const resolved = resolutions && receiveMessageOnPort(resolutions);
    if (!resolved) break;
    const [importer, imported] = resolved.message as [string, string];
    if (!importedBy.has(importer)) importedBy.set(importer, new Set());
    importedBy.get(importer)!.add(imported);
  }
  const root = pathToFileURL(file).href;
  const found = new Set([root]);
  for (const url of found) importedBy.get(url)?.forEach((imported) => found.add(imported));
  found.delete(root);
  return [...found].map((url) => fileURLToPath(url)).sort();
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
