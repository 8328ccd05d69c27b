/**
 * The state of the page and the worker that trains, connected without a browser: messages are copied as between threads.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { train } from '../../../src/browser.ts';
import { weightsText } from '../../../src/weights/saved-model.ts';
import { readFiles } from '../../../src/playground/worker/user-files.ts';
import { networkOf } from '../../../src/playground/worker/views.ts';
import { openPage } from '../../helpers/page-in-node.ts';

let zoo: Awaited<ReturnType<typeof openPage>>['zoo'];
let until: Awaited<ReturnType<typeof openPage>>['until'];
beforeAll(async () => {
  ({ zoo, until } = await openPage('#backend=cpu'));
});

const xor = { model: 'xor', backend: 'cpu', epochs: '6', seed: '7' };

/** The network that the library has after so many epochs, as the page would show it. */
async function expectedAfter(epochs: number) {
  const definition = models.xor;
  const trained = await train(definition, { epochs, seed: 7, backend: 'cpu' });
  return networkOf(trained.model, trained.parameters, 2);
}

test('the view shows the weights of the step: before the first, in a pause, at the end and after a reset', async () => {
  await zoo.open(xor, true);
  await until(() => zoo.state.view?.step === 0);
  const initial = zoo.state.view!.network;
  for (const epochs of [1, 2]) {
    await zoo.go('epoch');
    await until(() => zoo.state.progress?.status === 'paused' && zoo.state.progress.epoch === epochs);
    const { step } = zoo.state.progress!;
    await until(() => zoo.state.view?.step === step);
    expect(zoo.state.view!.network).toMatchObject((await expectedAfter(epochs))!);
    expect(zoo.state.view!.network).not.toEqual(initial);
  }
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
  await until(() => zoo.state.view?.step === zoo.state.progress!.step);
  expect(zoo.state.view!.network).toMatchObject((await expectedAfter(6))!);
  await zoo.open(zoo.state.opened!.address, true);
  await until(() => zoo.state.view);
  expect(zoo.state.view).toMatchObject({ step: 0, network: initial });
});

test('the weights of a run with pauses are those of the library', async () => {
  await zoo.open(xor, true);
  await zoo.go('step');
  await until(() => zoo.state.progress?.status === 'paused');
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
  const { weights } = await zoo.worker.files();
  const trained = await train(models.xor, { epochs: 6, seed: 7, backend: 'cpu' });
  expect(weights).toBe(weightsText(trained));
});

test('another setting replaces the view, although the step is the same', async () => {
  await zoo.open(xor, true);
  await until(() => zoo.state.view);
  const before = zoo.state.view!.network;
  await zoo.change('seed', '8');
  await until(() => zoo.state.view);
  expect(zoo.state.view!.step).toBe(0);
  expect(zoo.state.view!.network).not.toEqual(before);
});

test('the view answers after a training diverged, and after a running one was replaced', async () => {
  await zoo.open(
    { model: 'mlp', backend: 'cpu', optimizer: 'sgd', learningRate: '100000', epochs: '50' },
    true,
  );
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'diverged');
  expect((await zoo.worker.view()).step).toBeGreaterThan(0);
  await zoo.open({ ...xor, epochs: '100000' }, true);
  await zoo.go('end');
  const early = zoo.worker.view();
  await zoo.open(xor, true);
  await early;
  expect((await zoo.worker.view()).step).toBe(0);
});

test('an invalid setting stays at its field, and nothing is trained until it is valid', async () => {
  await zoo.open(xor, true);
  await zoo.change('learningRate', 'fast');
  expect(zoo.state.invalid).toEqual({
    learningRate: { text: 'fast', message: expect.stringContaining('learningRate takes a number') },
  });
  expect(zoo.state.opened!.address).toMatchObject({ seed: '7' });
  await zoo.go('end');
  expect(zoo.state.progress!.status).toBe('ready');
  // Another invalid one is added; a valid one opens a run and leaves both.
  await zoo.change('epochs', '0');
  await zoo.change('seed', '9');
  expect(Object.keys(zoo.state.invalid).sort()).toEqual(['epochs', 'learningRate']);
  expect(zoo.state.opened!.address.seed).toBe('9');
  await zoo.change('epochs', '4');
  expect(zoo.isInvalid).toBe(true);
  await zoo.change('learningRate', '0.25');
  expect(zoo.state.invalid).toEqual({});
  expect(zoo.state.opened!.address).toMatchObject({ seed: '9', epochs: '4', learningRate: '0.25' });
  await zoo.go('step');
  await until(() => zoo.state.progress?.step === 1);
});

