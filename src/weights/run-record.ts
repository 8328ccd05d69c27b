/**
 * run.json: what identifies a run (with all of it equal, it ends with the same weights), what it was asked to do, and what
 * came of it.
 */
import { type BackendName, backendNames } from '../backend/index.ts';
import { maxSymbols } from '../data/check-dataset.ts';
import type { DataRequest, LoadedDataset, UserFiles } from '../data/dataset.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import type { Baselines } from '../evaluation/ngrams.ts';
import { maxColumns } from '../data/table/table.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { type GradientSourceName, gradientSources } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { mapRecipeFields, type Recipe, recipeForFile, type RecipeField } from '../model/recipe.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { Settings } from '../training/settings.ts';
import type { TrainingResult } from '../training/types.ts';
import * as z from '../utils/schema.ts';
import { formatJson, parseJson } from './json.ts';
import { checked, listOf, plainText } from './schemas.ts';
import { modelFileSchema, optionValueSchema } from './weights.ts';

function schemaOf(field: RecipeField): z.ZodMiniType {
  if ('choices' in field) return z.enum(field.choices);
  const { minimum, exclusiveMinimum, maximum, integer } = field;
  const number = z
    .number()
    .check(
      ...(minimum === undefined ? [] : [z.minimum(minimum)]),
      ...(exclusiveMinimum === undefined ? [] : [z.gt(exclusiveMinimum)]),
      ...(maximum === undefined ? [] : [z.maximum(maximum)]),
      ...(integer ? [z.int()] : []),
    );
  return field.orFull ? z.union([z.literal('full'), number]) : number;
}

export const recipeSchema = z.strictObject(
  mapRecipeFields((_, field) =>
    field.advanced ? z._default(schemaOf(field), field.default) : schemaOf(field),
  ) as never,
) as unknown as z.ZodMiniType<Recipe>;

const record = z.object({
  /** A fraction where training counts steps. */
  epoch: z.number().check(z.gt(0)),
  step: z.optional(z.int().check(z.minimum(1))),
  loss: z.number(),
  accuracy: z.optional(z.number()),
  validationLoss: z.optional(z.number()),
  validationAccuracy: z.optional(z.number()),
  samples: z.optional(listOf(z.string(), 20)),
});

const maxRecords = 1e6;

export const historySchema = listOf(
  z.extend(record, { seconds: z.number().check(z.minimum(0)) }),
  maxRecords,
);

/** Without their times. */
export const untimedHistorySchema = listOf(record, maxRecords);

const path = z.optional(z.string().check(z.maxLength(4096)));
const columns = z.optional(listOf(plainText, 5000));

/** In the order in which a command line has them, so that what is read is written again with the same bytes. */
const ownFilesObject = z.object({
  file: path,
  folder: path,
  target: z.optional(plainText),
  missing: z.optional(z.enum(['refuse', 'mean', 'drop'])),
  categories: columns,
  dropColumns: columns,
  task: z.optional(z.enum(['classification', 'regression'])),
  size: z.optional(listOf(z.int().check(z.minimum(1), z.maximum(4096)), 2)),
  grey: z.optional(z.boolean()),
  positive: z.optional(plainText),
  testShare: z.optional(z.number().check(z.minimum(0), z.lt(1))),
  decimal: z.optional(z.enum(['.', ','])),
  header: z.optional(z.boolean()),
});

export const ownFilesSchema: z.ZodMiniType<UserFiles> = ownFilesObject;

/** Arguments of the command line that ask for the same files in the same way. */
export function argumentsFor(own: UserFiles): string[] {
  const { file, folder, size, grey, categories, dropColumns, testShare, header, ...rest } = own;
  const given: [string, string | undefined][] = [
    ['data-file', file],
    ['data-dir', folder],
    ...Object.entries<string | undefined>(rest),
    ['categories', categories?.join()],
    ['drop-columns', dropColumns?.join()],
    ['test-share', testShare?.toString()],
    ['size', size?.join('x')],
  ];
  return [
    ...given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...(grey ? ['--grey'] : []),
  ];
}

const inTrainingSchema = z.object({
  dataset: z.object({ own: z.extend(ownFilesObject, { sha256: z.optional(plainText) }) }),
});

/** What weights say of files of the user's own, where they were trained on such: how these were read, and the hash of a table. */
export function ownInTraining(
  training: Record<string, unknown>,
): (UserFiles & { sha256?: string }) | undefined {
  const result = inTrainingSchema.safeParse(training);
  return result.success ? result.data.dataset.own : undefined;
}

export const dataFilesSchema = listOf(
  z.object({ name: plainText, bytes: z.int().check(z.minimum(0)), sha256: plainText }),
  10_000,
);

