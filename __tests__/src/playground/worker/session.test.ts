/** Requests for weights are answered however a training ends; unanswered, the page would never draw weights again. */
import { expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { settingsOf } from '../../../../src/playground/worker/catalogue.ts';
import { dataOf } from '../../../../src/playground/worker/data.ts';
import { Session } from '../../../../src/playground/worker/session.ts';
import { Snapshots } from '../../../../src/playground/worker/snapshots.ts';

test.each([
  ['was cancelled before its first step', { model: 'xor' }, true],
  ['diverged at its first step', { model: 'mlp', optimizer: 'sgd', learningRate: '1e38' }, false],
])('weights that were requested of a training that %s are returned', async (_, address, isCancelled) => {
  await useBackend('cpu');
  const run = settingsOf({ ...address, backend: 'cpu', epochs: '50' });
  const hooks = { onProgress: () => {}, onState: () => {}, onFinished: () => Promise.resolve(undefined) };
  const session = new Session(run, await dataOf(run), hooks);
  const { parameters: initial } = await session.weights();
  session.go('end');
  const requests = [session.weights()];
  if (isCancelled) await session.cancel();
  else {
    // One request at each moment at which the training may have ended.
    while (session.status === 'running') {
      requests.push(session.weights());
      await new Promise(setImmediate);
    }
    expect(session.status).toBe('diverged');
  }
  const answers = await Promise.all(requests);
  for (const { parameters } of answers) expect(Object.keys(parameters)).toEqual(Object.keys(initial));
});

const silentHooks = { onProgress: () => {}, onState: () => {}, onFinished: () => Promise.resolve(undefined) };

/** A session of xor on the cpu. */
async function xorSession(settings: Record<string, string>): Promise<Session> {
  await useBackend('cpu');
  const run = settingsOf({ model: 'xor', backend: 'cpu', ...settings });
  return new Session(run, await dataOf(run), silentHooks);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

test('the weights of a recorded step are those of a training that ends there', async () => {
  const session = await xorSession({ epochs: '500' });
  session.go('end');
  await until(() => session.status === 'complete');
  const { recorded } = session.progress();
  expect(recorded.length).toBeLessThanOrEqual(60);
  expect([recorded[0], recorded.at(-1)]).toEqual([0, 500]);
  const step = recorded[20];
  const shorter = await xorSession({ epochs: String(step) });
  shorter.go('end');
  await until(() => shorter.status === 'complete');
  expect(await session.weights(step)).toEqual(await shorter.weights());
  expect(await session.weights(recorded[21] - 1)).toEqual(await session.weights(step));
  expect(await session.weights(500)).toEqual(await session.weights());
});

test('the latest pause is recorded, and looking back changes nothing of the training', async () => {
  const session = await xorSession({ epochs: '400' });
  const toPause = async () => {
    session.go('end');
    await until(() => session.progress().step > 200);
    session.pause();
    await until(() => session.status === 'paused');
  };
  await toPause();
  const { step, recorded } = session.progress();
  expect(recorded.at(-1)).toBe(step);
  expect(await session.weights(step)).toEqual(await session.weights());
  expect((await session.weights(0)).step).toBe(0);
  session.go('end');
  await until(() => session.status === 'complete');
  const whole = await xorSession({ epochs: '400' });
  whole.go('end');
  await until(() => whole.status === 'complete');
  expect(await session.weights()).toEqual(await whole.weights());
});

test('recorded weights stay within their number and memory', () => {
  const set = (values: number) => ({ weights: { shape: [values], values: new Float64Array(values) } });
  const stepsOf = (values: number, steps: number): number[] => {
    const snapshots = new Snapshots(set(values));
    for (let step = 1; step <= steps; step++) {
      if (snapshots.isDue(step)) snapshots.add({ step, parameters: set(values) });
    }
    snapshots.pause({ step: steps + 1, parameters: set(values) });
    return snapshots.steps;
  };
  for (const steps of [58, 59, 60, 1000, 12345]) {
    const kept = stepsOf(3, steps);
    expect(kept.length).toBeLessThanOrEqual(60);
    expect(kept.length).toBeGreaterThan(30);
    expect(Math.max(...kept.map((step, i) => step - (kept[i - 1] ?? 0)))).toBeLessThanOrEqual(steps / 29 + 1);
  }
  expect(stepsOf(250_000, 100).length).toBeLessThanOrEqual(8);
  expect(stepsOf(3_000_000, 10)).toEqual([0, 11]);
});
