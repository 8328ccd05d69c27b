/** Every reader of JSON files and tables either reads a damaged file or rejects it with one sentence. */
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCsv } from '../../../src/data/formats/csv.ts';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { parseNpy } from '../../../src/data/formats/npy.ts';
import { readJsonLines } from '../../../src/data/formats/json-lines.ts';
import { InputError, WorkError } from '../../../src/utils/errors.ts';
import { checkedOptions } from '../../../src/model/definition.ts';
import { disposeAll, toValues, toVariables } from '../../../src/model/parameters.ts';
import type { OptimizerName } from '../../../src/model/recipe.ts';
import { predict } from '../../../src/evaluation/predict.ts';
import { rowFromValues } from '../../../src/data/row-from-values.ts';
import { fit, scoreRun } from '../../../src/estimator/fit.ts';
import { type LoadedRun, loadRun, partLoader } from '../../../src/runs/run.ts';
import { resume } from '../../../src/runs/resumption.ts';
import { runJson } from '../../../src/runs/save.ts';
import { formatCheckpoint, parseCheckpoint } from '../../../src/weights/checkpoint.ts';
import { parseJson } from '../../../src/weights/json.ts';
import { parseRun } from '../../../src/weights/run-record.ts';
import { weightsFrom } from '../../../src/weights/saved-model.ts';
import { weightsJson } from '../../../src/estimator/train.ts';
import { exampleRequest } from '../../helpers/example-run.ts';
import { savedZoo } from '../../helpers/saved.ts';

/** The files of a run of `gate` that stopped after three steps. */
async function exampleFiles(optimizer: OptimizerName) {
  const loaded = await loadRun(exampleRequest(optimizer));
  let steps = 0;
  const { result, status } = await fit(loaded, partLoader(loaded.request), {
    shouldStop: () => ++steps === 3,
  });
  const { request, model, identity, dataset } = loaded;
  const metrics = scoreRun(loaded, result);
  const report = { request, model, identity, dataset, status, result, metrics, out: '' };
  const checkpoint = formatCheckpoint({
    ...{ format: 'backprop-zoo/checkpoint', version: 1, run: identity },
    ...{ data: { data: 'auto' }, state: result.interrupted! },
  });
  return { loaded, weights: weightsJson(report), run: runJson(report), checkpoint };
}

type Files = Awaited<ReturnType<typeof exampleFiles>>;
let files: Record<'sgd' | 'adam', Files>;
beforeAll(async () => {
  await useBackend('cpu');
  files = { sgd: await exampleFiles('sgd'), adam: await exampleFiles('adam') };
});

function readWeights(text: string): void {
  const { file, model, parameters, features } = weightsFrom(text, 'weights.json');
  const row = new Float64Array(features).fill(0.5);
  const [{ label, probabilities }] = predict(model, parameters, row, features, file);
  expect(typeof label).toBe('string');
  expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 3);
}

function readRun(text: string): void {
  const { model, options } = parseRun(text, 'run.json');
  if (Object.hasOwn(models, model)) checkedOptions(models[model], options, 'run.json');
}

function readCheckpoint(text: string, { model, dataset, identity }: LoadedRun): void {
  const { state } = resume(parseCheckpoint(text, 'checkpoint.json'), identity, model, dataset, true);
  const parameters = toVariables(state.parameters);
  const values = Object.values(toValues(parameters)).flatMap((each) => Array.from(each.values));
  disposeAll(parameters);
  expect(values.every(Number.isFinite)).toBe(true);
}

function readOptions(text: string): void {
  const options = parseJson(text, 'options');
  if (typeof options !== 'object' || options === null) return;
  const { hidden } = checkedOptions(models.mnist, options as Record<string, unknown>, 'options');
  expect(hidden).toBeLessThanOrEqual(4096);
}

function readValues(text: string): void {
  const saved = savedZoo.gate();
  const row = rowFromValues(saved, parseJson(text, 'line 1'), 'line 1');
  expect(row).toHaveLength(saved.features);
  expect(Array.from(row).every(Number.isFinite)).toBe(true);
}

/** A read that fails must throw an error of ours with a short message, and must not change `Object.prototype`. */
async function expectReadOrRejected(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof InputError || error instanceof WorkError)) throw error;
    expect(error.message.length).toBeLessThan(2000);
    expect(error.message).not.toMatch(/\n\s+at /);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
}

const hostileValues: unknown[] = [
  ...[-1, 0, 0.5, 1e308, -1e39, 2 ** 32, 1e9, null, true, '', 'x'.repeat(1000), '\u001b[31m', '__proto__'],
  ...['constructor', [], {}, [[[[[[[[[]]]]]]]]], [1, 2, 3], [null], { shape: [1e9], values: [] }],
  JSON.parse('{"__proto__":{"polluted":1}}'),
];

