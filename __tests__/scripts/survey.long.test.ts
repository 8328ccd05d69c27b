import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { survey, tableOf } from '../../scripts/survey.ts';

test('our wasm backend learns what double precision learns, for every kind of layer, and the documentation has the table', async () => {
  const result = await survey();
  const wrong = Object.entries(result).filter(([, { wasm }]) => wasm !== 'right');
  expect(wrong).toEqual([]);
  expect(Object.values(result).filter(({ stock }) => stock === 'fails').length).toBeGreaterThan(0);
  // TensorFlow's library is not installed everywhere.
  const everywhere = Object.fromEntries(
    Object.entries(result).map(([network, { stock, wasm, cpu }]) => [network, { stock, wasm, cpu }]),
  );
  const page = readFileSync(new URL('../../docs/wasm.md', import.meta.url), 'utf8');
  expect(page.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '---')).toContain(
    tableOf(everywhere).replaceAll(/ *\| */g, '|'),
  );
}, 300_000);
