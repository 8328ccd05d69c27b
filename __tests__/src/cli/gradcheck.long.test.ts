/** Files that hold no model, each loaded in a process of its own; two more are in gradcheck.test.ts. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zoo } from '../../helpers/zoo.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-gradcheck-files-'));
  await writeFile(join(directory, 'comma.ts'), 'const a = {\n  b: 1,,\n};');
});
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ['nothing.ts', 'export const answer = 42;', /nothing\.ts exports no model; its exports: answer/],
  ['broken.ts', 'export default {', /broken\.ts does not load: line 1: .*end of file in "export default \{"/],
  ['comma.ts', 'const a = {\n  b: 1,,\n};', /comma\.ts does not load: line 2: Expected .* in "b: 1,,"/],
  ['comma.js', 'const a = {\n  b: 1,,\n};', /comma\.js does not load: line 2: Unexpected .* in "b: 1,,"/],
  ['imports.ts', "import './comma.ts';", /imports\.ts does not load: comma\.ts, line 2: Expected/],
])('%s is refused in one sentence', async (name, text, message) => {
  await writeFile(join(directory, name), text);
  const { code, stdout, stderr } = await zoo(['gradcheck', `./${name}`], { cwd: directory });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(message);
});
