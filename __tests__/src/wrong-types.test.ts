/** JavaScript does not ask for types: whatever a program gives to the library, it is told in a sentence what is wrong. */
import { beforeAll, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zoo from '../../src/index.ts';

/** `\0` is possible in no path, so that nothing is written by accident. */
const wrong: readonly unknown[] = [
  undefined,
  null,
  5,
  NaN,
  '\0',
  true,
  {},
  [],
  () => 1,
  [null],
  { train: 5 },
];

/** Values of fields: one of each kind. */
const wrongInside: readonly unknown[] = [undefined, null, NaN, '\0', {}, [null], () => 1];

type Call = [name: string, call: (...args: never[]) => unknown, args: () => unknown[]];

let trained: zoo.TrainedModel;
let text: string;
beforeAll(async () => {
  trained = await zoo.train('gate', { epochs: 2, backend: 'cpu' });
  text = zoo.weightsText(trained);
});

const rows = { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 1] }; // prettier-ignore
const own = {
  name: 'own',
  classNames: ['a', 'b'],
  train: rows,
  validation: rows,
  test: rows,
  standardise: true,
};
const data = () => zoo.dataFromRows(own);
const model = zoo.models.gate.create({ gate: 'and', asPrinted: false });
const sources = ['manual', 'autodiff'];
const request = { data: 'auto', cacheDir: tmpdir(), seed: 1, options: {}, progress: zoo.silent };
const settings = {
  ...{ epochs: 1, batchSize: 2, backend: 'cpu', gradients: 'manual', asPrinted: false, recordEvery: 1 },
  ...{ options: { gate: 'and' }, preset: undefined, out: undefined, overwrite: false },
  ...{ onEpoch: undefined, onStep: undefined, signal: undefined },
};
const check = { seed: 1, draws: 1, entries: 2, tolerance: 1e-6, sources, backend: 'cpu' };
const training = { recipe: { ...zoo.defaultRecipe, epochs: 1 }, classes: 2, recordEvery: 1 };

// Whatever is not replaced trains for two epochs only.
const gate = { ...zoo.models.gate, recipe: { ...zoo.models.gate.recipe, epochs: 2 } };

const calls: Call[] = [
  ['train', zoo.train, () => [gate, { ...settings, data: data() }]],
  ['evaluate', zoo.evaluate, () => [trained, data()]],
  ['predict', zoo.predict, () => [trained, [[0, 1]]]],
  ['saveWeights', zoo.saveWeights, () => [trained, join(tmpdir(), 'nowhere', 'at', 'all.json')]],
  ['weightsText', zoo.weightsText, () => [trained]],
  ['loadWeights', zoo.loadWeights, () => [join(tmpdir(), 'nowhere.json'), zoo.models.gate]],
  ['weightsFrom', zoo.weightsFrom, () => [text, 'w.json', zoo.models.gate]],
  ['loadData', zoo.loadData, () => ['logic-gates', { ...request, dataDir: undefined }]],
  ['dataFromRows', zoo.dataFromRows, () => [own]],
  [
    'checkGradients',
    zoo.checkGradients,
    () => [model, { x: [[0, 1]], y: [[1]], parameters: undefined }, check],
  ],
  [
    'checkModel',
    zoo.checkModel,
    () => [model, { ...check, size: { features: 2, classes: 2 }, variants: {} }],
  ],
  [
    'trainModel',
    zoo.trainModel,
    () => [model, { train: data().train }, { ...training, gradients: zoo.gradientSources.manual }],
  ],
  ['useBackend', zoo.useBackend, () => ['cpu', { threads: 1 }]],
];

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The value itself and all that it holds, two levels deep, each replaced by everything wrong. */
function* replaced(value: unknown, place: string, depth = 2): Generator<[place: string, value: unknown]> {
  // A function that does something else is the program's own affair.
  const all = depth === 2 ? wrong : wrongInside;
  const others = typeof value === 'function' ? all.filter((other) => typeof other !== 'function') : all;
  for (const other of others) yield [`${place} = ${String(JSON.stringify(other) ?? other)}`, other];
  if (depth === 0 || !isPlain(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const [at, other] of replaced(inner, `${place}.${key}`, depth - 1))
      yield [at, { ...value, [key]: other }];
  }
}

/** What went wrong in another way than on purpose. */
async function surprise(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const isMeant = error instanceof zoo.InputError || error instanceof zoo.WorkError;
    return isMeant ? undefined : String(error);
  }
}

test.each(calls)(
  '%s',
  async (name, call, argumentsOf) => {
    const given = argumentsOf();
    const surprises: string[] = [];
    for (const [i, argument] of given.entries()) {
      for (const [place, other] of replaced(argument, `${name}(${i})`)) {
        const found = await surprise(() => call(...(given.with(i, other) as never[])));
        if (found) surprises.push(`${place} → ${found}`.slice(0, 200));
      }
    }
    expect(surprises).toEqual([]);
  },
  60_000,
);

/** A sparse array: `delete` leaves a place that holds nothing. */
function withHole<T>(list: T[], at: number): T[] {
  const copy = [...list];
  // eslint-disable-next-line @typescript-eslint/no-array-delete
  delete copy[at];
  return copy;
}

test.each<[string, () => unknown, string]>([
  ['a backend', () => zoo.train('gate', { backend: 'x' as never }), 'backend takes one of auto, tensorflow'],
  [
    'data',
    () => zoo.train('gate', { data: null as never }),
    'train.data: expected an object, received null.',
  ],
  ['out', () => zoo.train('gate', { out: 5 as never }), 'train.out: expected string, received number.'],
  ['a sparse table', () => zoo.dataFromRows({ ...own, train: { ...rows, inputs: withHole(rows.inputs, 1) } }), 'training, row 2: expected a list of numbers, received nothing'], // prettier-ignore
  ['a sparse row', () => zoo.dataFromRows({ ...own, train: { ...rows, inputs: rows.inputs.with(2, withHole([1, 0], 0)) } }), 'training, row 3: not all are finite numbers'], // prettier-ignore
  ['a sparse row to predict', () => zoo.predict(trained, [withHole([0, 1], 0)]), 'input 1 must be a list of finite numbers'], // prettier-ignore
  ['too many classes', () => zoo.train('gate', { data: { ...data(), classNames: new Array<string>(257).fill('a') } }), 'data.classNames must be 2 to 256, or 1 for a regression, not 257.'], // prettier-ignore
  ['too few labels', () => zoo.train('gate', { data: { ...data(), train: { ...data().train, labels: Uint8Array.of(0, 1) } } }), 'data.train has 8 inputs and 2 labels, where 4 rows of 2 features need 8 and 4.'], // prettier-ignore
  ['labels beyond the classes', () => zoo.train('gate', { data: { ...data(), train: { ...data().train, labels: Uint8Array.of(0, 1, 2, 1) } } }), 'data.train, row 3: the label 2 is not a class number from 0 to 1'], // prettier-ignore
])('says what is wrong: %s', async (_, call, message) => {
  const outcome = Promise.resolve().then(call);
  await expect(outcome).rejects.toThrow(message);
  await expect(outcome).rejects.toBeInstanceOf(zoo.InputError);
});
