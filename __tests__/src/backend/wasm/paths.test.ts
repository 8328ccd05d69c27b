import { expect, jest, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { setWasmPaths } from '../../../../src/backend/wasm/index.ts';

test('wasm loads its files from the given path', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  await setWasmPaths('/nowhere/');
  await expect(useBackend('wasm')).rejects.toThrow(
    'The wasm backend is not available: WebAssembly is not supported here',
  );
  expect(String(warn.mock.calls[0])).toContain('/nowhere/tfjs-backend-wasm');
  warn.mockRestore();
});