test('a link with an invalid value names it and keeps the rest', async () => {
  await zoo.open({ ...xor, learningRate: 'fast', seed: '5', optimiser: 'sgd' }, true);
  expect(zoo.state.wrong).toBeUndefined();
  expect(zoo.state.opened!.address).toMatchObject({ model: 'xor', seed: '5', epochs: '6' });
  expect(zoo.state.invalid).toMatchObject({
    learningRate: { text: 'fast' },
    optimiser: { text: 'sgd', message: expect.stringContaining('optimiser') },
  });
  expect(zoo.isInvalid).toBe(true);
  await zoo.open({ model: 'nonsense', backend: 'cpu', seed: '5' }, true);
  expect(zoo.state.invalid).toMatchObject({ model: { text: 'nonsense' } });
  expect(zoo.state.opened!.address).toMatchObject({ model: 'gate', seed: '5' });
  expect(zoo.isInvalid).toBe(true);
});

test('the page says whether data is generated, synthetic or of the user', async () => {
  const originOf = async (address: Record<string, string>) => {
    await zoo.open({ backend: 'cpu', ...address }, true);
    return [zoo.state.wrong, zoo.state.opened!.data.origin];
  };
  expect(await originOf({ model: 'points' })).toEqual([undefined, 'generated']);
  expect(await originOf({ model: 'breast-cancer' })).toEqual([undefined, 'synthetic']);
  expect(await originOf({ model: 'softmax' })).toEqual([undefined, 'synthetic']);
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 5},${i % 2 ? 'a' : 'b'}`);
  // Files are not copied by this connection.
  await readFiles([new File([['x,y,kind', ...lines].join('\n')], 'own.csv')]);
  const data = await zoo.worker.useTable({ target: 'kind' });
  expect(await originOf({ model: 'mlp', data })).toEqual([undefined, 'user']);
});

test('a run opens at a row that shows something, and at a speed with which it lasts some seconds', async () => {
  const opened = async (address: Record<string, string>) => {
    await zoo.open({ backend: 'cpu', ...address }, true);
    return zoo.state.opened!;
  };
  // Rows of the truth table: 00, 01, 10, 11.
  expect(await opened({ model: 'xor', epochs: '900' })).toMatchObject({ firstRow: 1, speed: 200 });
  expect(await opened({ model: 'gate', gate: 'and' })).toMatchObject({ firstRow: 3 });
  expect(await opened({ model: 'gate', gate: 'nand' })).toMatchObject({ firstRow: 1 });
  expect((await opened({ model: 'mnist' })).speed).toBeUndefined();
});

test('a complete run goes on under the address of the longer run, whose files it leaves', async () => {
  await zoo.open(xor, true);
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
  expect(zoo.state.progress!.result).toMatchObject({ epoch: 6, scores: [{ rows: 4 }, { rows: 4 }] });
  const opened = await zoo.worker.extend(3);
  expect(opened.address).toEqual({ ...zoo.state.opened!.address, epochs: '9' });
  expect(opened.epochs).toBe(9);
  await zoo.worker.go('end');
  await until(() => zoo.state.progress?.status === 'complete' && zoo.state.progress.epoch === 9);
  const trained = await train(models.xor, { epochs: 9, seed: 7, backend: 'cpu' });
  expect((await zoo.worker.files()).weights).toBe(weightsText(trained));
  await expect(zoo.worker.extend(1e8)).rejects.toThrow('epochs');
});