const datasetSchema = z.object({
  name: plainText,
  source: z.enum(['dir', 'cache', 'download', 'built-in']),
  standIn: z.optional(z.string().check(z.maxLength(5000))),
  files: dataFilesSchema,
  own: z.optional(ownFilesSchema),
  /** Of the numbers that were trained on. */
  fingerprint: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

export const identitySchema = z.object({
  model: plainText,
  modelFile: z.optional(modelFileSchema),
  /** Of the weights that training began with, where these were not the model's initial ones. */
  start: z.optional(z.object({ file: z.string().check(z.maxLength(4096)), sha256: plainText })),
  options: z.record(z.string(), optionValueSchema),
  asPrinted: z.boolean(),
  dataset: datasetSchema,
  gradients: z.enum(Object.keys(gradientSources) as GradientSourceName[]),
  backend: z.enum(backendNames as unknown as BackendName[]),
  recipe: recipeSchema,
  recordEvery: z.int().check(z.minimum(1), z.maximum(1e9)),
  names: z.optional(
    z.object({
      classes: listOf(z.string(), maxSymbols),
      /** Of a table; with their categories. */
      columns: z.optional(listOf(z.string(), maxColumns)),
    }),
  ),
  /** What was changed when the run was resumed by force, each from which step on. */
  changes: z.optional(
    listOf(z.object({ step: z.int(), what: z.string(), then: z.string(), now: z.string() }), 10_000),
  ),
  environment: z.object({ zoo: plainText, node: plainText, tfjs: plainText, platform: plainText }),
});

export type RunIdentity = z.infer<typeof identitySchema>;

export interface Difference {
  what: string;
  then: string;
  now: string;
}

/** What classes and columns are called, so that the same numbers under other names are other data. */
export const namesOf = ({ classNames, preprocessing }: LoadedDataset): RunIdentity['names'] => ({
  classes: classNames,
  ...(preprocessing.kind === 'table' && {
    columns: preprocessing.columns.map((column) =>
      'categories' in column ? `${column.name} (${column.categories.join(', ')})` : column.name,
    ),
  }),
});

/** Hashes of a user's model file and of what it imports, by file. @param name of the model file itself */
export const fileHashes = (file: RunIdentity['modelFile'], name = file?.path): Record<string, string> =>
  Object.fromEntries(
    (file ? [{ ...file, path: name! }, ...(file.imports ?? [])] : []).map(({ path, sha256 }) => [
      `${path} (SHA-256)`,
      `${sha256.slice(0, 16)}…`,
    ]),
  );

/** In what a user's model and the files that it imports differ; the place of the model's file does not count. */
export const modelDifferences = (
  then: RunIdentity['modelFile'],
  now: RunIdentity['modelFile'],
): Difference[] => {
  const name = (then ?? now)?.path;
  return compare(fileHashes(then, name), fileHashes(now, name));
};

/** In what the names of classes and columns differ. Of runs of earlier versions they are not known. */
export function nameDifferences(then: RunIdentity['names'], now: RunIdentity['names']): Difference[] {
  if (!then || !now) return [];
  const numbered = (what: string, names: string[]) =>
    Object.fromEntries(names.map((name, i) => [`${what} ${i + 1}`, name]));
  const flat = ({ classes, columns = [] }: NonNullable<RunIdentity['names']>) => ({
    ...numbered('class', classes),
    ...numbered('column', columns),
  });
  return compare(flat(then), flat(now));
}

/** In what two runs differ; versions of programs are not counted, see {@link environmentDifferences}. */
export function differences(then: RunIdentity, now: RunIdentity): Difference[] {
  const flat = (run: RunIdentity): Record<string, unknown> => ({
    model: run.model,
    ...(run.start && { 'start (SHA-256)': `${run.start.sha256.slice(0, 16)}…` }),
    ...run.options,
    asPrinted: run.asPrinted,
    gradients: run.gradients,
    backend: run.backend,
    ...run.recipe,
    recordEvery: run.recordEvery,
    dataset: run.dataset.name,
    'data (SHA-256)': `${run.dataset.fingerprint.slice(0, 16)}…`,
  });
  return [
    ...modelDifferences(then.modelFile, now.modelFile),
    ...compare(flat(then), flat(now)),
    ...nameDifferences(then.names, now.names),
  ];
}

export const environmentDifferences = (then: RunIdentity, now: RunIdentity): Difference[] =>
  compare(then.environment, now.environment);

function compare(then: object, now: object): Difference[] {
  const text = (record: object, key: string) =>
    Object.hasOwn(record, key) ? JSON.stringify((record as Record<string, unknown>)[key]) : 'nothing';
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .map((what) => ({ what, then: text(then, what), now: text(now, what) }))
    .filter((difference) => difference.then !== difference.now);
}

const maxDescribed = 10;

/** `learningRate was 0.1 and is 0.5; epochs was 10 and is 20` */
export const describeDifferences = (list: Difference[]): string =>
  list
    .slice(0, maxDescribed)
    .map(({ what, then, now }) => `${what} was ${then} and is ${now}`)
    .join('; ') + (list.length > maxDescribed ? `; and ${list.length - maxDescribed} more` : '');

export interface RunFacts extends Settings {
  definition: ModelDefinition;
  backend: BackendName;
  /** Where training begins, if not at the model's initial parameters; a run that is resumed needs no parameters. */
  start?: NonNullable<RunIdentity['start']> & { parameters?: ParameterSet };
  /** Where its data was looked for. */
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own'>;
}

/** `mnist`, or `gate (xor)`: the gate says what was learned. */
export const titleOf = (model: string, options: Record<string, unknown>): string =>
  'gate' in options ? `${model} (${String(options.gate)})` : model;

/** `interrupted`: it can be resumed; `diverged`: what is saved are the last good weights. */
export type RunStatus = 'complete' | 'interrupted' | 'diverged';

export interface RunReport {
  request: RunFacts;
  model: Model;
  identity: RunIdentity;
  dataset: LoadedDataset;
  status: RunStatus;
  result: TrainingResult;
  /** `baselines`: of models of tokens. */
  metrics: { train: Metrics; validation?: Metrics; test: Metrics; baselines?: Baselines };
  out: string;
}

/** Open: which further figures there are depends on the task. */
const metricsSchema = z.union([
  z.looseObject({
    loss: z.number(),
    accuracy: z.number(),
    confusionMatrix: listOf(listOf(z.int().check(z.minimum(0)), 1000), 1000),
  }),
  z.looseObject({ loss: z.number(), perplexity: z.number(), accuracy: z.number(), tokens: z.int() }),
  z.looseObject({ loss: z.number(), rmse: z.number(), mae: z.number(), r2: z.nullable(z.number()) }),
]);

const baselinesSchema = z.object({
  uniform: z.number(),
  ngrams: z.object({
    previous: z.int(),
    smoothing: z.number(),
    loss: z.number(),
    counted: z.optional(z.int()),
  }),
  entropy: z.optional(z.number()),
});

/** A file that a run has left beside its run.json, as it left it. */
const fileSchema = z.object({
  name: z.string().check(z.regex(/^\w[\w.-]{0,99}$/, 'is not a file name in the directory')),
  bytes: z.int().check(z.minimum(0)),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

export type RunFileHash = z.infer<typeof fileSchema>;

export const runSchema = z.extend(z.omit(identitySchema, { recipe: true, names: true }), {
  format: z.literal('backprop-zoo/run'),
  version: z.literal(1),
  status: z.enum(['complete', 'interrupted', 'diverged']),
  hyperParameters: recipeSchema,
  epochs: z.int().check(z.minimum(0)),
  steps: z.int().check(z.minimum(0)),
  seconds: z.number().check(z.minimum(0)),
  history: historySchema,
  metrics: z.object({
    train: metricsSchema,
    validation: z.optional(metricsSchema),
    test: metricsSchema,
    baselines: z.optional(baselinesSchema),
  }),
  files: z.optional(listOf(fileSchema, 100)),
});

export type RunFile = z.infer<typeof runSchema> & { identity: RunIdentity };

export const runLimits = { characters: 200e6, parts: 12e6, values: 12e6 };

/** @throws InputError that says where the file is wrong */
export function parseRun(text: string, name: string): RunFile {
  const run = checked(runSchema, parseJson(text, name, runLimits), name, 'run file');
  return { ...run, identity: identitySchema.parse({ ...run, recipe: run.hyperParameters }) };
}

/** SHA-256 of a text, as 64 hexadecimal digits. */
export type TextHash = (text: string) => string;

/** @param files that the run has left beside it */
export function runText(
  { status, identity, result, metrics }: Pick<RunReport, 'status' | 'identity' | 'result' | 'metrics'>,
  sha256: TextHash,
  files: RunFileHash[] = [],
): string {
  // weights.json has the names.
  const { recipe, dataset, environment, recordEvery, names: _, changes, ...rest } = identity;
  const document = {
    format: 'backprop-zoo/run',
    version: 1,
    status,
    ...rest,
    dataset: { ...dataset, rows: { train: result.trainRows, validation: result.validationRows } },
    seed: recipe.seed,
    hyperParameters: recipeForFile(recipe),
    recordEvery,
    changes,
    epochs: result.epochs,
    steps: result.steps,
    restoredEpoch: result.restoredEpoch,
    history: result.history,
    metrics,
    seconds: result.seconds,
    environment,
    files,
  };
  return checksummedText(document, sha256);
}

/**
 * The text of a document with, last, the SHA-256 of what it was before. It detects accidental changes, also in fields that
 * a repeated run does not reproduce, such as times; it does not prevent a deliberate forgery.
 */
export const checksummedText = (document: object, sha256: TextHash): string =>
  formatJson({ ...document, sha256: sha256(formatJson(document)) });

/** In place of the platform of a run that was trained in a page, which leaves no pictures. */
export const pagePlatform = 'a page';

/** What the numbers of a run depend on beside its settings and its data: versions and the platform. */
export type Environment = RunIdentity['environment'];
