/** Documents are shipped: their links lead to shipped files, and the tests and sources that they name exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandNames } from '../../src/cli/commands.ts';
import { root } from '../helpers/checks.ts';

const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
const isShipped = (path: string) => files.some((entry) => path === entry || path.startsWith(`${entry}/`));

const documents = [
  'README.md',
  'RELIABILITY.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** As anchors are made of headings: in small letters, without signs, joined by hyphens. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(documents)('every link of %s leads to a shipped file and a heading', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const dead: string[] = [];
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const path = file === '' ? document : normalize(join(dirname(document), file));
    if (!isShipped(path) || !existsSync(join(root, path))) dead.push(target);
    else if (anchor && !anchorsOf(readFileSync(join(root, path), 'utf8')).includes(anchor)) dead.push(target);
  }
  expect(dead).toEqual([]);
});

// The guide that adds a model names the files that it makes.
const existing = documents.filter((name) => name !== 'docs/add-a-model.md');

test.each(existing)('every test and source file that %s names exists', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const named = text.match(/`(__tests__|src|models|datasets|assembly)\/[\w./-]+\.tsx?`/g) ?? [];
  expect(named.filter((path) => !existsSync(join(root, path.slice(1, -1))))).toEqual([]);
});

test('the table of commands has every command, in the order of --help', () => {
  const text = readFileSync(join(root, 'docs/commands.md'), 'utf8');
  const rows = Array.from(text.matchAll(/^\| `zoo ([a-z]+)/gm), ([, name]) => name);
  expect(rows).toEqual([...commandNames, 'completion']);
});
