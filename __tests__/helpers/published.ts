/** The JSON Schemas that the package ships, asked by a validator that is not ours. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ allErrors: true });

/** What a value lacks of a published form, such as `output/train`: nothing, if it has it. */
export function faultsOf(form: string, value: unknown): string[] {
  const validate = ajv.getSchema(form) ?? ajv.addSchema(schema(form), form).getSchema(form)!;
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

export const schema = (form: string): object =>
  JSON.parse(readFileSync(new URL(`../../schemas/${form}.schema.json`, import.meta.url), 'utf8')) as object;
