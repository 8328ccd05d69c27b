import { beforeAll, expect, test } from '@jest/globals';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasets } from '../../../datasets/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/node/files.ts';
import { run } from '../../../src/runs/run.ts';
import { readRun, verify, type Verification } from '../../../src/runs/verify.ts';
import { checksummedText } from '../../../src/weights/run-record.ts';
import { weightsText } from '../../../src/weights/saved-model.ts';
import { exampleRequest } from '../../helpers/example-run.ts';
import { savedZoo } from '../../helpers/saved.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const request = exampleRequest('adam');
const place = temporaryDirectory();
let whole: string;
beforeAll(async () => {
  await useBackend('cpu');
  ({ out: whole } = await run({ ...request, out: join(place, 'whole') }));
});

const verified = async (out: string): Promise<Verification> => verify(await readRun(out), request.data);

let copies = 0;
/** A copy of the run with one thing changed. */
function altered({ change }: Alteration, isForged = false): string {
  const out = join(place, `copy-${copies++}`);
  cpSync(whole, out, { recursive: true });
  change(out);
  if (isForged) forge(out);
  return out;
}

/** What somebody does who wants to hide it: all hashes are made to fit again. */
function forge(out: string): void {
  const path = join(out, 'run.json');
  const { sha256: _, ...record } = JSON.parse(readFileSync(path, 'utf8')) as Tree;
  for (const file of (record.files ?? []) as { name: string; sha256: string; bytes: number }[]) {
    const content = readFileSync(join(out, file.name));
    Object.assign(file, { bytes: content.length, sha256: sha256(content) });
  }
  writeFileSync(path, checksummedText(record, sha256));
}

type Tree = Record<string, unknown>;

interface Alteration {
  title: string;
  change: (out: string) => void;
}

/** Sets a field of a JSON file; `undefined` removes it. */
const field = (file: string, path: string, value: unknown): Alteration => ({
  title: `${file}: ${path} becomes ${JSON.stringify(value)?.slice(0, 60) ?? 'nothing'}`,
  change(out) {
    const content = JSON.parse(readFileSync(join(out, file), 'utf8')) as Tree;
    const keys = path.split('.');
    const last = keys.pop()!;
    const parent = keys.reduce((tree, key) => tree[key] as Tree, content);
    expect(parent[last]).not.toEqual(value);
    if (Array.isArray(parent) && value === undefined) parent.pop();
    else parent[last] = value;
    writeFileSync(join(out, file), JSON.stringify(content, null, 2));
  },
});

const text = (file: string, title: string, edit: (text: string) => string): Alteration => ({
  title: `${file}: ${title}`,
  change(out) {
    const before = readFileSync(join(out, file), 'latin1');
    const after = edit(before);
    expect(after).not.toBe(before);
    writeFileSync(join(out, file), after, 'latin1');
  },
});
const removed = (file: string): Alteration => ({
  title: `${file} is removed`,
  change: (out) => rmSync(join(out, file)),
});
const mark = (file: string) => text(file, 'a byte order mark', (json) => `\xef\xbb\xbf${json}`);
/** Files that are removed and not listed any more. */
const unlisted = (...names: string[]): Alteration => ({
  title: `${names.join()} is removed and unlisted`,
  change(out) {
    const path = join(out, 'run.json');
    const record = JSON.parse(readFileSync(path, 'utf8')) as { files: { name: string }[] };
    const rest = record.files.filter(({ name }) => !names.includes(name));
    expect(rest.length).toBe(record.files.length - names.length);
    for (const name of names.filter((name) => name !== 'weights.json')) rmSync(join(out, name));
    writeFileSync(path, JSON.stringify({ ...record, files: rest }, null, 2));
  },
});
const added = (file: string): Alteration => ({
  title: `${file} is added`,
  change: (out) => writeFileSync(join(out, file), 'x'),
});

