/**
 * The package as its users get it: packed, unpacked into an empty project beside nothing but its declared
 * dependencies, used from TypeScript and from JavaScript. What runs there are the examples.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zoo } from '../helpers/zoo.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
/** Neither jest's own switches nor the machine's data or native library. */
const environment = { ...process.env, NODE_OPTIONS: '', ZOO_DATA_DIR: '' };

let project: string;
let packed: string[];
const inProject = (command: string, args: string[]) => run(command, args, { cwd: project, env: environment });

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'zoo-package-'));
  await zoo(['--help']); // builds, where the build is older than the sources
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const { stdout } = await run('npm', pack, { cwd: root });
  const [{ filename, files }] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  packed = files.map(({ path }) => path);

  const modules = join(project, 'node_modules');
  await mkdir(join(modules, 'backprop-zoo'), { recursive: true });
  await run('tar', ['-xzf', filename, '-C', 'node_modules/backprop-zoo', '--strip-components=1'], {
    cwd: project,
  });
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // Types of Node.js belong to whoever compiles a program for it.
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'a-project', type: 'module' }));
  await cp(join(root, 'examples'), project, { recursive: true });
});
afterAll(() => rm(project, { recursive: true, force: true }));

test('contains the files needed at run time and no others', () => {
  expect(packed).toEqual(expect.arrayContaining(['bin/zoo.js', 'dist/src/index.js', 'dist/src/index.d.ts']));
  expect(
    packed.filter((path) =>
      /__tests__|\.test\.|\.map$|tsbuildinfo|^(src|models|datasets|scripts)\//.test(path),
    ),
  ).toEqual([]);
});

test('the command line starts', async () => {
  const { stdout } = await inProject(process.execPath, ['node_modules/backprop-zoo/bin/zoo.js', '--help']);
  expect(stdout).toContain('zoo train <model>');
});

test('worker threads and the sweeps that ship with the package are found', async () => {
  const words = ['sweep', 'document-000', '--epochs', '1', '--rows', '9', '--test-rows', '9', '--json'];
  const { stdout } = await inProject(process.execPath, ['node_modules/backprop-zoo/bin/zoo.js', ...words]);
  expect(JSON.parse(stdout)).toMatchObject({ model: 'points', counts: { cells: 18, complete: 18 } });
});

test('TypeScript accepts the examples, strictly, and misuse of the types is an error', async () => {
  await writeFile(
    join(project, 'misuse.ts'),
    `import { train } from 'backprop-zoo';
     import { models } from 'backprop-zoo/models';
     import { datasets } from 'backprop-zoo/datasets';
     // @ts-expect-error an unknown setting
     await train(models.gate, { epoch: 3 });
     // @ts-expect-error a word where a number belongs
     await train(models.gate, { epochs: 'many' });
     export const name: string = datasets.mnist.name;
     const { metrics } = await train('gate');
     // @ts-expect-error a number is no string
     export const accuracy: string = metrics.test.accuracy;`,
  );
  const compile = [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...[
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--outDir',
      'built',
    ],
    ...(await readdir(project)).filter((name) => name.endsWith('.ts')),
  ];
  const compiled = await inProject(process.execPath, compile).catch((error: { stdout: string }) => error);
  expect(compiled.stdout).toBe('');
});

test.each<[string, RegExp]>([
  ['train-a-gate.js', /accuracy 1\n0 or 0 is 0.*\n0 or 1 is 1.*\n1 or 1 is 1/],
  ['built/own-data.js', /gradients agree: true\ntest accuracy: (1|0\.9)[\d.]*\n.*heap: right/],
  ['built/digits.js', /epoch 8: .*\n[789]\d\.\d % of 500 other digits/],
])('%s runs', async (file, expected) => {
  const { stdout, stderr } = await inProject(process.execPath, [file]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(expected);
});

test('CommonJS loads the package with import()', async () => {
  await writeFile(
    join(project, 'common.cjs'),
    `import('backprop-zoo').then(({ models }) => console.log(models.gate.name));`,
  );
  expect((await inProject(process.execPath, ['common.cjs'])).stdout).toBe('gate\n');
});

test('exports every name that the documentation mentions', async () => {
  const promised = ['train', 'checkGradients', 'models', 'datasets', 'loadWeights', 'predict'];
  const script = `import * as zoo from 'backprop-zoo';
    import { models } from 'backprop-zoo/models';
    import { datasets } from 'backprop-zoo/datasets';
    console.log(JSON.stringify([Object.keys(zoo), models === zoo.models, datasets === zoo.datasets]));`;
  const { stdout } = await inProject(process.execPath, ['--input-type=module', '--eval', script]);
  expect(JSON.parse(stdout)).toEqual([expect.arrayContaining(promised), true, true]);
});
