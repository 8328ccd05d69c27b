import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { assembled } from '../../scripts/assemble.ts';

test('src/backend/wasm/assembled-*.ts are what assembly/ compiles to, to the last byte', () => {
  for (const [name, text] of Object.entries(assembled())) {
    expect(readFileSync(new URL(`../../src/backend/wasm/${name}`, import.meta.url), 'utf8')).toBe(text);
  }
});
