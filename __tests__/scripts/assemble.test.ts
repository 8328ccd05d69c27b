import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sourceHash } from '../../scripts/assemble.ts';

test.each(['plain', 'fused'])(
  'assembled-%s.ts is of what is in assembly/; else `npm run assemble`',
  (name) => {
    const kept = readFileSync(
      new URL(`../../src/backend/wasm/assembled-${name}.ts`, import.meta.url),
      'utf8',
    );
    expect(kept).toContain(sourceHash());
  },
);
