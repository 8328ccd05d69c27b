/**
 * All JSON Schemas that the package ships, by their place in `schemas/`.
 */
import type * as z from '../../src/core/schema.ts';
import { files } from './files.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { outputs } from './outputs.ts';

/** By name: what has the form, and the form. */
type Forms = Record<string, readonly [about: string, schema: z.ZodMiniType]>;

const folders: Record<string, Forms> = { files, output: outputs };

/** `files/weights.schema.json`, `output/train.schema.json`, … */
export const schemas: Record<string, object> = Object.fromEntries(
  Object.entries(folders).flatMap(([folder, forms]) =>
    Object.entries(forms).map(([name, [about, schema]]) => [
      `${folder}/${name}.schema.json`,
      jsonSchemaOf(schema, about),
    ]),
  ),
);