/** Of what a repeated run tells again: noticed even where all hashes are made to fit. */
const ofTheRun: Alteration[] = [
  field('weights.json', 'options.gate', 'or'),
  field('weights.json', 'asPrinted', true),
  field('weights.json', 'classNames', ['1', '0']),
  field('weights.json', 'classNames.1', 'one'),
  field('weights.json', 'parameters.weights.values.0', 0.5),
  field('weights.json', 'parameters.bias.values.0', 1e-7),
  field('weights.json', 'parameters.bias.dtype', 'float64'),
  field('weights.json', 'preprocessing', { kind: 'standardise', mean: [0, 0], scale: [1, 2] }),
  field('weights.json', 'training.epochs', 11),
  field('weights.json', 'training.learningRate', 0.2),
  field('weights.json', 'training.seed', 2),
  field('weights.json', 'training.backend', 'wasm'),
  field('weights.json', 'training.gradients', undefined),
  field('weights.json', 'training.dataset.source', 'dir'),
  field('weights.json', 'metrics.test.loss', 0.001),
  field('weights.json', 'metrics.test.accuracy', 0.999),
  field('weights.json', 'metrics.validation', { accuracy: 1 }),
  field('weights.json', 'author', 'somebody'),
  text('weights.json', 'a key twice', (json) => json.replace('{', '{\n  "asPrinted": true,')),
  text('weights.json', 'other spaces', (json) => JSON.stringify(JSON.parse(json))),
  field('run.json', 'status', 'interrupted'),
  field('run.json', 'options.gate', 'or'),
  field('run.json', 'dataset.name', 'mnist'),
  field('run.json', 'dataset.source', 'dir'),
  field('run.json', 'dataset.standIn', 'not the real data'),
  field('run.json', 'dataset.files', [{ name: 'data.csv', bytes: 1, sha256: 'a'.repeat(64) }]),
  field('run.json', 'dataset.fingerprint', 'a'.repeat(64)),
  field('run.json', 'dataset.rows.train', 400),
  field('run.json', 'dataset.rows.validation', 100),
  field('run.json', 'gradients', 'autodiff'),
  field('run.json', 'backend', 'wasm'),
  field('run.json', 'seed', 2),
  field('run.json', 'hyperParameters.learningRate', 0.2),
  field('run.json', 'hyperParameters.patience', 5),
  field('run.json', 'recordEvery', 2),
  field('run.json', 'epochs', 1000),
  field('run.json', 'steps', 9),
  field('run.json', 'restoredEpoch', 7),
  field('run.json', 'history.3.loss', 0.1),
  field('run.json', 'history.9', undefined),
  field('run.json', 'metrics.train.accuracy', 1.5),
  field('run.json', 'metrics.test.confusionMatrix.0.0', 40),
  field('run.json', 'metrics.test.rocAuc', undefined),
  field('run.json', 'files', undefined),
  field('run.json', 'author', 'somebody'),
  field('run.json', 'environment.author', 'somebody'),
  field('run.json', 'dataset.author', 'somebody'),
  field('run.json', 'history.3.author', 'somebody'),
  field('run.json', 'files.1.author', 'somebody'),
  mark('weights.json'),
  unlisted('weights.json'),
  unlisted('decision-boundary.png'),
  unlisted(
    ...['weights.json', 'learning-curve.svg', 'learning-curve.png', 'decision-boundary.svg'],
    ...['decision-boundary.png', 'report.html'],
  ),
  added('checkpoint.json'),
  added('weights.svg'),
];

