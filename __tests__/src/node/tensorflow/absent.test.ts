import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadTensorflowBackend, prepareTensorflow } from '../../../../src/node/tensorflow/tensorflow.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf, type Tensor } from '../../../../src/core/tf.ts';
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

  test('settings that TensorFlow reads are those of the user, else ours', () => {
    const names = ['TF_NUM_INTRAOP_THREADS', 'TF_CPP_MIN_LOG_LEVEL', 'TF_ENABLE_ONEDNN_OPTS'];
    const settings = () => names.map((name) => process.env[name]);
    for (const name of names) delete process.env[name];
    prepareTensorflow();
    expect(settings()).toEqual(['1', '3', '0']);
    prepareTensorflow(4);
    expect(settings()).toEqual(['4', '3', '0']);
    for (const name of names) process.env[name] = '2';
    prepareTensorflow();
    expect(settings()).toEqual(['2', '2', '2']);
    loadTensorflowBackend({ directory: sandbox.folder, threads: 3 });
    expect(settings()).toEqual(['3', '2', '2']);
  });

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

/**
 * A tfjs-node that computes as `cpu` does, with what the quick kernels ask of its backend, and notes every kernel that is
 * run. The real one is seldom installed where this is tested.
 */
const standIn = `
const tf = require('@tensorflow/tfjs');
const Cpu = tf.findBackend('cpu').constructor;
const run = (name, inputs, attrs, backend) => tf.getKernel(name, 'cpu').kernelFunc({ inputs, attrs, backend });
const called = (globalThis.process.zooCalled = []);
class StandIn extends Cpu {
  binding = { TF_Version: '9.9' };
  createReductionOpAttrs(x, keepDims = false) {
    return [{ name: 'keep_dims', type: 10, value: keepDims }, { name: 'T', type: 6, value: 1 }, { name: 'Tidx', type: 6, value: 3 }];
  }
  executeSingleOutput(name, attributes, [x, lengths]) {
    called.push([name, ...attributes.map(({ name, value }) => name + '=' + value)].join(' '));
    const values = Array.from(this.readSync(lengths.dataId));
    return name === 'Sum'
      ? run('Sum', { x }, { axis: values, keepDims: attributes[0].value }, this)
      : run('Reshape', { x }, { shape: values }, this);
  }
}
for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu'))
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc(call) {
      called.push(kernelName);
      return kernelFunc(call);
    },
  });
tf.registerBackend('tensorflow', () => new StandIn());
`;

test('a tfjs-node that loads gets quick kernels, which compute the same in fewer calls', async () => {
  await useBackend('cpu');
  const sandbox = nativeSandbox();
  const { log } = console;
  const argument = process.argv[2];
  try {
    const manifest = {
      format: 'backprop-zoo/native',
      tfjsNode: 'x',
      tensorflow: 'x',
      source: 'x',
      created: 'x',
    };
    sandbox.file('made/native.json', JSON.stringify(manifest));
    for (const name of ['tfjs', 'tfjs-core', 'tfjs-node']) {
      sandbox.file(`made/node_modules/@tensorflow/${name}/package.json`, '{"main": "index.js"}');
      sandbox.file(`made/node_modules/@tensorflow/${name}/index.js`, name === 'tfjs-node' ? standIn : '');
    }
    const directory = join(sandbox.folder, 'made');
    process.argv[2] = directory;
    const printed: string[] = [];
    console.log = (line: string) => void printed.push(line);
    await import('../../../../src/node/tensorflow/verify-child.ts');
    console.log = log;
    expect(printed.map((line) => JSON.parse(line) as object)).toEqual([
      { version: '9.9', directory, product: [7, 10, 15, 22], gradient: [4, 4, 6, 6] },
    ]);
    expect(loadTensorflowBackend()).toEqual({ loaded: true, version: '9.9', directory });
  } finally {
    console.log = log;
    process.argv[2] = argument;
    sandbox.close();
  }

  const called = (process as unknown as { zooCalled: string[] }).zooCalled;
  /** What a computation gives on the stand-in and on `cpu`, and what was called for it. */
  const both = async (compute: () => Tensor): Promise<[number[][], string[]]> => {
    const results: number[][] = [];
    for (const backend of ['cpu', 'tensorflow']) {
      await tf.setBackend(backend);
      called.length = 0;
      const before = tf.memory().numTensors;
      const result = tf.tidy(compute);
      results.push([...result.shape, ...result.dataSync()]);
      result.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
    return [results, called.filter((name) => name !== 'Identity')];
  };
  const expectSame = async (compute: () => Tensor, calls: string[]) => {
    const [[cpu, quick], made] = await both(compute);
    expect(quick).toEqual(cpu);
    // Products are of three axes, so that matrices are given another one.
    expect(made.filter((name) => calls.includes(name) || !name.startsWith('Reshape'))).toEqual(calls);
  };
  const x = () => tf.tensor2d([-1, 0, 2, 3, 0.5, -4], [2, 3]);
  const y = () => tf.tensor2d([1, 2, -3, 4, 5, 6, 7, -8], [4, 2]);
  const z = () => tf.tensor2d([1, 2, -3, 4, -5, 6], [2, 3]);
  await expectSame(() => tf.step(x()), ['Relu', 'Sign']);
  await expectSame(() => tf.step(x(), 0.5), ['Step']);
  const attributes = (keep: boolean) => `Sum keep_dims=${keep} T=1 Tidx=3`;
  await expectSame(() => y().sum(), [attributes(false)]);
  await expectSame(() => y().sum(0), [attributes(false)]);
  await expectSame(() => y().sum(-1, true), [attributes(true)]);
  await expectSame(() => y().sum([0, 1], true), [attributes(true)]);
  await expectSame(() => y().reshape([2, 2, 2]), ['Reshape T=1 Tshape=3']);
  await expectSame(() => y().reshape([-1]), ['Reshape T=1 Tshape=3']);
  const product =
    (activation: 'linear' | 'relu' | 'sigmoid' | 'elu' | 'relu6' | 'leakyrelu', bias?: number[]) => () =>
      tf.fused.matMul({ a: y(), b: z(), activation, bias: bias && tf.tensor1d(bias), leakyreluAlpha: 0.3 });
  const operations = { linear: [], relu: ['Relu'], sigmoid: ['Sigmoid'], elu: ['Elu'], relu6: ['Relu6'] };
  for (const [activation, calls] of Object.entries(operations)) {
    await expectSame(product(activation as 'linear'), ['BatchMatMul', ...calls]);
    await expectSame(product(activation as 'linear', [3, 2, -1]), ['BatchMatMul', 'Add', ...calls]);
  }
  await expectSame(product('leakyrelu', [3, 2, -1]), ['_FusedMatMul']);
  for (const [transposeA, transposeB] of [
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const compute = () =>
      tf.fused.matMul({
        a: transposeA ? y().transpose() : y(),
        b: transposeB ? z().transpose() : z(),
        transposeA,
        transposeB,
      });
    const turned = [transposeA, transposeB].filter(Boolean).map(() => 'Transpose');
    await expectSame(compute, [...turned, 'BatchMatMul']);
  }
  await tf.setBackend('cpu');
});
