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
  if (isCancelled) {
    await session.cancel();
    // The page may look until another run is open.
    requests.push(session.weights());
  } else {
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

/** A session on the cpu, of xor unless a model is given. */
async function xorSession(settings: Record<string, string>): Promise<Session> {
  await useBackend('cpu');
  const run = settingsOf({ model: 'xor', backend: 'cpu', ...settings });
  return new Session(run, await dataOf(run), silentHooks);
}

/** Trains to the end. */
async function finish(session: Session): Promise<Session> {
  session.go('end');
  await until(() => !['running', 'scoring'].includes(session.status));
  expect(session.status).toBe('complete');
  return session;
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

test.each([
  { epochs: '23', recordEvery: '5', optimizer: 'adam', learningRate: '0.01' },
  {
    model: 'points',
    rows: '50',
    testRows: '9',
    batchSize: '16',
    epochs: '4',
    optimizer: 'momentum',
    validation: '0.2',
  },
] as Record<string, string>[])(
  'a complete run goes on as the longer run from its beginning: %j',
  async (settings) => {
    const first = await finish(await xorSession(settings));
    const { recorded, steps } = first.progress();
    const longer = await finish(first.extended(7));
    const whole = await finish(
      await xorSession({ ...settings, epochs: String(Number(settings.epochs) + 7) }),
    );
    expect(longer.run).toEqual(whole.run);
    expect(await longer.weights()).toEqual(await whole.weights());
    expect(longer.finished!.metrics).toEqual(whole.finished!.metrics);
    const untimed = ({ progress }: { progress: ReturnType<Session['progress']> }) =>
      progress.records.map((record) => ({ ...record, seconds: 0 }));
    expect(untimed({ progress: longer.progress() })).toEqual(untimed({ progress: whole.progress() }));
    // Looking back and the curve go on, too.
    expect(longer.progress().recorded).toEqual(expect.arrayContaining(recorded.slice(0, 2)));
    expect(longer.progress().steps.x.slice(0, 2)).toEqual(steps.x.slice(0, 2));
  },
);

test('a run that would be another one with more epochs does not go on, and says why', async () => {
  const why = async (settings: Record<string, string>, isFinished = true) => {
    const session = await xorSession({ epochs: '3', ...settings });
    if (isFinished) await finish(session);
    try {
      session.extended(1);
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(await why({}, false)).toBe('This run cannot go on: the run is not complete yet.');
  expect(await why({ decay: 'cosine' })).toContain(
    'its learning rate falls over the whole training (cosine)',
  );
  expect(await why({ model: 'points', rows: '40', validation: '0.25', patience: '2' })).toContain(
    'early stopping',
  );
  expect(await why({ model: 'xor-composed' })).toContain('xor-composed is composed of parts');
  const session = await finish(await xorSession({ epochs: '3' }));
  expect(() => session.extended(1e9)).toThrow('epochs takes a whole number from 1 to 10000000');
});

test('a limit of the speed holds, can be changed, and neither a pause nor a reset waits for it', async () => {
  const session = await xorSession({ epochs: '100000' });
  session.limitSpeed(100);
  session.go('end');
  const startedAt = performance.now();
  await until(() => performance.now() - startedAt > 500);
  const { step } = session.progress();
  expect(step).toBeGreaterThan(20);
  expect(step).toBeLessThanOrEqual(56);
  session.limitSpeed(0.001);
  await new Promise((resolve) => setTimeout(resolve, 30));
  session.pause();
  await until(() => session.status === 'paused');
  session.go('end');
  await new Promise((resolve) => setTimeout(resolve, 30));
  await session.cancel();
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test('curves begin at epoch 0 with loss and accuracy of the initial weights', async () => {
  const session = await finish(await xorSession({ epochs: '1' }));
  const { initial, records } = session.progress();
  // The first record of full batches is measured before the first step.
  expect(initial).toEqual({ rows: 4, loss: records[0].loss, accuracy: records[0].accuracy });
  const validated = await finish(
    await xorSession({ model: 'points', rows: '400', validation: '0.25', epochs: '1', batchSize: '50' }),
  );
  expect(validated.progress().initial).toMatchObject({ rows: 256, validationLoss: expect.any(Number) });
  expect(validated.progress().initial!.validationAccuracy).toBeGreaterThan(0);
});
