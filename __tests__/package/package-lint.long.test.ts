/** What others' tools say about the package: publint, and "are the types wrong?". */
import { expect, test } from '@jest/globals';
import { node, program, root } from '../helpers/checks.ts';

test('publint reports no problem', async () => {
  const { code, text } = await node([program('publint/src/cli.js'), root, '--strict']);
  expect([code, text]).toEqual([0, expect.stringContaining('All good!')]);
}, 120_000);

test('every entry resolves to its types for importers of ES modules', async () => {
  const attw = program('@arethetypeswrong/cli/dist/index.js');
  const { code, text } = await node([attw, '--pack', root, '--profile', 'esm-only', '--no-color']);
  expect([code, text]).toEqual([0, expect.not.stringContaining('❌')]);
}, 120_000);
