/** The tensorflow backend, where it is installed, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadTensorflowBackend } from '../../../../src/backend/tensorflow/tensorflow.ts';

const whenInstalled = loadTensorflowBackend().loaded ? describe : describe.skip;

whenInstalled('tensorflow, where it is installed', () => {
  /** Loads the backend in a process of its own and prints a product. */
  const loadInChild = (...nodeOptions: string[]) => {
    const program = `
      const { loadTensorflowBackend } = await import('./src/backend/tensorflow/tensorflow.ts');
      const { tf } = await import('./src/utils/tf.ts');
      const { loaded } = loadTensorflowBackend();
      console.log(JSON.stringify({ loaded, product: [...tf.matMul([[1, 2], [3, 4]], [[1, 2], [3, 4]]).dataSync()] }));`;
    return spawnSync(
      process.execPath,
      [...nodeOptions, '--import', 'tsx', '--input-type=module', '--eval', program],
      {
        encoding: 'utf8',
        cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: undefined, TF_ENABLE_ONEDNN_OPTS: undefined },
      },
    );
  };

  test('prints nothing of its own', () => {
    const { stdout, stderr } = loadInChild();
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ loaded: true, product: [7, 10, 15, 22] });
  }, 60_000);

  test('loads where util.isNullOrUndefined is missing, as in Node.js 23 and newer', () => {
    const removal = "import util from 'node:util'; delete util.isNullOrUndefined;";
    const { stdout } = loadInChild('--import', `data:text/javascript,${encodeURIComponent(removal)}`);
    expect(JSON.parse(stdout)).toEqual({ loaded: true, product: [7, 10, 15, 22] });
  }, 60_000);
});
