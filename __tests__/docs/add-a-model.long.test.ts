/**
 * Follows docs/add-a-model.md to the letter in a copy of the sources: writes its files, applies its diffs, runs its
 * commands.
 */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

jest.setTimeout(600_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;
let guide: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'zoo-guide-'));
  const parts = ['bin', 'src', 'models', 'datasets', 'assets', 'sweeps', 'package.json'];
  for (const part of [...parts, 'tsconfig.json', 'tsconfig.build.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  guide = await readFile(join(root, 'docs/add-a-model.md'), 'utf8');
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Replaces what stands between two places of context; every line that is not new must be there, in this order. */
function patched(text: string, diff: string): string {
  const lines = text.split('\n');
  let at = 0;
  for (const line of diff.split('\n').filter((line) => line !== '')) {
    const content = line.slice(1);
    if (line.startsWith('+')) {
      lines.splice(at++, 0, content);
      continue;
    }
    const found = lines.indexOf(content, at);
    if (found < 0) throw new Error(`the guide expects a line that is not there: ${content}`);
    if (line.startsWith('-')) lines.splice(found, 1);
    at = line.startsWith('-') ? found : found + 1;
  }
  return lines.join('\n');
}

test('a model of two files and two index entries works with every command', async () => {
  for (const [, kind, file, content] of guide.matchAll(/```(ts|diff) file=(\S+)\n(.*?)```/gs)) {
    const path = join(copy, file);
    await writeFile(path, kind === 'ts' ? content : patched(await readFile(path, 'utf8'), content));
  }
  const commands = Array.from(guide.matchAll(/^npm run zoo -- (.*)$/gm), ([, words]) => words.split(' '));
  expect(commands.map(([command]) => command)).toEqual([
    'data',
    'gradcheck',
    'train',
    'predict',
    'verify',
    'sweep',
    'export',
  ]);
  const printed: Record<string, never> = {};
  for (const words of commands) {
    const environment = {
      ...process.env,
      NODE_OPTIONS: '',
      ZOO_DATA_DIR: '',
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/zoo.js', ...words, '--json'], {
      cwd: copy,
      env: environment,
    });
    printed[words[0]] = JSON.parse(stdout) as never;
  }
  expect(printed).toMatchObject({
    data: { name: 'rings', contactSheet: 'rings.png' },
    gradcheck: { agrees: true, models: [{ model: 'rings', agrees: true }] },
    train: { model: 'rings', gradients: 'manual' },
    predict: { predictions: [{ label: 'inner' }] },
    verify: { verified: true },
    sweep: { counts: { cells: 9, complete: 9 } },
    export: { format: 'layers' },
  });
  const { metrics } = printed.train as { metrics: { test: { accuracy: number } } };
  expect(metrics.test.accuracy).toBeGreaterThan(0.98);
});
