import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { zoo } from '../../../helpers/zoo.ts';

test('an uncaught error ends a program with exit code 1 and by its own line, not with 7 by the package’s', async () => {
  await zoo(['--help']); // builds, if the sources are newer
  const stock = `const tf = require('@tensorflow/tfjs'); require('@tensorflow/tfjs-backend-wasm'); tf.setBackend('wasm')`;
  const ours = `import('./dist/src/index.js').then(({ useBackend }) => useBackend('wasm'))`;
  const endOf = (load: string) => {
    const program = `${load}.then(() => setTimeout(() => { throw Error('mine'); }))`;
    const cwd = fileURLToPath(new URL('../../../../', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ['-e', program], { cwd, encoding: 'utf8' });
    return [status, stderr.includes('Error: mine')];
  };
  expect([endOf(stock), endOf(ours)]).toEqual([
    [7, true],
    [1, true],
  ]);
}, 300_000);
