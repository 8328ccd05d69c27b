/** The library in a program that has TensorFlow.js loaded and in use already, in a process of its own. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a program prints as JSON, with `tf` loaded from a package and `state()`, which lists what differs from the first call. */
async function printed(tfPackage: string, program: string): Promise<unknown> {
  const whole = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const tf = require('${tfPackage}');
    const kernelNames = Object.values(tf).filter((value) => typeof value === 'string');
    const flagNames = [
      ...['CHECK_COMPUTATION_FOR_ERRORS', 'DEBUG', 'DEPRECATION_WARNINGS_ENABLED', 'IS_TEST', 'PROD'],
      'TENSORLIKE_CHECK_SHAPE_CONSISTENCY',
    ];
    const snapshot = () => new Map([
      ...Reflect.ownKeys(tf.Tensor.prototype).map((name) => {
        const { value, get } = Object.getOwnPropertyDescriptor(tf.Tensor.prototype, name);
        return ['method ' + String(name), value ?? get];
      }),
      ...kernelNames.map((name) => ['gradient ' + name, tf.getGradient(name)?.gradFunc]),
      ...kernelNames.map((name) => ['kernel ' + name, tf.getKernel(name, 'cpu')?.kernelFunc]),
      ...flagNames.map((name) => ['flag ' + name, tf.env().get(name)]),
    ]);
    let first;
    const state = () => {
      first ??= snapshot();
      const now = snapshot();
      const changed = [...first.keys()].filter((name) => first.get(name) !== undefined && first.get(name) !== now.get(name));
      return { changed, backend: tf.getBackend() };
    };
    ${program}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', whole];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

const unchanged = { changed: [], backend: 'cpu' };

test('replaces nothing of @tensorflow/tfjs and restores its backend, also after errors', async () => {
  const states = await printed(
    '@tensorflow/tfjs',
    `
    const states = {};
    const after = (what) => { states[what] = state(); };
    await tf.setBackend('cpu');
    after('before');
    const zoo = await import('./src/index.ts');
    after('import');
    const trained = await zoo.train('gate', { epochs: 2, backend: 'wasm' });
    after('train');
    await zoo.predict(trained, [[0, 1]]);
    after('predict');
    const model = zoo.models.gate.create({ gate: 'and', asPrinted: false });
    const data = { x: [[0, 1]], y: [[1]] };
    await zoo.checkGradients(model, data);
    after('checkGradients');
    const broken = { ...model, gradients() { throw new Error('broken on ' + tf.getBackend()); } };
    const messageOf = (work) => work.then(() => 'no error', ({ message }) => message);
    const errors = [
      await messageOf(zoo.train({ ...zoo.models.gate, create: () => broken }, { epochs: 2, backend: 'wasm' })),
      await messageOf(zoo.checkGradients({ ...model, forward: broken.gradients }, data)),
    ];
    after('errors');
    await Promise.all([
      zoo.train('gate', { epochs: 2, backend: 'float64' }),
      zoo.train('gate', { epochs: 2, backend: 'wasm' }),
      zoo.predict(trained, [[0, 1]]),
    ]);
    after('concurrent work');
    await zoo.proveGradients(model, {});
    after('proveGradients');
    await zoo.useBackend('wasm');
    await zoo.checkGradients(model, data);
    console.log(JSON.stringify({ states, errors, used: tf.getBackend() }));`,
  );
  expect(states).toEqual({
    states: {
      before: unchanged,
      import: unchanged,
      train: unchanged,
      predict: unchanged,
      checkGradients: unchanged,
      errors: unchanged,
      'concurrent work': unchanged,
      proveGradients: unchanged,
    },
    errors: ['broken on wasm', 'broken on float64'],
    used: 'wasm',
  });
});

test('adds what @tensorflow/tfjs-core lacks to what the program has, and works on the fastest backend where none is chosen', async () => {
  const outcome = await printed(
    '@tensorflow/tfjs-core',
    `
    const { prototype } = tf.Tensor;
    prototype.square = function () { return tf.square(this); };
    tf.registerGradient({ kernelName: 'Square', gradFunc: (dy) => ({ x: () => dy }) });
    const missing = [prototype.matMul, tf.getGradient('Sigmoid')].filter(Boolean).length;
    first = snapshot();
    const zoo = await import('./src/index.ts');

    const trained = await zoo.train('gate', { epochs: 2 });
    const backends = [trained.backend, tf.engine().backendName];
    const { forward } = trained.model;
    trained.model.forward = (...args) => { backends.push(tf.getBackend()); return forward(...args); };
    await zoo.predict(trained, [[0, 1]]);
    backends.push(tf.engine().backendName);

    const { changed } = state();
    const slope = tf.grad((x) => x.sigmoid())(tf.scalar(0)).dataSync()[0];
    const own = tf.grad((x) => x.square())(tf.scalar(5)).dataSync()[0];
    console.log(JSON.stringify({ missing, changed, slope, own, backends }));`,
  );
  const backends = ['wasm', 'cpu', 'wasm', 'cpu'];
  expect(outcome).toEqual({ missing: 0, changed: [], slope: 0.25, own: 1, backends });
});
