import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { assembled } from '../../scripts/assemble.ts';

test('src/backend/wasm/assembled-*.ts equal what assembly/ compiles to', () => {
  for (const [name, text] of Object.entries(assembled())) {
    expect(readFileSync(new URL(`../../src/backend/wasm/${name}`, import.meta.url), 'utf8')).toBe(text);
  }
});
