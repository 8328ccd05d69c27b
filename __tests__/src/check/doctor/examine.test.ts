/** The doctor must call the healthy healthy, and find what is broken: here it is broken on purpose. */
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { useBackend, type BackendName } from '../../../../src/backend/index.ts';
import { environment } from '../../../../src/node/environment.ts';
import { examine } from '../../../../src/check/doctor/examine.ts';
import { problemsIn } from '../../../../src/check/doctor/problems.ts';
import { diagnosisText } from '../../../../src/check/doctor/text.ts';
import { loadWasmPackage, tf, type KernelFunc, type TensorInfo } from '../../../../src/core/tf.ts';
import { zoo } from '../../../helpers/zoo.ts';

const { gate, points } = models;
const examined = (backend: BackendName) =>
  examine({ environment: environment(), entries: [gate, points], backends: [backend], milliseconds: 0 });

/** wasm's own multiplications, before anybody repairs them. */
let unrepaired: { name: string; kernelFunc: KernelFunc }[];
beforeAll(async () => {
  await loadWasmPackage();
  unrepaired = ['BatchMatMul', '_FusedMatMul'].map((name) => ({
    name,
    kernelFunc: tf.getKernel(name, 'wasm').kernelFunc,
  }));
  await useBackend('wasm');
});

let undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo) step();
  undo = [];
});

/** Takes a kernel away, and puts another in its place if there is one. */
function replaceKernel(kernelName: string, backendName: string, kernelFunc?: KernelFunc): KernelFunc {
  const original = tf.getKernel(kernelName, backendName);
  const put = (func?: KernelFunc) => {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    if (func) tf.registerKernel({ ...original, kernelFunc: func });
  };
  put(kernelFunc);
  undo.push(() => put(original.kernelFunc));
  return original.kernelFunc;
}

test('what is in order is called so, on every backend that loads', async () => {
  const diagnosis = await examine({
    environment: environment(),
    entries: [gate, models['breast-cancer']],
    milliseconds: 0,
  });
  expect(diagnosis.problems).toEqual([]);
  expect(diagnosis.healthy).toBe(true);
  expect(diagnosis.backends.map(({ name }) => name)).toEqual(['tensorflow', 'wasm', 'cpu', 'float64']);
  expect(diagnosis.kernels.gate).toEqual(expect.arrayContaining(['BatchMatMul', '_FusedMatMul', 'Sigmoid']));
  expect(diagnosis.matMulRepair).toMatchObject({
    active: true,
    right: true,
    cpu: expect.closeTo(11, 4) as unknown,
  });
  const loading = diagnosis.backends.filter(({ loads }) => loads);
  expect(diagnosis.models).toHaveLength(2 * loading.length);
  for (const { backend, missingKernels, parity, step, failure } of diagnosis.models) {
    expect({ missingKernels, failure, left: step?.left }).toEqual({
      missingKernels: [],
      failure: undefined,
      left: { manual: 0, autodiff: 0 },
    });
    expect(step?.microseconds.manual.median).toBeGreaterThan(0);
    expect(step?.microseconds.autodiff.repeats).toBeGreaterThanOrEqual(5);
    if (backend === 'float64') expect(parity).toBeUndefined();
    else {
      // Single precision differs from double, but by rounding alone.
      expect(parity?.manual).toBeGreaterThan(1e-9);
      expect(parity?.manual).toBeLessThan(1e-5);
      expect(parity?.autodiff).toBeLessThan(1e-5);
      expect(parity?.loss).toBeLessThan(1e-5);
    }
  }
});

