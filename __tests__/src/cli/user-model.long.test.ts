/** A model in a file of one's own goes wherever one of the zoo does. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { bin, zoo } from '../../helpers/zoo.ts';

const directory = temporaryDirectory();
const file = './my-model.ts';
const program = `
import { constant, defineZooModel, defineModel, linear, defaultRecipe, softmaxCrossEntropy, sumRows, transposedMatMul, zeros } from 'backprop-zoo';

export const model = defineModel({
  name: 'heaps',
  task: 'multiclass',
  initial: ({ features, classes }) => ({ weights: zeros([features, classes]), bias: zeros([classes]) }),
  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }),
  loss: softmaxCrossEntropy,
  gradients(_, x, y, { logits }) {
    const dLogits = logits.softmax().sub(y).mul(constant(1 / x.shape[0]));
    return { weights: transposedMatMul(x, dLogits), bias: sumRows(dLogits) };
  },
});

export const heaps = defineZooModel({
  name: 'heaps', title: 'softmax regression', document: 'own', dataset: 'heaps',
  options: { factor: { describe: 'does nothing', default: 1 } },
  recipe: { ...defaultRecipe, epochs: 30, learningRate: 0.5 },
  create: () => model,
});
`;
const table = Array.from({ length: 60 }, (_, i) => `${(i % 3) + ((i * 7) % 10) / 15},${'abc'[i % 3]}\n`);

const run = (...args: string[]) => zoo([...args, '--quiet'], { cwd: directory });
const ofTable = ['--data-file', 't.csv', '--target', 'kind'];

beforeAll(async () => {
  await writeFile(join(directory, file), program);
  await writeFile(join(directory, 't.csv'), `x,kind\n${table.join('')}`);
  const { code, stderr } = await run('train', file, ...ofTable, '--out', 'run', '--backend', 'cpu');
  expect([code, stderr]).toEqual([0, '']);
}, 60_000);

test('weights.json and run.json name the file and its hash', async () => {
  for (const name of ['weights.json', 'run.json']) {
    const content = JSON.parse(await readFile(join(directory, 'run', name), 'utf8')) as object;
    expect(content).toMatchObject({
      model: 'heaps',
      modelFile: { path: file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    });
  }
});

test.each([
  ['evaluate', ['evaluate', 'run'], /^test accuracy/],
  ['predict', ['predict', 'run', 't.csv'], /^input +label/],
  ['verify', ['verify', 'run'], /^verified/],
  ['export', ['export', 'run', '--format', 'npz'], /parameters\.npz/],
  ['gradcheck', ['gradcheck', file], /heaps on float64: agrees/],
  [
    'sweep',
    ['sweep', file, ...ofTable, ...'--learning-rate 0.1,0.5 --epochs 3 --out sweep --workers 1'.split(' ')],
    /2 of 2 trials complete/,
  ],
])('%s takes it', async (_, args, said) => {
  const { code, stdout } = await run(...args);
  expect(stdout).toMatch(said);
  expect(code).toBe(0);
});

test('the command in the report works', async () => {
  const page = await readFile(join(directory, 'run/report.html'), 'utf8');
  const [, command] = /<pre>zoo (train [^<]*)<\/pre>/.exec(page)!;
  expect(command).toMatch(/^train \.\/my-model\.ts /);
  const line = `"${process.execPath}" "${bin}" ${command} --out pasted --quiet`;
  await promisify(execFile)('sh', ['-c', line], { cwd: directory });
  const weights = (out: string) => readFile(join(directory, out, 'weights.json'), 'utf8');
  expect(await weights('pasted')).toBe(await weights('run'));
});

test.each([
  ['no such file', ['train', './none.ts', ...ofTable], /File not found: \.\/none\.ts/],
  ['no data', ['train', file], /has no dataset "heaps" .*--data-file FILE --target COLUMN/],
  ['no such model in it', ['train', `${file}#x`, ...ofTable], /Unknown model "x" in .*Known: heaps/],
])('%s is told in one sentence', async (_, args, message) => {
  const { code, stderr, stdout } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

describe('a file that has moved or changed', () => {
  test('is required, and accepted with --model', async () => {
    await rename(join(directory, file), join(directory, 'moved.ts'));
    const missing = await run('evaluate', 'run');
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(
        /is in the file \.\/my-model\.ts, which does not exist\. Name it with --model FILE/,
      ),
    ]);
    const given = await run('predict', 'run', 't.csv', '--model', 'moved.ts');
    expect(given.code).toBe(0);
    const verified = await run('verify', 'run', '--model', 'moved.ts');
    expect(verified.stdout).toMatch(/^verified/);
    await rename(join(directory, 'moved.ts'), join(directory, file));
  });

  test('is rejected if it has changed since training', async () => {
    await appendFile(join(directory, file), '\n// changed\n');
    const { code, stderr } = await run('evaluate', 'run');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/has changed since .*--model \.\/my-model\.ts/),
    ]);
  });
});
