import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import {
  onBackend,
  registerBackend,
  tensorflowPaysFrom,
  useBackend,
  type BackendName,
} from '../../../src/backend/index.ts';
import { withBackend } from '../../../src/backend/backend-lock.ts';
import { defaultsOf } from '../../../src/model/definition.ts';
import { tf } from '../../../src/utils/tf.ts';
import { multiplyAddsPerStep } from '../../../src/training/cost.ts';
import { dataFromRows, evaluate, predict, train } from '../../../src/index.ts';
import { RandomState } from '../../../src/utils/random.ts';

beforeEach(() => useBackend('cpu'));

describe('work on several backends in one program', () => {
  test('asking for one twice at once gives it twice', async () => {
    const used = await Promise.all([useBackend('wasm'), useBackend('wasm'), useBackend('wasm')]);
    expect(used.map(({ name }) => name)).toEqual(['wasm', 'wasm', 'wasm']);
    expect(tf.getBackend()).toBe('wasm');
  });

  test('concurrent trainings end as each does alone', async () => {
    const random = new RandomState(3);
    const inputs = Array.from({ length: 30 }, () => [...random.randn(5)]);
    const rows = { inputs, labels: inputs.map(([a, b]) => Number(a > b)) };
    const data = dataFromRows({ name: 'own', classNames: ['0', '1'], train: rows });
    const own = { ...models['breast-cancer'], name: 'own', dataset: 'own' };
    const names = ['wasm', 'cpu', 'float64', 'wasm', 'float64'] as const;
    const training = (backend: BackendName) =>
      train(own, { backend, data, epochs: 6, batchSize: 10, options: { init: 'normal' } });
    const together = await Promise.all(names.map(training));
    for (const [i, name] of names.entries()) {
      const { parameters, backend, file } = await training(name);
      expect([together[i].backend, backend, file.training.backend]).toEqual([name, name, name]);
      expect(together[i].parameters).toEqual(parameters);
    }
  });

  test('work on the same backend goes side by side, other work waits in line', async () => {
    const log: string[] = [];
    const work = (name: BackendName, label: string, until?: Promise<void>) =>
      onBackend(name, {}, async () => {
        log.push(`${label} begins`);
        await until;
        expect(tf.getBackend()).toBe(name);
        log.push(`${label} ends`);
      });
    let release = () => {};
    const first = work('cpu', 'first', new Promise((done) => (release = done)));
    const others = [work('wasm', 'other'), work('float64', 'last')];
    while (log.length === 0) await new Promise((done) => setTimeout(done));
    await work('cpu', 'second');
    release();
    await Promise.all([first, ...others]);
    expect(log).toEqual([
      ...['first begins', 'second begins', 'second ends', 'first ends'],
      ...['other begins', 'other ends', 'last begins', 'last ends'],
    ]);
  });

  test('who comes alone has the backend changed, who joins others has not', async () => {
    const changes: string[] = [];
    const change = (name: string) => () => Promise.resolve((changes.push(name), name));
    let release = () => {};
    const first = withBackend('a', change('first'), () => new Promise<void>((done) => (release = done)));
    await new Promise((done) => setTimeout(done));
    // The first is ready under the name that its change told, whatever it wanted.
    await withBackend('first', change('same'), () => {});
    await withBackend(undefined, change('any'), () => {});
    const other = withBackend('a', change('other'), () => {});
    expect(changes).toEqual(['first']);
    release();
    await Promise.all([first, other]);
    await withBackend('other', change('again'), () => {});
    await expect(
      withBackend(
        'b',
        () => Promise.reject(new Error('broken')),
        () => {},
      ),
    ).rejects.toThrow('broken');
    await withBackend(undefined, change('last'), () => {});
    expect(changes).toEqual(['first', 'other', 'again', 'last']);
  });

  test("the program's backend is restored when no work waits, and not before", async () => {
    const restoring = jest.spyOn(tf, 'setBackend');
    const used: string[] = [];
    const work = (name: BackendName) => onBackend(name, {}, () => void used.push(tf.getBackend()));
    await Promise.all([work('wasm'), work('float64')]);
    expect(used).toEqual(['wasm', 'float64']);
    expect(tf.getBackend()).toBe('cpu');
    expect(restoring.mock.calls.filter(([name]) => name === 'cpu')).toHaveLength(1);
    restoring.mockRestore();
  });

  test('what fails gives its turn away', async () => {
    const failing = onBackend('wasm', {}, () => Promise.reject(new Error('no')));
    const next = useBackend('float64');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toEqual({ name: 'float64' });
  });

  test('predictions and scores take the backend in use, and wait while it changes', async () => {
    const trained = await train('gate', { backend: 'cpu', epochs: 5 });
    const [, predictions] = await Promise.all([useBackend('float64'), predict(trained, [[0, 1]])]);
    expect(predictions).toEqual(await predict(trained, [[0, 1]]));
    expect(tf.getBackend()).toBe('float64');
    const three = dataFromRows({
      ...{ name: 'three', classNames: ['a', 'b', 'c'] },
      train: { inputs: [[0, 1]], labels: [2] },
    });
    await expect(evaluate(trained, three)).rejects.toThrow('for 2 classes, the dataset has 3');
  });
});

