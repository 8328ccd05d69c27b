/** Files of the user's, each loaded by Node in a separate process. */
import { beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const root = new URL('../../../', import.meta.url);
const directory = temporaryDirectory();
beforeAll(async () => {
  await writeFile(join(directory, 'comma.ts'), 'const a = {\n  b: 1,,\n};');
});

const checked = async (file: string, cwd: string) => {
  const { code, stdout } = await zoo(['gradcheck', file, '--draws', '1', '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ models: [{ model: 'my-first-gradient', agrees: true }] });
};

test('a model is checked in a directory outside of the project', async () => {
  const example = await readFile(new URL('examples/my-first-gradient.ts', root), 'utf8');
  const text = `import type { Model } from 'backprop-zoo';\n${example}\nexport type Mine = Model;\n`;
  await writeFile(join(directory, 'right.ts'), text);
  await checked('./right.ts', directory);
});

test('a model is checked in the checkout, whose tsconfig.json maps the name of the package to its sources', () =>
  checked('examples/my-first-gradient.ts', fileURLToPath(root)));

test.each([
  ['half.ts', 'export const half = { forward() {}, initial() {} };', /half has no function gradients\(\)/],
  ['throws.ts', 'const a: {}[] = [];\n\na[3].b;', /throws\.ts does not load: line 3: Cannot read .* in "a/],
  ['missing.ts', undefined, /File not found: \.\/missing\.ts/],
  ['nothing.ts', 'export const answer = 42;', /nothing\.ts exports no model; its exports: answer/],
  ['broken.ts', 'export default {', /broken\.ts does not load: line 1: .*end of file in "export default \{"/],
  ['comma.ts', 'const a = {\n  b: 1,,\n};', /comma\.ts does not load: line 2: Expected .* in "b: 1,,"/],
  ['comma.js', 'const a = {\n  b: 1,,\n};', /comma\.js does not load: line 2: Unexpected .* in "b: 1,,"/],
  ['imports.ts', "import './comma.ts';", /imports\.ts does not load: comma\.ts, line 2: Expected/],
])('%s is refused in one sentence', async (name, text, message) => {
  if (text !== undefined) await writeFile(join(directory, name), text);
  const { code, stdout, stderr } = await zoo(['gradcheck', `./${name}`], { cwd: directory });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(message);
});
