/** What commands say to the letter, one after the other in one directory, all in this process. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import yargs from 'yargs';
import { commandNames, commands } from '../../../src/cli/commands.ts';
import { sheetOf } from '../../../src/cli/predict.ts';
import type { SavedModel } from '../../../src/saved/saved-model.ts';
import { outlineOf } from '../../helpers/outline.ts';
import { bin } from '../../helpers/zoo.ts';
import { zooHere } from '../../helpers/zoo-here.ts';

let directory: string;
const { ZOO_CACHE_DIR } = process.env;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'zoo-here-')));
  process.env.ZOO_CACHE_DIR = join(directory, 'cache');
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  const rows = Array.from({ length: 24 }, (_, i) => [
    i,
    (i * 7) % 5,
    ['red', 'green', 'blue'][i % 3],
    i % 3 === 2 ? 'tall' : i % 2 ? 'small' : 'mean',
  ]);
  write('flowers.csv', ['length,width,colour,kind', ...rows.map((row) => row.join())].join('\n'));
  write(
    'prices.csv',
    ['size,rooms,price', ...rows.map(([i, j]) => [i, j, 100 + 3 * Number(i)].join())].join('\n'),
  );
  write('holes.csv', 'a,b,answer\n1,,yes\n2,3,no\n,5,yes\n');
  write('more.csv', 'width,length,colour,kind,other\n3,7,red,tall,x\n1,9,blue,small,y\n');
  write('unlabelled.csv', 'width,length,colour\n3,7,red\n1,9,blue\n');
  write('rows.csv', 'x1,x2\n0,1\n1,1\n');
  write('rows.tsv', '0\t1\n1\t1\n');
  write('rows.jsonl', '[1,1]\n\n{"values":[0,0]}\n1, 0\n');
  for (const [kind, grey] of [
    ['dark', 20],
    ['light', 220],
  ] as const) {
    mkdirSync(join(directory, 'greys', kind), { recursive: true });
    for (const i of [0, 1, 2, 3]) {
      const background = { r: grey + 5 * i, g: grey + 5 * i, b: grey + 5 * i };
      await sharp({ create: { width: 6, height: 6, channels: 3, background } })
        .png()
        .toFile(join(directory, 'greys', kind, `${i}.png`));
    }
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  if (ZOO_CACHE_DIR === undefined) delete process.env.ZOO_CACHE_DIR;
  else process.env.ZOO_CACHE_DIR = ZOO_CACHE_DIR;
});

/** Without what is different from machine to machine and from day to day. */
const steady = (text: string) =>
  text
    .replaceAll(directory, 'HERE')
    .replaceAll(bin, 'ZOO')
    .replaceAll(process.execPath, 'NODE')
    .replace(/[0-9a-f]{12}…/g, '#…')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '#')
    .replace(/^(\d .* )\d+\.\d( +[\d.]+ %)/gm, '$1#$2')
    .replace(/\d+\.\d s\b/g, '# s')
    .replace(/\d+ steps\/s/g, '# steps/s')
    .replace(/(TensorFlow\.js|Node\.js|backprop-zoo) v?\d[\w.-]*/g, '$1 #')
    .replace(/(Node\.js #, )\w+ \w+/, '$1#')
    .replace(/\d+(\.\d+)? (ms|µs)/g, '# $2')
    .replace(/^( {2}gate .* 0) +\d+ +\d+$/m, '$1 # #');

const said = async (...words: string[]) => {
  const { code, stdout, stderr } = await zooHere(words, directory);
  return steady([stderr, stdout, `exit code ${code}`].filter(Boolean).join('---\n'));
};

const cpu = '--backend cpu';
const quick = `${cpu} --no-report --checkpoint-every 0`;

test.each([
  '',
  `train gate --gate or --epochs 3 --record-every 2 ${quick} --out runs/or`,
  '',
  `train gate --gate or --epochs 2 ${quick} --seed 5 --out runs/or-2`,
  `train gate --epochs 2 ${cpu} --out runs/with-page`,
  `train gate --gate or --epochs 2 ${quick} --out runs/or`,
  `train mlp --data-file flowers.csv --target kind --hidden 3 --epochs 4 --validation 0.2 --patience 2 --learning-rate 0.01 ${quick} --out runs/flowers`,
  `train mlp --data-file prices.csv --target price --hidden 2 --epochs 2 --learning-rate 0.00001 ${quick} --out runs/prices`,
  `train mlp --data-dir greys --size 4x4 --grey --hidden 2 --epochs 2 ${quick} --out runs/greys`,
  `train gate --start-from runs/or --epochs 1 ${quick} --out runs/further`,
  'train gate --start-from runs/or --resume runs/or',
  'train gate --resume runs/or --out runs/other',
  `evaluate runs/or ${cpu}`,
  `evaluate runs/flowers ${cpu}`,
  `evaluate runs/flowers --data-file more.csv ${cpu}`,
  `evaluate runs/prices ${cpu}`,
  `evaluate runs/prices/weights.json --data-file flowers.csv ${cpu}`,
  `predict runs/or rows.csv rows.tsv rows.jsonl --output table ${cpu}`,
  `predict runs/or --values 1,0 --values 0,0 --top-k 1 ${cpu}`,
  `predict runs/or --values 1,0 --threshold 0.99 --output csv ${cpu}`,
  `predict runs/flowers unlabelled.csv --out answers.csv ${cpu}`,
  `predict runs/flowers --values 1,2,red ${cpu}`,
  `predict runs/prices prices.csv --output table ${cpu}`,
  `predict runs/greys greys/light/0.png ${cpu}`,
  `predict runs/greys greys --contact-sheet sheet.png --output csv ${cpu}`,
  `predict runs/or rows.csv --out answers.csv ${cpu}`,
  'export runs/or',
  'export runs/flowers --format npz --out arrays.npz',
  'export runs/or --format safetensors --out out/or.safetensors',
  'export runs/or --format onnx --dtype float64 --out or.onnx',
  'export runs/or --format js --out or.js',
  'export runs/or --format layers --out layers',
  'export runs/or-2 --format layers',
  'import out/or.safetensors --model gate --gate or',
  'import out/or.safetensors --model gate --map weights=w.T,bias=b',
  'import out/or.safetensors --model gate --map weights',
  'import out/or.safetensors --model gate --out out/or.safetensors',
  'import or.onnx --model gate',
  'compare runs/or runs/or-2',
  'compare runs/or runs/or --out pages/same.html',
  'compare runs/or runs/flowers',
  'verify runs/or',
  'verify runs/prices --data-file prices.csv',
  'verify runs/flowers --data-file prices.csv',
  'data flowers.csv',
  'data flowers.csv --target kind --show',
  'data flowers.csv --json',
  'data prices.csv --target price',
  'data holes.csv --target answer',
  'data holes.csv --target nothing',
  'data greys --size 6x6 --grey',
  'data greys --size 4x4 --out sheet.png',
  'data logic-gates',
  'data nothing',
  `gradcheck gate --draws 1 --steps 3 ${cpu}`,
  'gradcheck softmax --data-file flowers.csv --target kind',
  'prove gate --seed 1',
  'prove gate --rows 3',
  'prove gate --all',
  'sweep gate --gate and,or --seeds 2 --epochs 2 --job slurm --out cluster',
  'sweep gate --gate and,or --epochs 2 --job slurm --tasks 3 --out other',
  'sweep gate --gate and,or --job slurm --shard 1/2',
  'sweep',
  'sweep gate --random 3',
  'sweep gate --learning-rate 0.1..1',
  'sweep gate --learning-rate 1..0.1 --random 2',
  'sweep gate --learning-rate x,1',
  'sweep gate --shard 3/2',
  'sweep gate --seeds 2 --seed 1,2',
])(
  'zoo %s',
  async (words) => {
    expect(await said(...words.split(' ').filter(Boolean))).toMatchSnapshot();
  },
  60_000,
);

test('a directory without weights is no latest run', async () => {
  mkdirSync(join(directory, 'elsewhere/runs/empty'), { recursive: true });
  const { stdout } = await zooHere(['--json'], join(directory, 'elsewhere'));
  expect(JSON.parse(stdout)).toMatchObject({ latestRun: null });
});

test('what there is: models, datasets and where their data are, and backends', async () => {
  const { stdout } = await zooHere(['list', '--json'], directory);
  const { backends, ...others } = JSON.parse(stdout) as {
    backends: { name: string; available: boolean; note?: string }[];
  };
  expect(others).toMatchSnapshot();
  for (const { available, note } of backends) expect(available).toBe(note === undefined);
  const text = (await said('list')).replace(/\s+/g, ' ');
  expect(text).toMatch(
    /^models gate one logic gate: .* \(document 004\) xor-composed .* datasets logic-gates .* backends/,
  );
  expect(text).toContain(
    ' points of a square, the middle stripe against both sides: computed here, complete without files ',
  );
  expect(text).toContain(' cpu ready ');
});

test.each([
  ...commandNames.map((name) => [name, name]),
  ...[
    ['train', 'train mnist'],
    ['sweep', 'sweep mnist'],
    ['gradcheck', 'gradcheck gate'],
    ['import', 'import a.npz --model gate'],
    ['train', 'train ./mine.ts'],
    ['data', 'data own.csv'],
  ],
])('%s: what --help says of “%s”', async (name, words) => {
  const { argv } = process;
  process.argv = ['node', 'zoo', ...words.split(' ')];
  try {
    const { default: body } = await commands.find(({ command }) => command.split(' ')[0] === name)!.load();
    const parser = yargs([]).scriptName('zoo').wrap(80);
    if (words.endsWith('.ts'))
      await expect(body.builder(parser)).rejects.toThrow('There is no file ./mine.ts');
    else expect(await (await body.builder(parser)).getHelp()).toMatchSnapshot();
  } finally {
    process.argv = argv;
  }
});

test('what Tab offers: names where a command takes them', async () => {
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  const offered = async (...words: string[]) => {
    log.mockClear();
    await zooHere(['--get-yargs-completions', 'zoo', ...words], directory);
    for (let i = 0; i < 100 && log.mock.calls.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return log.mock.calls.map(([word]) => String(word).split(':')[0]);
  };
  try {
    expect(await offered('train', 'm')).toEqual(['mnist', 'mlp']);
    expect(await offered('data', 'c')).toEqual(['cats']);
    expect(await offered('gradcheck', 'zzz')).toEqual([]);
    expect(await offered('train', 'mnist', '--epo')).toContain('--epochs');
    expect(await offered('ver')).toContain('verify');
  } finally {
    exit.mockRestore();
    log.mockRestore();
  }
});

test('a training as a document', async () => {
  const { stdout } = await zooHere(
    `train gate --epochs 2 ${quick} --out runs/document --json`.split(' '),
    directory,
  );
  const { seconds, stepsPerSecond, steps, out, ...others } = JSON.parse(stdout) as {
    seconds: number;
    stepsPerSecond: number;
    steps: number;
    out: string;
  };
  expect(stepsPerSecond).toBeCloseTo(steps / seconds, 6);
  expect(out).toBe(join(directory, 'runs/document'));
  expect(others).toMatchObject({
    model: 'gate',
    dataset: { name: 'logic-gates', source: 'built-in' },
    backend: 'cpu',
    gradients: 'manual',
    seed: 1,
    epochs: 2,
  });
});

test('a contact sheet of predictions: the probability of the label, and the name of the file', async () => {
  const saved = {
    file: {
      model: 'mnist',
      classNames: ['a', 'b'],
      preprocessing: { kind: 'image', height: 1, width: 1, channels: 1, divisor: 1 },
    },
  } as unknown as SavedModel;
  const rows = (count: number) =>
    Array.from({ length: count }, () => ({ input: 'folder/one.png', values: Float64Array.of(1) }));
  const ranked = (count: number) =>
    Array.from({ length: count }, () => ({ label: 'b', probabilities: [0.25, 0.75], top: [] }));
  const texts = async (count: number) =>
    (await outlineOf(await sheetOf(saved, rows(count), ranked(count))))
      .split('\n')
      .filter((line) => line.startsWith('text'))
      .map((line) => line.replace(/.*font-size=\d+ /, ''));
  expect(await texts(1)).toEqual(['mnist: 1 pictures', 'b 75.0 %', 'one.png']);
  const [title, ...captions] = await texts(201);
  expect([title, captions.length]).toEqual(['mnist: the first 200 of 201 pictures', 400]);
  const numbers = { file: { ...saved.file, preprocessing: { kind: 'none' } } } as unknown as SavedModel;
  expect(() => sheetOf(numbers, [], [])).toThrow(
    '--contact-sheet is for models of pictures; mnist takes numbers.',
  );
});

test('what was written', () => {
  const text = (name: string) => steady(readFileSync(join(directory, name), 'utf8'));
  expect(text('answers.csv')).toMatchSnapshot();
  expect(text('or.js')).toContain('export');
  expect(text('cluster/run.sh')).toMatchSnapshot();
});

test('a run that was tampered with is told in what it differs', async () => {
  const path = join(directory, 'runs/or/run.json');
  const run = JSON.parse(readFileSync(path, 'utf8')) as {
    metrics: { test: { loss: number } };
    history: { loss: number }[];
  };
  run.metrics.test.loss += 1;
  writeFileSync(path, JSON.stringify(run));
  expect(await said('verify', 'runs/or')).toMatchSnapshot();
});