describe('auto takes the faster backend', () => {
  const asked: string[] = [];
  const isInstalled = (ready: boolean) =>
    registerBackend('tensorflow', async () => {
      asked.push('tensorflow');
      if (ready) await tf.setBackend('cpu');
      return ready ? { ready, about: '' } : { ready, why: 'It is not installed.' };
    });
  beforeEach(() => void asked.splice(0));
  afterEach(() => isInstalled(false));

  test.each<[string, number | undefined, boolean, string, string | undefined]>([
    ['small steps', 10.2, true, 'wasm', 'the faster for 10 million multiply-adds a step; tensorflow from 16'],
    [
      'large steps',
      40.7,
      true,
      'tensorflow',
      'the faster for 41 million multiply-adds a step; wasm below 16',
    ],
    ['large steps without the library', 40.7, false, 'wasm', 'It is not installed.'],
    [
      'the border',
      tensorflowPaysFrom,
      true,
      'tensorflow',
      'the faster for 16 million multiply-adds a step; wasm below 16',
    ],
    ['work of unknown size', undefined, true, 'wasm', undefined],
  ])('%s', async (_, size, installed, name, note) => {
    isInstalled(installed);
    expect(await useBackend('auto', { multiplyAddsPerStep: size })).toEqual({ name, note });
    // The library takes half a second to load.
    expect(asked).toEqual(size !== undefined && size >= tensorflowPaysFrom ? ['tensorflow'] : []);
  });

  test('rejects the old name and a wrong type of multiplyAddsPerStep', async () => {
    await expect(useBackend('auto', { stepSize: 1 } as object)).rejects.toThrow(
      'options.stepSize is now called multiplyAddsPerStep.',
    );
    await expect(useBackend('auto', { multiplyAddsPerStep: '1' } as object)).rejects.toThrow(
      'options.multiplyAddsPerStep: expected number, received string.',
    );
  });

  test('who names tensorflow gets it', async () => {
    isInstalled(true);
    expect(await useBackend('tensorflow', { multiplyAddsPerStep: 0.1 })).toEqual({ name: 'tensorflow' });
    isInstalled(false);
    await expect(useBackend('tensorflow')).rejects.toThrow('not available: It is not installed.');
  });

  test('every model of the zoo as it is trained by default is for wasm', () => {
    const rows: Record<string, number> = { cats: 209, points: 10_000, 'breast-cancer': 455, mnist: 60_000 };
    for (const [name, definition] of Object.entries(models)) {
      if (!definition.size) continue;
      const model = definition.create({ ...defaultsOf(definition), asPrinted: false });
      const size = multiplyAddsPerStep(
        model,
        { ...definition.size, rows: rows[name] ?? 4 },
        definition.recipe,
      );
      expect([name, size < tensorflowPaysFrom]).toEqual([name, true]);
    }
  });

  test('a step is as large as its weights times its rows', () => {
    const model = models.mnist.create({ ...defaultsOf(models.mnist), hidden: 64, asPrinted: false });
    const shape = { rows: 60_000, features: 784, classes: 10 };
    expect(multiplyAddsPerStep(model, shape, { batchSize: 100 })).toBeCloseTo(5.089, 12);
    expect(multiplyAddsPerStep(model, shape, { batchSize: 'full' })).toBeCloseTo(3053.4, 9);
  });
});
