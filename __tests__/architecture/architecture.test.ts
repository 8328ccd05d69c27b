/** Where files are, and what compiles in the modules that run in a browser. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { modules } from '../../eslint.config.js';
import { node, program, root } from '../helpers/checks.ts';

test('src/ contains only entries of the package and modules that the linter and src/README.md know', async () => {
  const inside = await readdir(join(root, 'src'), { withFileTypes: true });
  const files = inside.filter((entry) => entry.isFile()).map(({ name }) => name);
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object };
  const exported = JSON.stringify(exports);
  for (const name of files.filter((name) => name !== 'README.md')) {
    expect(exported).toContain(`./dist/src/${name.replace(/ts$/, 'js')}`);
  }
  const folders = inside.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...folders, 'models', 'datasets'].sort()).toEqual(modules.toSorted());
  const purposes = await readFile(join(root, 'src', 'README.md'), 'utf8');
  for (const folder of folders) expect(purposes).toContain(`**${folder}/**`);
});

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'architecture-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('code that needs Node.js does not compile in the modules that run in a browser', async () => {
  const planted = {
    'module.ts': "import { readFile } from 'node:fs';\nexport const read = readFile;",
    'process.ts': 'export const directory = process.cwd();',
    'buffer.ts': "export const bytes = Buffer.from('a');",
  };
  for (const [name, text] of Object.entries(planted)) await writeFile(join(scratch, name), text);
  const config = {
    extends: join(root, 'tsconfig.browser.json'),
    compilerOptions: { rootDir: '/' },
    include: Object.keys(planted),
  };
  await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify(config));
  const { text } = await node([program('typescript/bin/tsc'), '-p', scratch]);
  for (const name of Object.keys(planted)) expect(text).toContain(`${name}(1,`);
});
