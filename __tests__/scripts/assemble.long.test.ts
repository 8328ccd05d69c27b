import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { assembled } from '../../scripts/assemble.ts';

test('src/backend/wasm/assembled.ts is what assembly/ compiles to, to the last byte', () => {
  const kept = readFileSync(new URL('../../src/backend/wasm/assembled.ts', import.meta.url), 'utf8');
  expect(kept).toBe(assembled());
});
