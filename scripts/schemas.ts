/**
 * The JSON Schemas that the package ships in `schemas/`, derived from the schemas that check the files when they are
 * read. `npm run schemas` writes them.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import * as z from '../src/utils/schema.ts';
import { trialSchema } from '../src/runs/sweep/trial-file.ts';
import { sweepFileSchema } from '../src/runs/sweep/trials.ts';
import { sweepDirectorySchema } from '../src/runs/sweep/directory.ts';
import { checkpointSchema } from '../src/weights/checkpoint.ts';
import { runSchema } from '../src/weights/run-record.ts';
import { finiteNumbers } from '../src/weights/schemas.ts';
import { weightsSchema } from '../src/weights/weights.ts';

/** By name: `schemas/weights.schema.json`, … */
export const schemas: Record<string, object> = {
  weights: jsonSchema('`weights.json` of a run: a model with all its parameters', weightsSchema),
  run: jsonSchema('`run.json` of a run: its settings, history and metrics', runSchema),
  checkpoint: jsonSchema('`checkpoint.json`: the state from which a run resumes', checkpointSchema),
  sweep: jsonSchema('a sweep file, the input of `zoo sweep FILE`', sweepFileSchema),
  'sweep-directory': jsonSchema('`sweep.json` in the directory of a sweep', sweepDirectorySchema),
  'sweep-cell': jsonSchema('`cells/<id>.json` in the directory of a sweep', trialSchema),
};

/** A JSON Schema (draft 2020-12) of a zod schema, for values as they are written in files. */
function jsonSchema(description: string, schema: z.ZodMiniType): object {
  const { $schema, ...rest } = toJsonSchema(schema);
  return { $schema, description, ...rest };
}

function toJsonSchema(schema: z.ZodMiniType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod as unknown as {
        def: { type: string; in: z.ZodMiniType; out: z.ZodMiniType };
      };
      if ((zodSchema as unknown) === finiteNumbers) {
        Object.assign(jsonSchema, { type: 'array', items: { type: 'number' } });
      } else if (def.type === 'pipe' && def.in._zod.def.type === 'unknown') {
        // `listOf` limits the length of a list before it checks the entries: only the second step has a form.
        const { $schema: _, ...list } = toJsonSchema(def.out);
        Object.assign(jsonSchema, list);
      }
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = fileURLToPath(new URL('../schemas/', import.meta.url));
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const [name, schema] of Object.entries(schemas)) {
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
    await writeFile(`${directory}${name}.schema.json`, text);
  }
}