describe('what is broken is found', () => {
  test('a kernel that is missing', async () => {
    replaceKernel('Sigmoid', 'cpu');
    const { healthy, problems, models: found } = await examined('cpu');
    expect(healthy).toBe(false);
    expect(found.map(({ missingKernels }) => missingKernels)).toEqual([['Sigmoid'], ['Sigmoid']]);
    expect(problems).toContain('gate on cpu needs kernels that are not there: Sigmoid.');
    expect(problems.join()).toMatch(/points on cpu fails: .*Sigmoid/);
  });

  test('a kernel that computes something else, down to the gradient that it spoils', async () => {
    const tanh = tf.getKernel('Tanh', 'wasm').kernelFunc;
    replaceKernel('Sigmoid', 'wasm', tanh);
    const { healthy, models: found, problems } = await examined('wasm');
    expect(healthy).toBe(false);
    expect(found[0].parity).toMatchObject({ agrees: false, worst: { gradients: 'manual' } });
    expect(problems[0]).toMatch(/^gate on wasm computes wrongly: the gradient of \w+ \(manual, point "/);
  });

  test('a kernel that is wrong by one part in a thousand', async () => {
    const sigmoid: KernelFunc = replaceKernel('Sigmoid', 'cpu', (call) => {
      const result = sigmoid(call) as TensorInfo;
      const values = (call.backend as { readSync(dataId: object): Float32Array }).readSync(result.dataId);
      values.forEach((value, i) => (values[i] = value * 1.001));
      return result;
    });
    expect((await examined('cpu')).problems.join()).toMatch(/points on cpu computes wrongly/);
  });

  test('a kernel that leaves tensors behind', async () => {
    const multiply: KernelFunc = replaceKernel('Multiply', 'wasm', (call) => {
      tf.keep(tf.scalar(1));
      return multiply(call);
    });
    const { healthy, problems } = await examined('wasm');
    expect(healthy).toBe(false);
    expect(problems.join()).toMatch(/gate on wasm leaves \d+ tensors a step by hand and \d+ by autodiff/);
  });

  test("wasm's multiplication without its repair", async () => {
    for (const { name, kernelFunc } of unrepaired) replaceKernel(name, 'wasm', kernelFunc);
    const { matMulRepair, problems } = await examined('wasm');
    expect(matMulRepair).toMatchObject({ active: false, right: false });
    expect(matMulRepair?.wasm).toBeCloseTo(21, 4);
    expect(problems[0]).toMatch(/repair of wasm's matMul is not in place/);
    expect(problems[1]).toMatch(/gives 2[01].* on wasm, 11 on cpu/);
  });

  test('a repair that is in place and wrong', async () => {
    const cpu = tf.getKernel('_FusedMatMul', 'cpu').kernelFunc;
    replaceKernel('_FusedMatMul', 'cpu', (call) =>
      cpu({ ...call, inputs: { ...call.inputs, bias: undefined } }),
    );
    const { matMulRepair } = await examined('wasm');
    expect(matMulRepair).toMatchObject({ active: true, right: false });
  });
});

test('a referee that fails is found out, and nothing is compared with it', async () => {
  replaceKernel('Sigmoid', 'float64', () => {
    throw new Error('no ink');
  });
  const { healthy, problems } = await examined('cpu');
  expect(healthy).toBe(false);
  expect(problems.join()).toMatch(/gate on (cpu|float64) fails: .*no ink/);
});

test('the optional backend may be missing, the others not, nor one that was named', () => {
  const backends = (['tensorflow', 'wasm'] as const).map((name) => ({
    ...{ name, loads: false as const },
    reason: `no ${name} today.`,
  }));
  expect(problemsIn({ backends, models: [] }, ['wasm', 'cpu', 'float64'])).toEqual([
    'The wasm backend does not load: no wasm today.',
  ]);
  expect(problemsIn({ backends, models: [] }, ['tensorflow'])).toEqual([
    'The tensorflow backend does not load: no tensorflow today.',
  ]);
});

describe('the command', () => {
  const withoutTensorflow = { ZOO_NATIVE_DIR: '/nonexistent' };

  test('prints one JSON document, and a backend that is optional may be absent', async () => {
    const { code, stdout } = await zoo(['doctor', 'gate', '--milliseconds', '0', '--json', '--quiet'], {
      env: withoutTensorflow,
    });
    const { healthy, problems, backends } = JSON.parse(stdout) as Awaited<ReturnType<typeof examine>>;
    expect({ code, healthy, problems }).toEqual({ code: 0, healthy: true, problems: [] });
    for (const state of backends)
      expect(state.loads ? state.about : state.reason).toMatch(
        /^(TensorFlow|WebAssembly|plain|double|tfjs-node)/,
      );
  });

  test('prints a report of 80 columns', async () => {
    const { code, stdout } = await zoo(['doctor', 'points', 'gate', '--milliseconds', '0'], {
      env: withoutTensorflow,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nwasm: WebAssembly[^]*the repair of its matMul is active and right/);
    expect(stdout).toMatch(/\n {2}points +0 +\d\.\de-\d/);
    expect(stdout).toMatch(/\nNothing is wrong\.\n$/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('fails with exit code 1 where something is wrong', async () => {
    const { code, stdout } = await zoo(['doctor', 'gate', '--backend', 'tensorflow', '--milliseconds', '0'], {
      // Nothing can be loaded from there, whatever npm has installed.
      env: { ZOO_NATIVE_DIR: '/nonexistent', NODE_PATH: '' },
    });
    if (/tensorflow: TensorFlow/.test(stdout))
      return console.info('npm has tfjs-node: it loads, nothing to see');
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 thing is wrong:\n- The tensorflow backend does not load: tfjs-node/);
  });

  test('takes the options of the one model that is named', async () => {
    const doctor = (...options: string[]) =>
      zoo(['doctor', 'breast-cancer', '--milliseconds', '0', ...options]);
    expect(await doctor('--units', '3', '--backend', 'cpu')).toMatchObject({ code: 0 });
    const { code, stderr } = await doctor('--units', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--units takes a whole number/);
  });

  test('refuses models that it does not know', async () => {
    const { code, stderr } = await zoo(['doctor', 'nonsense']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/There is no model "nonsense"/);
  });
});

test('a report of many problems fits 80 columns too', async () => {
  replaceKernel('Sigmoid', 'cpu');
  const text = diagnosisText(await examined('cpu'));
  expect(text).toMatch(/\n {2}gate +FAILS\n/);
  expect(text).toMatch(/\d+ things are wrong:\n- gate on cpu needs kernels/);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
