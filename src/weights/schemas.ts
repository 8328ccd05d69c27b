/**
 * Pieces of schemas that several files share. They check lists as a whole and report the first fault only: a
 * complaint about each of a million bad entries would take more memory than the file.
 */
import type { OwnFiles } from '../data/dataset.ts';
import { type Recipe, type RecipeField, mapRecipeFields } from '../model/recipe.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

/** A list of finite numbers. */
export const finiteNumbers = z.pipe(
  z.unknown(),
  z.transform((value, context): number[] => {
    if (!Array.isArray(value)) {
      context.issues.push({ code: 'custom', message: 'expected a list of numbers', input: value });
      return z.NEVER;
    }
    const bad = value.findIndex((v) => !Number.isFinite(v));
    if (bad < 0) return value as number[];
    const found: unknown = value[bad];
    const what = typeof found === 'number' ? String(found) : found === null ? 'null' : `a ${typeof found}`;
    context.issues.push({
      code: 'custom',
      path: [bad],
      message: `expected a finite number, received ${what}`,
      input: value,
    });
    return z.NEVER;
  }),
);

/** A list of at most `most` things, counted before they are looked at. */
export const listOf = <T extends z.ZodMiniType>(item: T, most: number) =>
  z.pipe(
    z.unknown().check(
      z.refine((value) => Array.isArray(value) && value.length <= most, {
        message: `expected a list of at most ${most} entries`,
        abort: true,
      }),
    ),
    z.array(item),
  );

/** Text that may be shown on a terminal. */
export const plainText = z
  .string()
  .check(z.maxLength(500), z.regex(/^[^\p{Cc}]*$/u, 'has control characters'));

/** Row-major numbers and their shape. */
export const tensorSchema = z.object({
  shape: listOf(z.int().check(z.minimum(0)), 8),
  values: finiteNumbers,
});

export const fitsItsShape = ({ shape, values }: z.infer<typeof tensorSchema>): boolean =>
  values.length === shape.reduce((product, length) => product * length, 1);

export const shapeMismatch = { message: 'has another number of values than its shape says' };

/**
 * A value that a schema accepts.
 *
 * @param what the kind of file, for the message
 * @throws InputError that says where the value is wrong
 */
export function checked<T>(schema: z.ZodMiniType<T>, value: unknown, name: string, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue.path.length > 0 ? sanitizeForTerminal(issue.path.join('.')) : 'the top level';
  throw new InputError(`${name} is not a valid ${what}: at ${place}: ${sanitizeForTerminal(issue.message)}.`);
}

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
  mapRecipeFields((_, field) => schemaOf(field)) as never,
) as unknown as z.ZodMiniType<Recipe>;

const record = z.object({
  epoch: z.int().check(z.minimum(1)),
  loss: z.number(),
  accuracy: z.optional(z.number()),
  validationLoss: z.optional(z.number()),
  validationAccuracy: z.optional(z.number()),
});

const mostRecords = 1e6;

export const historySchema = listOf(
  z.extend(record, { seconds: z.number().check(z.minimum(0)) }),
  mostRecords,
);

/** Without their times. */
export const untimedHistorySchema = listOf(record, mostRecords);

const path = z.optional(z.string().check(z.maxLength(4096)));
const columns = z.optional(listOf(plainText, 5000));

const ownFilesObject = z.object({
  file: path,
  folder: path,
  target: z.optional(plainText),
  missing: z.optional(z.enum(['refuse', 'mean', 'drop'])),
  categories: columns,
  dropColumns: columns,
  task: z.optional(z.enum(['classification', 'regression'])),
  testShare: z.optional(z.number().check(z.minimum(0), z.lt(1))),
  size: z.optional(listOf(z.int().check(z.minimum(1), z.maximum(4096)), 2)),
  grey: z.optional(z.boolean()),
});

export const ownFilesSchema: z.ZodMiniType<OwnFiles> = ownFilesObject;

/** The words of a command line that ask for the same files in the same way. */
export function wordsOf(own: OwnFiles): string[] {
  const { file, folder, size, grey, categories, dropColumns, testShare, ...rest } = own;
  const words: [string, string | undefined][] = [
    ['data-file', file],
    ['data-dir', folder],
    ...Object.entries<string | undefined>(rest),
    ['categories', categories?.join()],
    ['drop-columns', dropColumns?.join()],
    ['test-share', testShare?.toString()],
    ['size', size?.join('x')],
  ];
  return [
    ...words.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(grey ? ['--grey'] : []),
  ];
}

const inTrainingSchema = z.object({
  dataset: z.object({ own: z.extend(ownFilesObject, { sha256: z.optional(plainText) }) }),
});

/** What weights say of files of the user's own, where they were trained on such: how these were read, and the hash of a table. */
export function ownInTraining(
  training: Record<string, unknown>,
): (OwnFiles & { sha256?: string }) | undefined {
  const result = inTrainingSchema.safeParse(training);
  return result.success ? result.data.dataset.own : undefined;
}
