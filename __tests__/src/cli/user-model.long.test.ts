/** A model in a file of one's own goes wherever one of the zoo does. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { bin, ending, until, zoo } from '../../helpers/zoo.ts';

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

describe('a model whose import is edited', () => {
  const helper = join(directory, 'lib/scale.ts');
  const table = ['--data-file', 't.csv', '--target', 'kind', '--backend', 'cpu'];
  const write = (factor: number) =>
    writeFile(helper, `export { factor } from './factor.js';\n// ${factor}\n`);

  beforeAll(async () => {
    await mkdir(join(directory, 'lib'));
    await write(1);
    await writeFile(join(directory, 'lib/factor.ts'), 'export const factor: number = 1;\n');
    const importing = `import { factor } from './lib/scale';\n${program.replace('constant(1 /', 'constant(factor /')}`;
    await writeFile(join(directory, 'two.ts'), importing);
  });

  test('is not resumed or swept further with the edited file, which is named', async () => {
    const long = ['train', './two.ts', ...table, '--epochs', '1000000', '--record-every', '100000'];
    const child = spawn(process.execPath, [bin, ...long, '--out', 'stopped', '--checkpoint-every', '5'], {
      cwd: directory,
      stdio: 'ignore',
    });
    await until(() => existsSync(join(directory, 'stopped/checkpoint.json')));
    child.kill('SIGINT');
    expect(await ending(child)).toBe(130);
    const sweep = ['sweep', './two.ts', ...table, '--workers', '1', '--out', 'both', '--epochs'];
    expect((await run(...sweep, '2,3')).code).toBe(0);
    const checkpoint = () => readFile(join(directory, 'stopped/checkpoint.json'), 'utf8');
    const { state } = JSON.parse(await checkpoint()) as { state: { epoch: number } };
    await write(2);
    const named = /lib\/scale\.ts \(SHA-256\) was "[0-9a-f]{16}…" and is "[0-9a-f]{16}…"/;
    const resume = ['train', './two.ts', '--resume', 'stopped', '--epochs', String(state.epoch + 2)];
    const refused = await run(...resume);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(named)]);
    const further = await run(...sweep, '2,3,4');
    expect([further.code, further.stderr]).toEqual([2, expect.stringMatching(named)]);
    expect(further.stderr).toMatch(/were trained with other model files/);

    const forced = await zoo([...resume, '--force-resume'], { cwd: directory });
    expect([forced.code, forced.stderr]).toEqual([0, expect.stringMatching(named)]);
    const { changes } = JSON.parse(await readFile(join(directory, 'stopped/run.json'), 'utf8')) as {
      changes: { what: string }[];
    };
    expect(changes.map(({ what }) => what)).toEqual(['lib/scale.ts (SHA-256)', 'epochs']);
    const verified = await run('verify', 'stopped');
    expect([verified.code, verified.stderr]).toEqual([2, expect.stringMatching(/it cannot be repeated/)]);
  }, 120_000);

  test('is verified with the files of the run alone', async () => {
    await write(1);
    expect((await run('train', './two.ts', ...table, '--epochs', '3', '--out', 'first')).code).toBe(0);
    const content = JSON.parse(await readFile(join(directory, 'first/run.json'), 'utf8')) as {
      modelFile: { imports: { path: string }[] };
    };
    expect(content.modelFile.imports.map(({ path }) => path)).toEqual(['lib/factor.ts', 'lib/scale.ts']);
    expect((await run('verify', 'first')).code).toBe(0);
    await write(3);
    const changed = await run('evaluate', 'first');
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringMatching(/lib\/scale\.ts has changed/)]);
    const given = await run('verify', 'first', '--model', './two.ts');
    expect([given.code, given.stdout]).toEqual([1, expect.stringMatching(/modelFile\.imports\.1\.sha256/)]);
  }, 60_000);
});

describe('a file in a directory with # in its name', () => {
  beforeAll(() => mkdir(join(directory, 'a #b')));

  test.each([
    ['process.exit(0);', /line 1: process\.exit\(0\) ends the process while the file is loaded/],
    [
      'await new Promise(() => {});',
      /does not load: a top-level await waits for a promise that never settles/,
    ],
  ])('is rejected in one sentence for: %s', async (line, message) => {
    await writeFile(join(directory, 'a #b/ends.ts'), `${line} ${program}`);
    const { code, stdout, stderr } = await run('gradcheck', './a #b/ends.ts');
    expect([code, stdout, stderr.trim().split('\n')]).toEqual([2, '', [expect.stringMatching(message)]]);
  });

  test('is loaded', async () => {
    await writeFile(join(directory, 'a #b/own.ts'), program);
    const { code, stdout } = await run('gradcheck', './a #b/own.ts');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/heaps on float64: agrees/)]);
  });
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
