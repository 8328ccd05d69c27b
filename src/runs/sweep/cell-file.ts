/**
 * What is kept of a cell, one JSON file each: written whole when the cell is over, so that a sweep which is killed
 * has lost only what was under way.
 */
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from '../../utils/schema.ts';
import { backendNames, type BackendName } from '../../backend/index.ts';
import { InputError } from '../../utils/errors.ts';
import { readText, writeFileAtomically } from '../../node/files.ts';
import { dataFilesSchema } from '../../weights/run-record.ts';
import { untimedHistorySchema, checked, plainText } from '../../weights/schemas.ts';
import { formatJson, parseJson } from '../../weights/json.ts';

/** Of a regression R² in place of the accuracy. */
const score = z.object({
  loss: z.number(),
  accuracy: z.optional(z.number()),
  r2: z.optional(z.number()),
  rmse: z.optional(z.number()),
});

export const cellSchema = z.object({
  format: z.literal('backprop-zoo/sweep-cell'),
  version: z.literal(1),
  id: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
  /** `failed`: it did not come to an end for another reason than its numbers; it is tried again. */
  status: z.enum(['complete', 'diverged', 'failed']),
  message: z.optional(z.string().check(z.maxLength(5000))),
  backend: z.enum(backendNames as unknown as BackendName[]),
  dataset: z.optional(
    z.object({
      name: plainText,
      source: z.enum(['dir', 'cache', 'download', 'built-in']),
      fingerprint: plainText,
      standIn: z.optional(z.boolean()),
      files: z.optional(dataFilesSchema),
    }),
  ),
  epochs: z._default(z.int().check(z.minimum(0)), 0),
  seconds: z._default(z.number().check(z.minimum(0)), 0),
  metrics: z.optional(z.object({ train: score, validation: z.optional(score), test: score })),
  history: z._default(untimedHistorySchema, []),
});

export type CellResult = Omit<z.infer<typeof cellSchema>, 'format' | 'version'>;

const directoryName = 'cells';
const fileName = (id: string) => join(directoryName, `${id}.json`);

export const cellsDirectory = (sweep: string): string => join(sweep, directoryName);

export const writeCell = (sweep: string, result: CellResult): Promise<void> =>
  writeFileAtomically(
    join(sweep, fileName(result.id)),
    formatJson({ format: 'backprop-zoo/sweep-cell', version: 1, ...result }),
  );

/** @throws InputError that says where a file is wrong */
export async function readCells(sweep: string): Promise<Map<string, CellResult>> {
  const cells = new Map<string, CellResult>();
  const directory = cellsDirectory(sweep);
  const exists = await access(directory).then(
    () => true,
    () => false,
  );
  if (!exists) return cells;
  for (const name of (await readdir(directory)).filter((name) => /^[0-9a-f]{16}\.json$/.test(name)).sort()) {
    const path = join(directory, name);
    const {
      format: _,
      version: __,
      ...result
    } = checked(
      cellSchema,
      parseJson(await readText(path, 64e6), path, { characters: 64e6, parts: 12e6, values: 12e6 }),
      path,
      'result of a cell',
    );
    if (name !== `${result.id}.json`)
      throw new InputError(`${path} is the result of another cell, ${result.id}.`);
    cells.set(result.id, result);
  }
  return cells;
}
