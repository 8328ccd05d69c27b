import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './stage.ts';

/** All documents, by their place in the project. */
export const pages = (): string[] => [
  'README.md',
  'RELIABILITY.md',
  ...readdirSync(join(project, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
