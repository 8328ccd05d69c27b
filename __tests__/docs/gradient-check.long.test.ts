/** Every transcript in docs/gradient-check.md is what the command prints today. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendStates } from '../../src/backend/index.ts';
import '../../src/node/tensorflow/register.ts';
import { zoo } from '../helpers/zoo.ts';

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/gradient-check.md', root), 'utf8');
const transcripts = [...page.matchAll(/```console\n\$ zoo (.*)\n([^]*?)```/g)].map(([, command, output]) => ({
  command,
  output: output.trimEnd(),
}));

/** A project with the example, and the example with the mistake that the page makes. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-docs-'));
  const example = await readFile(new URL('examples/my-first-gradient.ts', root), 'utf8');
  const mistaken = example.replace('hidden.square().neg().add(1)', 'hidden.neg().add(1)');
  expect(mistaken).not.toBe(example);
  await writeFile(join(directory, 'my-model.ts'), mistaken);
});
afterAll(() => rm(directory, { recursive: true }));

/** What may differ between machines: seconds, digits that rounding decides, and how far a column is filled. */
const comparable = (text: string): string[] =>
  text
    .replace(/\d+\.\d s$/gm, '# s')
    .replace(/-?\d+(\.\d+)?(e[+-]\d+)?/g, (number) => {
      const value = Number(number);
      return value !== 0 && Math.abs(value) < 1e-5 && !/^-?1e-\d+$/.test(number)
        ? 'tiny'
        : String(Number(value.toPrecision(6)));
    })
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim());

test('there are transcripts', () => {
  expect(transcripts.length).toBeGreaterThanOrEqual(4);
});

test.each(transcripts)('$command', async ({ command, output }) => {
  const cwd = command.includes('my-model') ? directory : fileURLToPath(root);
  const { stdout } = await zoo(command.split(' '), { cwd });
  // A page may leave lines out, which it shows by a line with an ellipsis.
  const parts = output.split(/^…\n/m).map(comparable);
  let printed = comparable(stdout.trimEnd());
  if (command.includes('--steps')) {
    // The page knows all backends; here some may be missing.
    const missing = (await backendStates()).filter(({ loads }) => !loads).map(({ name }) => name);
    const isHere = (line: string) => !missing.some((name) => line.includes(` ${name} `));
    parts.forEach((part, i) => (parts[i] = part.filter(isHere)));
  }
  for (const part of parts.filter((part) => part.join('') !== '')) {
    const start = printed.findIndex((_, i) => part.every((line, j) => printed[i + j] === line));
    if (start < 0) expect(printed).toEqual(part);
    printed = printed.slice(start + part.length);
  }
});
