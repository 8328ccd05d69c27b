/** Models of sequences on the page: their data, texts and baselines, and files that the command line repeats. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { sequenceModels } from '../../../../models/sequences.ts';
import { sequenceTitles } from '../../../../src/playground/worker/catalogue.ts';
import { readFiles } from '../../../../src/playground/worker/user-files.ts';
import { readRun, verify } from '../../../../src/runs/verify.ts';
import { silent } from '../../../../src/utils/progress.ts';
import { openPage } from '../../../helpers/page-in-node.ts';

let zoo: Awaited<ReturnType<typeof openPage>>['zoo'];
let until: Awaited<ReturnType<typeof openPage>>['until'];
beforeAll(async () => {
  ({ zoo, until } = await openPage(''));
});

const small = { steps: '6', batchSize: '8', recordEvery: '2' };
const bigram = { model: 'bigram', ...small };
const gpt = { model: 'gpt', ...small, corpus: 'addition', context: '10', width: '4', heads: '2' };

/** Trains to the end. */
async function train(address: Record<string, string>): Promise<void> {
  await zoo.open(address, true);
  expect(zoo.state.wrong).toBeUndefined();
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
}

test('the catalogue lists the models of sequences by their titles, and their fields once one is opened', async () => {
  const titles = Object.values(sequenceModels).map(({ name, title }) => [name, title]);
  expect(Object.entries(sequenceTitles)).toEqual(titles);
  const card = () => zoo.state.catalogue!.models.find(({ name }) => name === 'gpt')!;
  expect(card()).toMatchObject({ fields: [], dataset: 'sequences' });
  await zoo.open(gpt, true);
  const names = card().fields.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['corpus', 'heads', 'steps', 'beta1', 'clipNorm']));
  expect(zoo.state.catalogue!.models.filter(({ name }) => name in sequenceTitles)).toHaveLength(5);
  expect(zoo.state.opened!.address).toMatchObject({ steps: '6', beta1: '0.85', corpus: 'addition' });
  expect(zoo.state.opened).toMatchObject({ steps: 6, inSteps: true });
  expect(zoo.state.opened!.epochs).toBeCloseTo(6 / 1125, 12);
});

test.each([
  ['bigram on names', bigram],
  ['gpt on sums', gpt],
])(
  'the files of %s pass verification on the command line',
  async (_, address) => {
    await train(address);
    const { weights, run } = await zoo.worker.files();
    const directory = await mkdtemp(join(tmpdir(), 'page-sequences-'));
    try {
      await writeFile(join(directory, 'weights.json'), weights);
      await writeFile(join(directory, 'run.json'), run);
      const recorded = await readRun(directory);
      const { options, recipe } = recorded.request;
      const data = { data: 'built-in', cacheDir: '', seed: recipe.seed, options, progress: silent } as const;
      expect(await verify(recorded, data)).toMatchObject({ verified: true, differences: [] });
    } finally {
      await rm(directory, { recursive: true });
    }
  },
  30_000,
);

test('texts of the model are those of its weights, at each recorded step and at the end', async () => {
  await train(bigram);
  const now = await zoo.worker.view();
  expect(now).toMatchObject({ step: 6, sampledAt: 6 });
  expect(now.samples).toHaveLength(8);
  const before = await zoo.worker.view(undefined, 2);
  expect(before).toMatchObject({ step: 2, sampledAt: 2 });
  expect(before.samples).not.toEqual(now.samples);
  expect((await zoo.worker.view(undefined, 6)).samples).toEqual(now.samples);
  const { alphabet } = zoo.state.opened!.data.tokens!;
  for (const text of now.samples!) for (const letter of text) expect(alphabet).toContain(letter);
});

test('the page shows the alphabet, training texts, and baselines with the least possible loss', async () => {
  await zoo.open(bigram, true);
  const { data } = zoo.state.opened!;
  expect(data).toMatchObject({ kind: 'tokens', origin: 'synthetic', rows: { train: 28_800, test: 3_200 } });
  expect(data.tokens!.alphabet).toHaveLength(20);
  expect(data.tokens!.texts[0]).toMatch(/^[a-z]+$/);
  await until(() => zoo.state.progress?.baselines);
  const baselines = zoo.state.progress!.baselines!;
  expect(Object.keys(baselines)).toEqual(['uniform', '4 previous characters', 'least possible']);
  expect(baselines.uniform).toBeCloseTo(Math.log(21), 12);
});

test('a step is looked into on the beginnings of rows, with at least one target in each', async () => {
  await zoo.open(gpt, true);
  const request = await zoo.worker.inside(0, 2);
  expect(request.tokens!.alphabet).toHaveLength(13);
  expect([request.rows, request.x.length, request.y.length]).toEqual([2, 16, 16]);
  // <end>dd+dd=s, of which the digits of the sum are to be predicted.
  expect(Array.from(request.y.subarray(0, 6))).toEqual(Array(6).fill(-1));
  expect(request.y[6]).toBeGreaterThanOrEqual(0);
  const symbols = Array.from(request.x.subarray(0, 8), (token) => request.tokens!.alphabet[token]);
  expect(symbols.join('')).toMatch(/^<end>\d\d\+\d\d=\d$/);
});

test('a pause in a run by steps changes nothing, and another run follows it', async () => {
  await train(gpt);
  const { weights } = await zoo.worker.files();
  await zoo.open(gpt, true);
  await zoo.go('step');
  await until(() => zoo.state.progress?.status === 'paused');
  expect(zoo.state.progress!.step).toBe(1);
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
  expect((await zoo.worker.files()).weights).toBe(weights);
});

test('a text of the user is learned by models of sequences alone, and the corpus text needs one', async () => {
  const text = 'the quick brown fox jumps over the lazy dog.\n'.repeat(60);
  const dropped = await readFiles([new File([text], 'fox.txt')]);
  expect(dropped).toMatchObject({ kind: 'text', name: 'fox.txt', characters: text.length });
  const data = (dropped as Extract<typeof dropped, { kind: 'text' }>).data;
  await train({ ...bigram, data });
  expect(zoo.state.opened!.data).toMatchObject({ kind: 'tokens', origin: 'user', name: 'text' });
  expect((await zoo.worker.view()).samples).toHaveLength(1);
  expect(JSON.parse((await zoo.worker.files()).run)).toMatchObject({
    dataset: { source: 'dir', own: { file: 'fox.txt' }, files: [{ name: 'fox.txt', bytes: text.length }] },
  });
  await zoo.open({ model: 'mlp', data });
  expect(zoo.state.wrong).toBe('Your file fox.txt is a text, for models of sequences: mlp cannot learn it.');
  const open = jest.spyOn(zoo, 'open').mockResolvedValue();
  await zoo.change('model', 'mlp');
  await zoo.change('model', 'gpt');
  expect(open.mock.calls).toEqual([[{ model: 'mlp' }], [{ model: 'gpt', data }]]);
  open.mockRestore();
  await zoo.open({ ...bigram, corpus: 'text' });
  expect(zoo.state.wrong).toMatch(/^The page cannot download the corpus text: drop a text file/);
});
