import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { commandNames } from '../../src/cli/commands.ts';

const docs = new URL('../../docs/', import.meta.url);

test('the table of commands has every command, in the order of --help', async () => {
  const text = await readFile(new URL('commands.md', docs), 'utf8');
  const rows = Array.from(text.matchAll(/^\| `zoo ([a-z]+)/gm), ([, name]) => name);
  expect(rows).toEqual([...commandNames, 'completion']);
});
