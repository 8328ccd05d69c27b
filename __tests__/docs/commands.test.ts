import { expect, test } from '@jest/globals';
import { access, readFile } from 'node:fs/promises';
import { commandNames } from '../../src/cli/commands.ts';

const docs = new URL('../../docs/', import.meta.url);

test('the table of commands has every command, in the order of --help', async () => {
  const text = await readFile(new URL('commands.md', docs), 'utf8');
  const rows = Array.from(text.matchAll(/^\| `zoo ([a-z]+)/gm), ([, name]) => name);
  expect(rows).toEqual([...commandNames, 'completion']);
});

test.each(['add-a-model.md', 'api.md', 'commands.md', 'export.md', 'sweeps.md'])(
  'what %s links to is there',
  async (page) => {
    const text = await readFile(new URL(page, docs), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      await expect(access(new URL(target, docs))).resolves.toBeUndefined();
    }
  },
);
