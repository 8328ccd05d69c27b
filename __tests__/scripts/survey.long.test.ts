import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { survey, tableOf } from '../../scripts/survey.ts';

test('our wasm backend learns what double precision learns, for every kind of layer, and the documentation has the table', async () => {
  const result = await survey();
  const wrong = Object.entries(result).filter(([, { wasm }]) => wasm !== 'right');
  expect(wrong).toEqual([]);
  expect(Object.values(result).filter(({ stock }) => stock === 'fails').length).toBeGreaterThan(0);
  const page = readFileSync(new URL('../../docs/wasm.md', import.meta.url), 'utf8');
  const [table] = /^\| network [^]*?(?=\n\n)/m.exec(page)!;
  // The page knows TensorFlow's library, its last column; it is not installed everywhere.
  const columns = Object.values(result).some(({ tensorflow }) => tensorflow) ? 5 : 4;
  const cellsOf = (text: string) =>
    text.split('\n').map((line) =>
      line
        .split('|')
        .slice(1, 1 + columns)
        .map((cell) => cell.trim().replace(/^-+$/, '---')),
    );
  expect(cellsOf(table)).toEqual(cellsOf(tableOf(result)));
}, 300_000);
