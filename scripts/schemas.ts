/**
 * Writes the JSON Schemas of all files and outputs into `schemas/`: `npm run schemas`.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { schemas } from './schemas/index.ts';

const folder = fileURLToPath(new URL('../schemas/', import.meta.url));
await rm(folder, { recursive: true, force: true });
for (const [path, schema] of Object.entries(schemas)) {
  await mkdir(dirname(folder + path), { recursive: true });
  await writeFile(folder + path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 }));
}
