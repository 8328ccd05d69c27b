/**
 * What programs that are not ours make of the exports: `npm run foreign-readers [python]` exports every model of the zoo in every
 * format, lets the readers that are at hand run them on 1000 rows, and prints the table of `docs/export.md`.
 */
import { fileURLToPath } from 'node:url';
import { savedZoo } from '../__tests__/helpers/saved.ts';
import { drawRows } from '../src/saved/export/check.ts';
import { differenceOf, readersWith, type Reader } from './foreign-readers/readers.ts';

const rowCount = 1000;

type Row = Record<string, number>;

/** Largest differences by the readers' names, then by the models'. */
export async function compareAll(readers: Reader[], rows = rowCount): Promise<Record<string, Row>> {
  const table: Record<string, Row> = Object.fromEntries(readers.map(({ name }) => [name, {}]));
  for (const [name, make] of Object.entries(savedZoo)) {
    const saved = make();
    const drawn = drawRows(saved, rows);
    for (const reader of readers) table[reader.name][name] = await differenceOf(reader, saved, drawn);
  }
  return table;
}

export function tableOf(table: Record<string, Row>): string {
  const models = Object.keys(savedZoo);
  return [
    `| reader | ${models.join(' | ')} |`,
    `| --- | ${models.map(() => '---').join(' | ')} |`,
    ...Object.entries(table).map(
      ([reader, row]) => `| ${reader} | ${models.map((name) => row[name].toExponential(0)).join(' | ')} |`,
    ),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readers = readersWith(process.argv[2] ?? 'python3');
  const versions = await Promise.all(readers.map((reader) => reader.version()));
  const present = readers.filter((_, i) => versions[i] !== undefined);
  console.log(tableOf(await compareAll(present)));
  readers.forEach(({ name }, i) => console.log(`${name}: ${versions[i] ?? 'not here'}`));
}