/** Of what only the run itself knows: noticed by the hashes in run.json. */
const ofItsHashes: Alteration[] = [
  mark('run.json'),
  mark('weights.json'),
  text('run.json', 'other times', (json) =>
    json.replace(/"seconds": [\d.e-]+,\n {2}"env/, '"seconds": 1,\n  "env'),
  ),
  text('run.json', 'another version of Node', (json) => json.replace(/"node": "[^"]+"/, '"node": "1.0.0"')),
  text('run.json', 'no hash of itself', (json) => json.replace(/,\s+"sha256": "[0-9a-f]+"\s+}\s*$/, '}')),
  text('report.html', 'other words', (html) => html.replace('accuracy', 'ACCURACY')),
  text('learning-curve.svg', 'another title', (svg) => svg.replace(/gate/, 'mnist')),
  text('learning-curve.png', 'another last byte', (png) => `${png.slice(0, -1)}x`),
  text('decision-boundary.svg', 'nothing in it', () => ''),
  text('decision-boundary.png', 'cut short', (png) => png.slice(0, 1000)),
  removed('report.html'),
  removed('decision-boundary.png'),
];

/** Whether verification finds the run other than it was, or impossible to repeat. */
async function isNoticed(out: string): Promise<boolean> {
  try {
    const { verified: same, files } = await verified(out);
    expect(files.every((file) => file.same)).toBe(same);
    return !same;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return true;
  }
}

test('a run that nobody touched is verified, every file of it', async () => {
  const { verified: same, files, differences, environment, weights } = await verified(whole);
  expect({ same, differences, environment }).toEqual({ same: true, differences: [], environment: [] });
  expect(files).toEqual(
    [
      ...['weights.json', 'run.json', 'learning-curve.svg', 'learning-curve.png'],
      ...['decision-boundary.svg', 'decision-boundary.png', 'report.html'],
    ].map((path) => ({ path, same: true })),
  );
  expect(weights).toEqual(['weights', 'bias'].map((name) => ({ name, same: true, maxAbsolute: 0 })));
});

test.each([
  ['of the hashes', ofItsHashes, false],
  ['that the repeated run tells again, although all hashes fit', ofTheRun, true],
])('notices every alteration %s', async (_, alterations, isForged) => {
  const missed: string[] = [];
  for (const alteration of alterations) {
    if (!(await isNoticed(altered(alteration, isForged)))) missed.push(alteration.title);
  }
  expect(missed).toEqual([]);
});

test.each<{ alteration: Alteration; path: string; differs: unknown }>([
  {
    alteration: field('weights.json', 'parameters.bias.values.0', 2),
    path: 'weights.json',
    differs: [{ what: 'parameters.bias.values.0', then: '2', now: expect.stringMatching(/^-?0\.\d+$/) }],
  },
  {
    alteration: field('run.json', 'seed', 2),
    path: 'run.json',
    differs: [{ what: 'seed', then: '2', now: '1' }],
  },
  {
    alteration: field('run.json', 'author', 'me'),
    path: 'run.json',
    differs: [{ what: 'author', then: '"me"', now: 'nothing' }],
  },
  {
    alteration: mark('run.json'),
    path: 'run.json',
    differs: [{ what: 'byte order mark', then: 'one', now: 'none' }],
  },
  {
    alteration: unlisted('decision-boundary.svg'),
    path: 'decision-boundary.svg',
    differs: [{ what: 'the file', then: 'nothing', now: 'a picture of the run' }],
  },
  {
    alteration: removed('report.html'),
    path: 'report.html',
    differs: [{ what: 'the file', then: expect.stringMatching(/^\d+ bytes$/), now: 'nothing' }],
  },
  {
    alteration: text('report.html', 'a space more', (html) => `${html} `),
    path: 'report.html',
    differs: [{ what: 'SHA-256', then: 'what the run wrote', now: 'another text' }],
  },
])('tells the place: $alteration.title', async ({ alteration, path, differs }) => {
  const { files } = await verified(altered(alteration, /author|seed|unlisted/.test(alteration.title)));
  expect(files.filter(({ same }) => !same)).toEqual([{ path, same: false, differs }]);
});

test('refuses other data, an interrupted run, weights of another model, and names of files elsewhere', async () => {
  const other = { ...request.data, options: { gate: 'or' } };
  await expect(readRun(whole).then((recorded) => verify(recorded, other))).rejects.toThrow(
    'The data is not that of the run, which was logic-gates from source built-in',
  );
  let step = 0;
  const hooks = { shouldStop: () => ++step === 3 };
  const { out } = await run({ ...request, out: join(place, 'interrupted'), hooks });
  await expect(readRun(out)).rejects.toThrow('is interrupted; only a complete one');
  const ofXor = altered({
    title: 'weights.json is of the model xor',
    change: (out) => writeFileSync(join(out, 'weights.json'), weightsText(savedZoo.xor())),
  });
  await expect(readRun(ofXor)).rejects.toThrow(
    new InputError('weights.json is of the model xor, run.json of gate.'),
  );
  const elsewhere = altered(field('run.json', 'files.0.name', '../whole/report.html'));
  await expect(readRun(elsewhere)).rejects.toThrow('at files.0.name');
});

test('data that were downloaded then are in the cache now, which is no difference; any other place is', async () => {
  const dataset = await datasets['logic-gates'].load(request.data);
  const from = (source: typeof dataset.source) => ({ ...dataset, source });
  const { out } = await run({ ...request, dataset: from('download'), out: join(place, 'downloaded') });
  const again = async (source: typeof dataset.source, elsewhere?: boolean) => {
    const recorded = await readRun(out);
    recorded.request = { ...recorded.request, dataset: from(source) };
    return verify(recorded, request.data, {}, elsewhere);
  };
  expect((await again('cache')).differences).toEqual([]);
  expect((await again('dir')).differences).toEqual(
    expect.arrayContaining([{ what: 'dataset.source', then: '"download"', now: '"dir"' }]),
  );
  expect((await again('dir', true)).differences).toEqual([]);
});

test('with data elsewhere, recorded hashes of its files are compared, not their names', async () => {
  const dataset = await datasets['logic-gates'].load(request.data);
  const file = (name: string, letter: string) => ({ name, bytes: 9, sha256: letter.repeat(64) });
  const files = [file('a.csv', 'a'), file('b.csv', 'b')];
  const { out } = await run({ ...request, dataset: { ...dataset, files }, out: join(place, 'files') });
  const found = async (now: typeof files) => {
    const recorded = await readRun(out);
    recorded.request = { ...recorded.request, dataset: { ...dataset, files: now } };
    return (await verify(recorded, request.data, {}, true)).differences.map(({ what }) => what);
  };
  expect(await found([file('c.csv', 'a'), file('b.csv', 'b')])).toEqual([]);
  expect(await found([file('a.csv', 'a'), file('b.csv', 'c')])).toEqual(['dataset.files.1.sha256']);
});

test('a run that is saved without its report is verified, and so is one of a page, which has no pictures', async () => {
  const { out } = await run({ ...request, report: false, out: join(place, 'bare') });
  expect((await verified(out)).verified).toBe(true);
  const page = altered(field('run.json', 'environment.platform', 'a page'), true);
  const rest = readdirSync(page).filter((name) => !name.endsWith('.json'));
  unlisted(...rest).change(page);
  forge(page);
  expect((await verified(page)).verified).toBe(true);
});

test('a run with adam of an earlier version says that it rounds otherwise, one with sgd does not', async () => {
  const earlier = field('run.json', 'environment.zoo', '0.1.0');
  const withSgd = field('run.json', 'hyperParameters.optimizer', 'sgd');
  const reason = async (...changes: Alteration[]) => {
    const change = (out: string) => changes.forEach((alteration) => alteration.change(out));
    return (await verified(altered({ title: '', change }, true))).reason;
  };
  expect(await reason()).toBeUndefined();
  expect(await reason(earlier, withSgd)).toBeUndefined();
  expect(await reason(earlier)).toMatch(/^adam rounds otherwise since version 0\.2\.0/);
});

test('why a run had a stand-in may be said in other words now', async () => {
  const dataset = await datasets['logic-gates'].load(request.data);
  const because = (standIn?: string) => ({ ...dataset, standIn });
  const { out } = await run({ ...request, dataset: because('no network'), out: join(place, 'stand-in') });
  const again = async (standIn?: string) => {
    const recorded = await readRun(out);
    recorded.request = { ...recorded.request, dataset: because(standIn) };
    return (await verify(recorded, request.data)).differences.map(({ what }) => what);
  };
  expect(await again('nobody answers')).toEqual([]);
  expect(await again()).toContain('dataset.standIn');
});

test('weights are compared value by value, and the data by its fingerprint', async () => {
  const recorded = await readRun(whole);
  const { parameters, run } = recorded;
  const [name] = Object.keys(parameters);
  const values = Float64Array.from(parameters[name].values);
  values[0] += 0.5;
  values[1] -= 0.25;
  const changed = { ...parameters, [name]: { ...parameters[name], values } };
  const { weights } = await verify({ ...recorded, parameters: changed }, request.data);
  expect(weights).toEqual(
    Object.keys(parameters).map((key) => ({
      ...{ name: key, same: key !== name },
      maxAbsolute: key === name ? expect.closeTo(0.5, 12) : 0,
    })),
  );
  const of = (standIn?: string) => {
    const dataset = { ...run.dataset, fingerprint: 'f', standIn };
    return verify({ ...recorded, run: { ...run, dataset } }, request.data);
  };
  const begin = `The data is not that of the run, which was ${run.dataset.name} from source ${run.dataset.source}`;
  const end = '; give the same with --data and --data-dir.';
  await expect(of()).rejects.toThrow(new InputError(`${begin}${end}`));
  await expect(of('drawn')).rejects.toThrow(new InputError(`${begin}, synthetic${end}`));
});
