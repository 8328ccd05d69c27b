/** What the doctor looks at, how it measures it, and what it says, word for word. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { prepareModel, withPoint } from '../../../../src/check/doctor/examined-model.ts';
import { examine, type Diagnosis, type ModelFinding } from '../../../../src/check/doctor/examine.ts';
import { examineParity } from '../../../../src/check/doctor/parity.ts';
import { problemsIn } from '../../../../src/check/doctor/problems.ts';
import { examineStep, kernelsOf } from '../../../../src/check/doctor/steps.ts';
import { diagnosisText } from '../../../../src/check/doctor/text.ts';
import { pointsFor } from '../../../../src/check/gradients/points.ts';
import { RandomState } from '../../../../src/core/random.ts';
import { valuesOf } from '../../../../src/core/tensors.ts';
import { tf } from '../../../../src/core/tf.ts';

const { gate, points } = models;
const timing = (median: number) => ({ median, min: 1, max: 9, repeats: 5 });
const fine: ModelFinding = {
  ...{ model: 'gate', backend: 'wasm', missingKernels: [] },
  parity: { agrees: true, bound: 1e-4, loss: 0, manual: 1.3e-7, autodiff: 3e-8 },
  step: {
    ...{ rows: 100, left: { manual: 0, autodiff: 2 } },
    microseconds: { manual: timing(123.4), autodiff: timing(99.6) },
  },
};
const failing: ModelFinding = { ...fine, missingKernels: ['Sin', 'Cos'], failure: 'no Sin', step: undefined };
const wrong: ModelFinding = {
  ...fine,
  parity: {
    ...{ agrees: false, bound: 1e-4, loss: 0.25, manual: 0.002, autodiff: 0.03 },
    worst: { gradients: 'autodiff', parameter: 'bias', point: 'all zero' },
  },
  step: undefined,
};
const diagnosis: Diagnosis = {
  ...{ healthy: true, problems: [], kernels: {}, models: [fine, { ...wrong, backend: 'cpu' }, failing] },
  environment: {
    zoo: '1.2.3',
    node: 'v22',
    tfjs: '4.22.0',
    platform: 'linux x64',
  },
  backends: [
    { name: 'tensorflow', loads: false, reason: 'It is not installed.' },
    { name: 'wasm', loads: true, about: 'WebAssembly with SIMD' },
    { name: 'cpu', loads: true, about: 'plain JavaScript' },
  ],
  matMulRepair: { active: true, right: true, wasm: 11.0000004, cpu: 11 },
};

describe('the report', () => {
  test('has a part for each backend, with a row for each model', () => {
    const [title, explanation, ...rest] = diagnosisText(diagnosis).split('\n\n');
    expect(title).toBe('backprop-zoo 1.2.3, TensorFlow.js 4.22.0, Node.js v22, linux x64');
    expect(explanation).toMatch(/^loss, manual, autodiff: /);
    expect(rest).toEqual([
      'tensorflow: does not load. It is not installed.',
      `\
wasm: WebAssembly with SIMD
  the repair of its matMul is active and right: a product with a bias is 11
    here, 11 on cpu
  model         missing     loss   manual  autodiff  left  µs by hand  µs auto
  gate                0        0   1.3e-7    3.0e-8     2         123      100
  gate          FAILS`,
      `\
cpu: plain JavaScript
  model         missing     loss   manual  autodiff  left  µs by hand  µs auto
  gate                0   2.5e-1   2.0e-3    3.0e-2     –           –        –`,
      'Nothing is wrong.',
    ]);
  });

  test('counts what is wrong', () => {
    const last = (...problems: string[]) =>
      diagnosisText({ ...diagnosis, problems })
        .split('\n\n')
        .at(-1);
    expect(last('One.')).toBe('1 thing is wrong:\n- One.');
    expect(last('One.', `Two ${'and more '.repeat(9)}.`)).toBe(
      `2 things are wrong:\n- One.\n- Two ${'and more '.repeat(8).trim()}\n  and more .`,
    );
  });

  test('tells what a repair gives', () => {
    const line = (matMulRepair: Diagnosis['matMulRepair']) =>
      diagnosisText({ ...diagnosis, matMulRepair })
        .split('\n\n')[3]
        .split('\n')
        .slice(1, 3);
    expect(line({ active: false, right: false, wasm: null, cpu: 10.98765432 })).toEqual([
      '  the repair of its matMul is NOT ACTIVE and WRONG: a product with a bias is',
      '    impossible here, 10.9877 on cpu',
    ]);
    expect(line(undefined)[1]).toMatch(/^ {2}gate/);
  });
});

describe('problems', () => {
  const told = (...found: ModelFinding[]) => problemsIn({ backends: [], models: found }, []);

  test('of models: what is missing, fails, is wrong or is left behind', () => {
    expect(told(fine)).toEqual([
      'gate on wasm leaves 0 tensors a step by hand and 2 by autodiff; 0 is right.',
    ]);
    expect(told(failing)).toEqual([
      'gate on wasm needs kernels that are not there: Sin, Cos.',
      'gate on wasm fails: no Sin',
    ]);
    expect(told(wrong)).toEqual([
      'gate on wasm computes wrongly: the gradient of bias (autodiff, point "all zero") differs from double ' +
        'precision by 3.0e-2, 0.0001 is allowed.',
    ]);
    const left = (manual: number, autodiff: number) =>
      told({ ...fine, step: { ...fine.step!, left: { manual, autodiff } } });
    expect(left(0, 0)).toEqual([]);
    expect(left(1, 0)).toHaveLength(1);
    expect(left(-1, 0)).toHaveLength(1);
  });

  test('of the loss where it alone is wrong', () => {
    const byLoss = (manual: number, worst = wrong.parity!.worst) =>
      told({ ...wrong, parity: { ...wrong.parity!, manual, autodiff: 0, worst } })[0];
    const sentence =
      'gate on wasm computes wrongly: the loss differs from double precision by 2.5e-1, 0.0001 is allowed.';
    expect(byLoss(1e-4)).toBe(sentence);
    expect(byLoss(2e-4)).toMatch(/the gradient of bias .* by 2.0e-4/);
    expect(told({ ...wrong, parity: { ...wrong.parity!, worst: undefined } })[0]).toBe(sentence);
  });

  test('of the repair', () => {
    const ofRepair = (active: boolean, right: boolean) =>
      problemsIn({ backends: [], models: [], matMulRepair: { active, right, wasm: 21, cpu: 11 } }, []);
    expect(ofRepair(true, true)).toEqual([]);
    expect(ofRepair(false, true)).toEqual([
      "The repair of wasm's matMul is not in place: transposed operands are slow, biases wrong.",
    ]);
    expect(ofRepair(true, false)).toEqual([
      'fused.matMul with a transposed operand and a bias gives 21 on wasm, 11 on cpu.',
    ]);
  });
});

describe('a model', () => {
  beforeEach(() => useBackend('float64'));
  afterEach(() => void jest.restoreAllMocks());

  test('is seen at one random point and the hard ones, and steps on a hundred random rows', () => {
    const examined = prepareModel(points, 7);
    const { model, batch } = examined;
    const size = { features: 2, classes: 2 };
    const expected = pointsFor(model, size, 7, 1);
    expect(examined.points.map(({ point }) => point)).toEqual(expected);
    expect([examined.name, examined.recipe]).toEqual(['points', points.recipe]);
    const random = new RandomState(7);
    const initial = model.initial({ ...size, random });
    for (const [name, { shape, values }] of Object.entries(initial)) {
      const deviation = shape.length > 1 ? 1 / Math.sqrt(shape[0]) : 0.5;
      expect(batch.parameters[name]).toEqual({ shape, values: random.normal(0, deviation, values.length) });
    }
    expect(batch.y).toEqual(Float64Array.from(random.randint(0, 2, 100)));
    expect(batch.x).toEqual(random.randn(200));
    expect([batch.name, batch.rows]).toEqual(['batch', 100]);
  });

  test('that is heavy is seen as small as it is proved at, unless its options are given', () => {
    const { mnist } = models;
    const shapes = (options?: object) => prepareModel(mnist, 1, options as never).batch.x.length / 100;
    expect(shapes()).toBe(mnist.provedAt?.size?.features ?? mnist.size!.features);
    expect(shapes({ hidden: 3 })).toBe(mnist.size!.features);
  });

  test('has its rows marked as unchanging where every step takes them all', () => {
    const { batch } = prepareModel(gate, 1);
    const isKept = (batchSize: 'full' | number) =>
      withPoint(batch, { batchSize }, ({ x, y }) => {
        expect([x.shape, y.shape]).toEqual([
          [100, 2],
          [100, 1],
        ]);
        return [x, y].map((tensor) => valuesOf(tensor) === valuesOf(tensor));
      });
    const before = tf.memory().numTensors;
    expect(isKept('full')).toEqual([true, true]);
    expect(isKept(100)).toEqual([false, false]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('calls kernels in steps both ways: each is told once', () => {
    const kernels = kernelsOf(prepareModel(points, 1));
    expect(kernels).toEqual([...new Set(kernels)].sort());
    expect(kernels).toEqual(expect.arrayContaining(['BatchMatMul', 'Softplus', '_FusedMatMul']));
    expect(kernels).not.toContain('AddScaled');
  });

  test('is timed by the median of five steps or more', () => {
    const examined = prepareModel(gate, 1);
    // Steps of 3, 1, 5, 2, 4 and 6 ms; the sixth begins before the time is over.
    const readings = [0, 10, 13, 20, 21, 30, 35, 40, 42, 50, 54, 59, 60, 66, 60];
    const further = [1000, 1010, 1013, 1020, 1021, 1030, 1035, 1040, 1042, 1050, 1054, 1060];
    const queue = [...readings, ...further];
    jest.spyOn(performance, 'now').mockImplementation(() => queue.shift()!);
    const { rows, left, microseconds } = examineStep(examined, 60);
    expect([rows, left, queue]).toEqual([100, { manual: 0, autodiff: 0 }, []]);
    expect(microseconds).toEqual({
      manual: { median: 3500, min: 1000, max: 6000, repeats: 6 },
      autodiff: { median: 3000, min: 1000, max: 5000, repeats: 5 },
    });
  });

  test('leaves so many tensors a step, and as many buffers', async () => {
    await useBackend('cpu');
    const original = tf.getKernel('Multiply', 'cpu');
    let calls = 0;
    tf.unregisterKernel('Multiply', 'cpu');
    tf.registerKernel({
      ...original,
      kernelFunc(call) {
        calls++;
        tf.keep(tf.scalar(1));
        return original.kernelFunc(call);
      },
    });
    await useBackend('float64');
    const examined = prepareModel(gate, 1);
    await useBackend('cpu');
    const { left, microseconds } = examineStep(examined, 0);
    tf.unregisterKernel('Multiply', 'cpu');
    tf.registerKernel(original);
    // 3 steps to begin with, 5 that count, 5 that are timed, both ways.
    expect(left.manual).toBeGreaterThan(0);
    expect(13 * (left.manual + left.autodiff)).toBe(2 * calls);
    expect([microseconds.manual.repeats, microseconds.autodiff.repeats]).toEqual([5, 5]);
  });

  test('agrees with itself, and differs by what the references are changed by', () => {
    const examined = prepareModel(gate, 1);
    expect(examineParity(examined)).toEqual({ agrees: true, bound: 1e-4, loss: 0, manual: 0, autodiff: 0 });
    const [first, second, third] = examined.points;
    const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
    const moved = (values: ArrayLike<number>, by: number) =>
      Float64Array.from(values).map((value, i) => value + (i === 0 ? by : 0));
    const [name] = Object.keys(first.manual.values);
    const [bias] = Object.keys(first.manual.values).slice(-1);
    const changed = structuredClone({
      points: [first, second, third].map(({ manual, autodiff }) => ({ manual, autodiff })),
    });
    changed.points[0].manual.values[name] = moved(first.manual.values[name], 0.01);
    changed.points[1].autodiff.values[bias] = moved(second.autodiff.values[bias], 0.5);
    changed.points[2].manual.values[name] = moved(third.manual.values[name], 1e-3);
    changed.points[2].manual.loss += 0.25;
    const parity = examineParity({
      ...examined,
      points: [first, second, third].map(({ point }, i) => ({ point, ...changed.points[i] })),
    });
    const normwise = (before: ArrayLike<number>, by: number) =>
      by / Math.max(norm(before), norm(moved(before, by)), 0.01);
    expect(parity).toEqual({
      ...{ agrees: false, bound: 1e-4 },
      loss: expect.closeTo(0.25 / (third.manual.loss + 0.25), 12),
      manual: expect.closeTo(
        Math.max(normwise(first.manual.values[name], 0.01), normwise(third.manual.values[name], 1e-3)),
        12,
      ),
      autodiff: expect.closeTo(normwise(second.autodiff.values[bias], 0.5), 12),
      worst: { gradients: 'autodiff', parameter: bias, point: second.point.name },
    });
  });

  test('that has no gradient at a point, here or in double precision, fails with the reason', () => {
    const examined = prepareModel(gate, 1);
    const [{ point, manual, autodiff }] = examined.points;
    const failing = { point, manual: { ...manual, problems: { weights: 'It is gone.' } }, autodiff };
    expect(() => examineParity({ ...examined, points: [failing] })).toThrow('It is gone.');
    const model = { ...point.model, gradients: () => ({}) };
    expect(() =>
      examineParity({ ...examined, points: [{ ...failing, point: { ...point, model }, manual }] }),
    ).toThrow(/^gradients\(\) returns no \w+; it returns nothing\.$/);
    const infinite = { point, manual: { ...manual, loss: Infinity }, autodiff };
    expect(examineParity({ ...examined, points: [infinite] })).toMatchObject({
      ...{ agrees: false, loss: Number.MAX_VALUE, manual: 0 },
    });
  });
});

test('an examination tells how far it is, and of what cannot even be prepared the first line', async () => {
  const broken = {
    ...gate,
    name: 'broken',
    create() {
      throw new Error('no ink\nat all');
    },
  };
  const told: unknown[][] = [];
  const found = await examine({
    ...{ environment: diagnosis.environment, entries: [broken, gate], backends: ['cpu'], milliseconds: 0 },
    progress: {
      update: (...words) => void told.push(words),
      finish: (task) => void told.push([task]),
      note: () => {},
    },
  });
  expect(told).toEqual([
    ['computing in double precision', 0, 2],
    ['computing in double precision', 1, 2],
    ['computing in double precision'],
    ['examining cpu', 0, 1],
    ['examining cpu'],
  ]);
  expect(found.problems).toEqual(['broken on float64 fails: no ink']);
  expect(found.models.map(({ model, backend }) => [model, backend])).toEqual([
    ['broken', 'float64'],
    ['gate', 'cpu'],
  ]);
  expect([Object.keys(found.kernels), found.matMulRepair, found.environment]).toEqual([
    ['gate'],
    undefined,
    diagnosis.environment,
  ]);
});
