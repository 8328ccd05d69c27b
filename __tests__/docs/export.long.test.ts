/** The documented ways to use an export, word for word. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { predict } from '../../src/index.ts';
import { drawRows, exportModel, formatNames } from '../../src/weights/export/export-model.ts';
import { savedModel } from '../helpers/saved.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs', 'export.md'), 'utf8');
const snippets = (language: string) =>
  Array.from(page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs')), ([, code]) => code);

const saved = savedModel('mnist', {
  options: { hidden: 12 },
  features: 784,
  classNames: Array.from('0123456789'),
  preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
});
let directory: string;
let labels: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-export-'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await mkdir(join(directory, 'layers-model'));
  for (const format of formatNames) {
    const { files } = await exportModel(saved, format);
    for (const [name, content] of Object.entries(files))
      await writeFile(join(directory, format === 'layers' ? 'layers-model' : '', name), content);
  }
  const rows = drawRows(saved, 5) as number[][];
  await writeFile(join(directory, 'rows.json'), JSON.stringify(rows));
  labels = (await predict(saved, rows)).map(({ label }) => label);
});
afterAll(() => rm(directory, { recursive: true }));

function output(program: string, file: string): string {
  const { status, stdout, stderr } = spawnSync(program, [file], { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

test.each(snippets('js').map((code, i) => [i + 1, code]))('snippet %i in JavaScript', async (i, code) => {
  const file = join(directory, `snippet-${i}.mjs`);
  await writeFile(file, code as string);
  const words = output(process.execPath, file).trim();
  const said = words.includes('\n') ? words.split('\n').map((line) => line.split(' ')[0]) : words.split(' ');
  expect(said).toEqual(labels);
});

test.each(snippets('python').map((code, i) => [i + 1, code]))('snippet %i in Python', async (i, code) => {
  const modules = Array.from((code as string).matchAll(/^(?:import|from) (\w+)/gm), ([, name]) => name);
  const missing = modules.filter((name) => spawnSync('python3', ['-c', `import ${name}`]).status !== 0);
  if (missing.length > 0) {
    console.info(`SKIPPED snippet ${i} in Python, for there is no python3 with ${missing.join(', ')} here.`);
    return;
  }
  const file = join(directory, `snippet_${i}.py`);
  await writeFile(file, code as string);
  expect(output('python3', file).trim().split(' ')).toEqual(labels);
});

test('JSON holds the parameters as nested lists', async () => {
  const text = await readFile(join(directory, 'parameters.json'), 'utf8');
  const { parameters, classNames } = JSON.parse(text) as {
    parameters: Record<string, unknown[]>;
    classNames: string[];
  };
  expect(classNames).toEqual(saved.file.classNames);
  for (const [parameter, { shape, values }] of Object.entries(saved.file.parameters)) {
    const read = parameters[parameter];
    expect([read.length, ...(shape.length > 1 ? [(read[0] as number[]).length] : [])]).toEqual(shape);
    expect(read.flat()).toEqual(values);
  }
});

test('the types of the module are those that it has', async () => {
  const use = `import { predict, classNames, features } from './model.mjs';
const [{ label, probabilities }] = predict([new Float32Array(features)]);
export const said: [string, number[], readonly string[], 784] = [label, probabilities, classNames, features];
// @ts-expect-error rows are lists of numbers
predict(['a', 'b']);
`;
  await writeFile(join(directory, 'use.mts'), use);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  // Nothing but the language itself, which is quicker to read than every package's types.
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  options.push('--lib', 'es2022', '--types', 'null');
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, 'use.mts'], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, '']);
});
