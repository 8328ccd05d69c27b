import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layersFiles } from '../../../../src/saved/export/layers.ts';
import { npz } from '../../../../src/saved/export/npz.ts';
import { plainJson, plainNpz } from '../../../../src/saved/export/plain.ts';
import { loadLayersPackage } from '../../../../src/core/tf-layers.ts';
import { dataFromRows, predict, saveWeights, tf, train, useBackend } from '../../../../src/index.ts';
import type { TrainedModel } from '../../../../src/saved/trained-model.ts';
import { RandomState } from '../../../../src/core/random.ts';

const hasNumPy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
const withNumPy = hasNumPy ? test : test.skip;
if (!hasNumPy)
  console.log('skipped: what NumPy makes of the exports, for there is no python3 with NumPy here');

const documentation = fileURLToPath(new URL('../../../../docs/export.md', import.meta.url));
let snippets: string[];
let directory: string;
const trained: Record<string, TrainedModel> = {};
/** Raw rows for each model, as a user has them. */
const rows: Record<string, number[][]> = {
  gate: [
    [0, 1],
    [1, 1],
  ],
};

const backend = 'cpu';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-export-'));
  const random = new RandomState(2);
  const draw = (count: number, low: number, high: number) => Array.from(random.uniform(low, high, count));
  rows.mnist = [draw(784, 0, 255), draw(784, 0, 255), draw(784, 0, 255)];
  rows['breast-cancer'] = [draw(30, 0, 20), draw(30, 0, 20)];
  trained.gate = await train('gate', { backend, epochs: 300 });
  trained['breast-cancer'] = await train('breast-cancer', { backend, epochs: 5, data: { data: 'built-in' } });
  // Two classes are enough for other tests, but the softmax needs its ten.
  const labels = rows.mnist.map((_, i) => i);
  const digits = {
    name: 'mnist',
    classNames: Array.from('0123456789'),
    train: { inputs: rows.mnist, labels },
  };
  const data = {
    ...dataFromRows(digits),
    preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 } as const,
  };
  for (const activation of ['relu', 'sigmoid']) {
    const settings = { epochs: 3, batchSize: 'full', learningRate: 1e-4, validation: 0 } as const;
    trained[`mnist ${activation}`] = await train('mnist', {
      ...settings,
      backend,
      data,
      options: { activation, hidden: 6 },
    });
  }
  snippets = Array.from(
    (await readFile(documentation, 'utf8')).matchAll(/```python\n(.*?)```/gs),
    ([, code]) => code,
  );
});
afterAll(() => rm(directory, { recursive: true }));

function python(code: string, args: string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', code, ...args], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const rowsFor = (name: string) => rows[name.split(' ')[0]];
const names = ['gate', 'breast-cancer', 'mnist relu', 'mnist sigmoid'];

describe.each(names)('%s', (name) => {
  withNumPy('the documented snippet predicts from weights.json what predict does', async () => {
    const path = join(directory, `${name}.json`);
    await saveWeights(trained[name], path);
    const lines = rowsFor(name).map((row) => JSON.stringify(row));
    const output = JSON.parse(python(snippets[0], [path], `${lines.join('\n')}\n`)) as number[][];
    const expected = await predict(trained[name], rowsFor(name));
    expect(output).toHaveLength(expected.length);
    expected.forEach(({ probabilities }, i) =>
      probabilities.forEach((p, k) => expect(output[i][k]).toBeCloseTo(p, 5)),
    );
  });

  withNumPy('NumPy reads the arrays to the last bit', async () => {
    const path = join(directory, `${name}.npz`);
    await writeFile(path, plainNpz(trained[name].file));
    const code = `import numpy as np, json, sys
p = np.load(sys.argv[1])
print(json.dumps({n: [p[n].dtype.name, list(p[n].shape), p[n].ravel().tolist()] for n in p.files}))`;
    const read = JSON.parse(python(code, [path])) as Record<string, unknown[]>;
    for (const [parameter, { dtype, shape, values }] of Object.entries(trained[name].file.parameters)) {
      expect(read[parameter]).toEqual([dtype, shape, values]);
    }
  });

  test('JSON holds the parameters as nested lists', () => {
    const { parameters, classNames } = JSON.parse(plainJson(trained[name].file)) as {
      parameters: Record<string, unknown[]>;
      classNames: string[];
    };
    expect(classNames).toEqual(trained[name].file.classNames);
    for (const [parameter, { shape, values }] of Object.entries(trained[name].file.parameters)) {
      const read = parameters[parameter];
      expect([read.length, ...(shape.length > 1 ? [(read[0] as number[]).length] : [])]).toEqual(shape);
      expect(read.flat()).toEqual(values);
    }
  });

  test('TensorFlow.js loads the layers, and they compute the same', async () => {
    const files = await layersFiles(trained[name]);
    const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(files['model.json']) as {
      modelTopology: object;
      weightsManifest: { weights: never[] }[];
      userDefinedMetadata: { preprocessing: object };
    };
    expect(userDefinedMetadata.preprocessing).toEqual(trained[name].file.preprocessing);
    const weightData = Uint8Array.from(files['weights.bin']).buffer;
    const [{ weights: weightSpecs }] = weightsManifest;
    const loaded = await (
      await loadLayersPackage()
    ).loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const { preprocessing } = trained[name].file;
    const prepared = rowsFor(name).map((row) =>
      row.map((v, i) =>
        preprocessing.kind === 'image'
          ? v / preprocessing.divisor
          : preprocessing.kind === 'standardise'
            ? (v - preprocessing.mean[i]) / preprocessing.scale[i]
            : v,
      ),
    );
    const outputs = (loaded.predict(tf.tensor2d(prepared)) as ReturnType<typeof tf.tensor2d>).arraySync();
    const expected = await predict(trained[name], rowsFor(name));
    const binary = expected[0].probabilities.length === 2;
    expected.forEach(({ probabilities }, i) =>
      (binary ? probabilities.slice(1) : probabilities).forEach((p, k) =>
        expect(outputs[i][k]).toBeCloseTo(p, 4),
      ),
    );
  });
});

withNumPy('the documented snippet for mnist names the digits from parameters.npz', async () => {
  const path = join(directory, 'digits.npz');
  await writeFile(path, plainNpz(trained['mnist relu'].file));
  const output = python(snippets[1], [path], rows.mnist.map((row) => row.join()).join('\n'));
  const expected = await predict(trained['mnist relu'], rows.mnist);
  expect(output.trim().split(' ')).toEqual(expected.map(({ label }) => label));
});

test('what is no chain of dense layers is refused', async () => {
  await useBackend(backend);
  const xor = await train('xor', { backend, epochs: 2 });
  await expect(layersFiles(xor)).rejects.toThrow('no chain of dense layers');
  // Right shapes, another computation.
  const { model } = trained['mnist relu'];
  const twisted = {
    ...trained['mnist relu'],
    model: {
      ...model,
      forward: (...given: Parameters<typeof model.forward>) => {
        const activations = model.forward(...given);
        return { ...activations, logits: activations.logits.reverse(1) };
      },
    },
  };
  await expect(layersFiles(twisted)).rejects.toThrow('no chain of dense layers');
});

test('equal arrays make equal bytes', () => {
  const arrays = { a: { shape: [2], dtype: 'float64', values: [1, -0] } } as const;
  expect(npz(arrays)).toEqual(npz(arrays));
});
