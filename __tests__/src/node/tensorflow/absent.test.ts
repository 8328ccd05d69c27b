import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadTensorflowBackend } from '../../../../src/node/tensorflow/tensorflow.ts';
import { nativeSandbox } from '../../../helpers/native.ts';

describe('what is absent or broken is told, not thrown', () => {
  let sandbox: ReturnType<typeof nativeSandbox>;
  beforeAll(() => {
    sandbox = nativeSandbox();
  });
  afterAll(() => sandbox.close());

  /** The reason given for an installation whose tfjs-node fails with this message. */
  function reasonFor(name: string, message: string): string {
    const manifest = {
      format: 'backprop-zoo/native',
      tfjsNode: 'x',
      tensorflow: 'x',
      source: 'x',
      created: 'x',
    };
    sandbox.file(`${name}/native.json`, JSON.stringify(manifest));
    for (const packageName of ['tfjs', 'tfjs-core', 'tfjs-node']) {
      const folder = `${name}/node_modules/@tensorflow/${packageName}`;
      sandbox.file(`${folder}/package.json`, '{"main": "index.js"}');
      sandbox.file(`${folder}/index.js`, '');
    }
    sandbox.file(
      `${name}/node_modules/@tensorflow/tfjs-node/index.js`,
      // The stand-ins have to be our own TensorFlow.js by now.
      `const tf = require('@tensorflow/tfjs');
       if (tf !== require('@tensorflow/tfjs-core') || !tf.variableGrads) throw new Error('another tfjs');
       throw new Error(${JSON.stringify(message)});`,
    );
    const outcome = loadTensorflowBackend({ directory: join(sandbox.folder, name) });
    return outcome.loaded ? 'loaded' : outcome.reason;
  }

  test('not installed', () => {
    expect(loadTensorflowBackend({ directory: sandbox.folder })).toEqual({
      loaded: false,
      reason: "tfjs-node is not installed ('zoo setup native' gets it).",
    });
  });

  test.each([
    [
      '(0 , util_1.isNullOrUndefined) is not a function',
      /does not run on Node\.js v\d+.*use Node\.js 20 or 22/,
    ],
    [
      'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run',
      /native library is missing, its install script did not finish \('zoo setup native' gets it\)/,
    ],
    [
      'libtensorflow.so.2: cannot open shared object file: No such file',
      /does not find TensorFlow's library/,
    ],
    ["/lib/libc.so.6: version `GLIBC_2.99' not found", /needs a newer system/],
    ['something else\nsecond line', /^tfjs-node does not load: something else$/],
  ])('%s', (message, expected) => {
    expect(reasonFor(`case-${message.length}`, message)).toMatch(expected);
  });
});