/** Every place of a value in a JSON document. */
function placesIn(holder: Record<string, unknown>): { holder: Record<string, unknown>; key: string }[] {
  return Object.entries(holder).flatMap(([key, value]) => [
    { holder, key },
    ...(typeof value === 'object' && value !== null ? placesIn(value as Record<string, unknown>) : []),
  ]);
}

/** A valid JSON document in which one value is replaced, removed, renamed or negated. */
const changedJson = (valid: string) =>
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom('remove', 'rename', 'negate', 'replace'),
      fc.constantFrom(...hostileValues),
    )
    .map(([place, action, value]) => {
      const root = { value: JSON.parse(valid) as unknown };
      const places = placesIn(root);
      const { holder, key } = places[place % places.length];
      if (action === 'remove') delete holder[key];
      else if (action === 'rename') holder[`${key}x`] = holder[key];
      else if (action === 'negate' && typeof holder[key] === 'number') holder[key] = -holder[key];
      else holder[key] = value;
      return JSON.stringify(root.value) ?? '';
    });

const tokens = [
  ...[
    'NaN',
    '-Infinity',
    '1e999',
    '-0',
    'null',
    '{}',
    '[]',
    '""',
    '[[[[[[[[[[',
    '{"a":',
    '"constructor"',
    '\\u0000',
  ],
  ...[
    '"__proto__":{"polluted":1},',
    '4294967295',
    '-1',
    '9007199254740993',
    '\ufeff',
    '\x1b[31m',
    ',',
    '\n',
    '"',
    '',
  ],
];

/** A valid text in which up to four pieces are replaced by tokens. */
const changedText = (valid: string) =>
  fc
    .array(fc.tuple(fc.nat(valid.length), fc.nat(40), fc.oneof(fc.constantFrom(...tokens), fc.string())), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) =>
      edits.reduce((text, [at, length, token]) => text.slice(0, at) + token + text.slice(at + length), valid),
    );

const jsonReaders: [name: string, valid: () => string, read: (text: string) => void][] = [
  ['weights.json', () => files.sgd.weights, readWeights],
  ['run.json', () => files.sgd.run, readRun],
  ['checkpoint.json of sgd', () => files.sgd.checkpoint, (text) => readCheckpoint(text, files.sgd.loaded)],
  ['checkpoint.json of adam', () => files.adam.checkpoint, (text) => readCheckpoint(text, files.adam.loaded)],
  ['model options', () => '{"hidden":128,"activation":"relu"}', readOptions],
  ['the values of a row', () => '[0.5,-1e-3]', readValues],
];

test.each(jsonReaders)(
  '%s is read, and damaged or arbitrary text is read or rejected',
  async (_, valid, read) => {
    read(valid());
    const input = fc.oneof(
      { weight: 5, arbitrary: changedJson(valid()) },
      { weight: 4, arbitrary: changedText(valid()) },
      { weight: 1, arbitrary: fc.string() },
    );
    await fc.assert(
      fc.asyncProperty(input, (text) => expectReadOrRejected(() => read(text))),
      { seed: 1, numRuns: 300 },
    );
  },
);

const csv = 'age,kind\n41,"a"\n,b\n.5,c\n';
const lines = '{"age": 41, "kind": "a"}\n\n{"kind": "b", "age": null}\n';
const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
const npy = Buffer.concat([
  Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
  Buffer.of(header.length, 0),
  Buffer.from(header, 'latin1'),
  Buffer.from(Float64Array.of(1, 2).buffer),
]);

const tableReaders: [name: string, valid: Buffer, read: (bytes: Uint8Array) => unknown][] = [
  ['a CSV file', Buffer.from(csv), (bytes) => parseCsv(bytes, 't.csv')],
  [
    'JSON lines',
    Buffer.from(lines),
    (bytes) => readJsonLines(Buffer.from(bytes).toString().split('\n'), 't.jsonl'),
  ],
  ['an .npy file', npy, (bytes) => parseNpy(bytes, 't.npy')],
];

test.each(tableReaders)(
  '%s is read, and damaged or arbitrary bytes are read or rejected',
  async (_, valid, read) => {
    await read(valid);
    const changed = changedText(valid.toString('latin1')).map((text) => Buffer.from(text, 'latin1'));
    const flipped = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1 })
      .map((changes) => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const input = fc.oneof(changed, flipped, fc.uint8Array({ maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(input, (bytes) => expectReadOrRejected(() => read(bytes))),
      { seed: 1, numRuns: 500 },
    );
  },
);
