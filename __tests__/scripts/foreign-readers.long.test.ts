import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compareAll } from '../../scripts/foreign-readers.ts';
import { differenceOf, readersWith } from '../../scripts/foreign-readers/readers.ts';
import { drawRows } from '../../src/saved/export/check.ts';
import { savedModel, savedZoo } from '../helpers/saved.ts';

const few = 10;
const models = {
  xor: savedZoo.xor(),
  'breast-cancer': savedZoo['breast-cancer'](),
  lenet: savedModel('lenet', {
    options: { filters: [3, 4] },
    features: 256,
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'image', height: 16, width: 16, channels: 1, divisor: 255 },
  }),
};

test.each(readersWith('python3').map((reader) => [reader.name, reader] as const))(
  '%s reads what the zoo exports',
  async (name, reader) => {
    if ((await reader.version()) === undefined) {
      console.info(`SKIPPED what ${name} makes of the exports, for it is not installed here.`);
      return;
    }
    for (const saved of Object.values(models)) {
      const difference = await differenceOf(reader, saved, drawRows(saved, few));
      expect(difference).toBeLessThanOrEqual(reader.tolerance);
    }
  },
);

/** This takes minutes; the one above asks every reader, too, about fewer models and rows. */
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
