import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sourceHash } from '../../scripts/assemble.ts';

test('src/backend/wasm/assembled.ts is compiled from what is in assembly/; else `npm run assemble`', () => {
  const kept = readFileSync(new URL('../../src/backend/wasm/assembled.ts', import.meta.url), 'utf8');
  expect(kept).toContain(sourceHash());
});
