/**
 * JSON Schemas (draft 2020-12) of zod's schemas, as their values are written in files.
 */
import * as z from '../../src/core/schema.ts';
import { finiteNumbers } from '../../src/saved/schemas.ts';

/** Every number that a list of numbers holds is finite: JSON has no others. */
const listOfNumbers = { type: 'array', items: { type: 'number' } };

/** @param about what has this form */
export function jsonSchemaOf(schema: z.ZodMiniType, about: string): object {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod as unknown as { def: { type: string; in: Inner; out: Inner } };
      if ((zodSchema as unknown) === finiteNumbers) Object.assign(jsonSchema, listOfNumbers);
      // What is counted before it is looked at is looked at after that.
      else if (def.type === 'pipe' && def.in._zod.def.type === 'unknown') {
        const { $schema: _, ...inner } = jsonSchemaOf(def.out as unknown as z.ZodMiniType, '') as Description;
        delete inner.description;
        Object.assign(jsonSchema, inner);
      }
    },
  });
  const { $schema, ...rest } = made as Description;
  return { $schema, description: about, ...rest };
}

interface Inner {
  _zod: { def: { type: string } };
}

interface Description {
  $schema?: string;
  description?: string;
}
