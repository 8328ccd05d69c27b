/** How files of the user's own were read: as records hold it, and as a command line asks for it. */
import * as z from '../utils/schema.ts';
import type { OwnFiles } from '../data/dataset.ts';
import { listOf, plainText } from './schemas.ts';

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
