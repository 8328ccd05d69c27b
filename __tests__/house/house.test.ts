/** The house keeps itself: where files stand, and what compiles in the rooms of the browser. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { node, program, root } from '../helpers/checks.ts';

test('nothing stands loose in src/ but the entries, and every room says its purpose', async () => {
  const inside = await readdir(join(root, 'src'), { withFileTypes: true });
  const loose = inside.filter((entry) => entry.isFile()).map(({ name }) => name);
  const entries = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object };
  const exported = JSON.stringify(entries.exports);
  for (const name of loose.filter((name) => name !== 'README.md')) {
    expect(exported).toContain(`./dist/src/${name.replace(/ts$/, 'js')}`);
  }
  const rooms = inside.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(rooms.length).toBeLessThanOrEqual(10);
  const purposes = await readFile(join(root, 'src', 'README.md'), 'utf8');
  for (const room of rooms) expect(purposes).toContain(`**${room}/**`);
});

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'house-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('what only Node has does not compile in the rooms of the browser', async () => {
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
