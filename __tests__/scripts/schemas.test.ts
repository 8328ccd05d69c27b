import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemas } from '../../scripts/schemas.ts';
import { parseWeights } from '../../src/weights/weights.ts';
import { faultsOf, shippedSchema } from '../helpers/published.ts';
import { zooHere } from '../helpers/zoo-here.ts';

const root = new URL('../../', import.meta.url);

test.each(Object.entries(schemas))(
  'the shipped schema of %s is up to date (npm run schemas)',
  (name, schema) => {
    expect(shippedSchema(name)).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);

let directory: string;
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(directory, ...path), 'utf8'));
const zoo = (...args: string[]) => zooHere([...args, '--quiet'], directory);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-schemas-'));
  await zoo('train', 'gate', '--epochs', '20', '--out', 'run', '--no-report');
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each(['weights', 'run'])('the %s.json of a run is valid by its schema', (name) => {
  expect(faultsOf(name, read('run', `${name}.json`))).toEqual([]);
});

test.each(readdirSync(new URL('sweeps', root)))(
  'the shipped sweep file %s is valid by its schema',
  (name) => {
    const text = readFileSync(new URL(`sweeps/${name}`, root), 'utf8');
    expect(faultsOf('sweep', JSON.parse(text))).toEqual([]);
  },
);

test('the schema of weights rejects what the reader of weights rejects', () => {
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
    expect(faultsOf('weights', JSON.parse(text))).not.toEqual([]);
  }
});

test('the example files in the documents are valid by the schemas that they name', () => {
  const pages = readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md'));
  const examples = pages.flatMap((page) =>
    Array.from(
      readFileSync(new URL(`docs/${page}`, root), 'utf8').matchAll(/^```json (.+)\n([^]*?)^```/gm),
      ([, name, text]) => ({ page, name, faults: faultsOf(name, JSON.parse(text)) }),
    ),
  );
  expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(['weights', 'sweep']));
  expect(examples.filter(({ faults }) => faults.length > 0)).toEqual([]);
});
