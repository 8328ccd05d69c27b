/** The JSON Schemas that the package ships, applied by ajv. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ allErrors: true });

/** What is wrong with a value according to `schemas/<name>.schema.json`: empty for a valid one. */
export function faultsOf(name: string, value: unknown): string[] {
  const validate = ajv.getSchema(name) ?? ajv.addSchema(shippedSchema(name), name).getSchema(name)!;
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

export const shippedSchema = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object;
