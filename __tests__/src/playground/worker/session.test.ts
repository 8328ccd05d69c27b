/** Requests for weights are answered however a training ends; unanswered, the page would never draw weights again. */
import { expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { settingsOf } from '../../../../src/playground/worker/catalogue.ts';
import { dataOf } from '../../../../src/playground/worker/data.ts';
import { Session } from '../../../../src/playground/worker/session.ts';

test.each([
  ['was cancelled before its first step', { model: 'xor' }, true],
  ['diverged at its first step', { model: 'mlp', optimizer: 'sgd', learningRate: '1e38' }, false],
])('weights that were requested of a training that %s are returned', async (_, address, isCancelled) => {
  await useBackend('cpu');
  const run = settingsOf({ ...address, backend: 'cpu', epochs: '50' });
  const hooks = { onProgress: () => {}, onState: () => {}, onFinished: () => Promise.resolve(undefined) };
  const session = new Session(run, await dataOf(run), hooks);
  const initial = await session.parameters();
  session.go('end');
  const requests = [session.parameters()];
  if (isCancelled) await session.cancel();
  else {
    // One request at each moment at which the training may have ended.
    while (session.status === 'running') {
      requests.push(session.parameters());
      await new Promise(setImmediate);
    }
    expect(session.status).toBe('diverged');
  }
  const answers = await Promise.all(requests);
  for (const answer of answers) expect(Object.keys(answer)).toEqual(Object.keys(initial));
});
