import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compareAll } from '../../scripts/foreign-readers.ts';
import { readersWith } from '../../scripts/foreign-readers/readers.ts';
import { savedZoo } from '../helpers/saved.ts';

/** This takes minutes; the quick one beside it asks every reader, too. */
const isAsked = process.env.ZOO_SLOW === '1';
if (!isAsked)
  console.info('SKIPPED every model by every foreign reader: it runs where ZOO_SLOW=1 asks for it.');

(isAsked ? test : test.skip)(
  'every model of the zoo goes out to every reader that is here, on 1000 rows',
  async () => {
    const readers = readersWith(process.env.ZOO_PYTHON ?? 'python3');
    const versions = await Promise.all(readers.map((reader) => reader.version()));
    const present = readers.filter((_, i) => versions[i] !== undefined);
    const absent = readers.filter((reader) => !present.includes(reader)).map(({ name }) => name);
    if (absent.length > 0) console.info(`SKIPPED readers that are not installed here: ${absent.join(', ')}.`);
    const table = await compareAll(present);
    const wrong = present.flatMap(({ name, tolerance }) =>
      Object.entries(table[name])
        .filter(([, difference]) => !(difference <= tolerance))
        .map(([model]) => [name, model]),
    );
    expect(wrong).toEqual([]);
  },
  1_800_000,
);

test('the documentation’s table has every model', () => {
  const page = readFileSync(new URL('../../docs/export.md', import.meta.url), 'utf8');
  const header = /^\| reader .*$/m.exec(page)![0];
  expect(
    header
      .split('|')
      .slice(2, -1)
      .map((word) => word.trim()),
  ).toEqual(Object.keys(savedZoo));
});
