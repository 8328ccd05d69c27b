/** The published JSON Schemas are those of the code, and what the quick commands write and print is as they say. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemas } from '../../scripts/schemas/index.ts';
import { parseWeights } from '../../src/saved/weights.ts';
import { faultsOf, schema } from '../helpers/published.ts';
import { zooHere } from '../helpers/zoo-here.ts';

const formOf = (path: string) => path.replace('.schema.json', '');

test.each(Object.entries(schemas))(
  'schemas/%s is made of the code of today (npm run schemas)',
  (path, made) => {
    expect(schema(formOf(path))).toEqual(JSON.parse(JSON.stringify(made)));
  },
);

let directory: string;
const run = () => join(directory, 'run');
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(directory, ...path), 'utf8'));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-schemas-'));
  await printed(['train', 'gate', '--epochs', '20', '--out', run(), '--no-report'], 'output/train');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What a command prints is of a published form. */
async function printed(args: string[], form: string): Promise<void> {
  const { stdout } = await zooHere([...args, '--json', '--quiet'], directory);
  expect(faultsOf(form, JSON.parse(stdout))).toEqual([]);
}

describe('what commands print', () => {
  test.each([
    ['evaluate', ['evaluate', 'run']],
    ['predict', ['predict', 'run', '--values', '1,0', '--top-k', '1']],
    ['gradcheck', ['gradcheck', 'gate', '--draws', '1', '--steps', '2', '--backend', 'float64']],
    ['prove', ['prove', 'gate']],
    ['export', ['export', 'run', '--out', 'parameters.json']],
    ['export', ['export', 'run', '--format', 'npz', '--out', 'parameters.npz']],
    ['import', ['import', 'parameters.npz', '--model', 'gate']],
    ['verify', ['verify', 'run']],
    ['list', ['list']],
    ['data', ['data', 'logic-gates']],
    ['error', ['train', 'gate', '--epochs', '0']],
    ['error', ['evaluate', 'nothing']],
  ])('%s', (form, args) => printed(args, `output/${form}`));
});

describe('what commands write', () => {
  test.each([
    ['weights', ['run', 'weights.json']],
    ['run', ['run', 'run.json']],
    ['parameters', ['parameters.json']],
  ])('%s', (form, path) => {
    expect(faultsOf(`files/${form}`, read(...path))).toEqual([]);
  });
});

test('a weights file that the zoo refuses for its form has not the published form', () => {
  const good = read('run', 'weights.json') as Record<string, unknown>;
  const without = (key: string) => ({ ...good, [key]: undefined });
  const bad = [
    ...['format', 'version', 'model', 'classNames', 'parameters', 'preprocessing'].map(without),
    { ...good, version: 2 },
    { ...good, parameters: { weights: { shape: [2], dtype: 'float16', values: [1, 2] } } },
    { ...good, parameters: { weights: { shape: [2], dtype: 'float32', values: [1, '2'] } } },
    { ...good, parameters: { weights: { shape: [-2], dtype: 'float32', values: [] } } },
    { ...good, preprocessing: { kind: 'image' } },
    { ...good, classNames: ['no\u0007', 'yes'] },
  ].map((file) => JSON.stringify(file));
  for (const text of bad) {
    expect(() => parseWeights(text, 'weights.json')).toThrow();
    expect(faultsOf('files/weights', JSON.parse(text))).not.toEqual([]);
  }
});

test('the examples in the documents are of a published form, which they name', () => {
  const root = new URL('../../', import.meta.url).pathname;
  let examples = 0;
  for (const path of [
    'README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]) {
    for (const [, form, text] of readFileSync(join(root, path), 'utf8').matchAll(
      /```json(.*)\n([^]*?)```/g,
    )) {
      expect({ path, form, faults: faultsOf(form.trim(), JSON.parse(text)) }).toMatchObject({ faults: [] });
      examples++;
    }
  }
  expect(examples).toBeGreaterThan(0);
});
