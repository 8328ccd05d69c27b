/** Invalid arguments and inputs: one sentence, exit code 2, and nothing is written. */
import { beforeAll, expect, jest, test } from '@jest/globals';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zooHere } from '../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
const path = (name: string) => join(directory, name);

beforeAll(async () => {
  await zooHere('train gate --epochs 2 --no-report --backend cpu --out run'.split(' '), directory);
  const weights = readFileSync(path('run/weights.json'), 'utf8');
  writeFileSync(path('other.json'), weights.replace('"gate"', '"xor"'));
  writeFileSync(path('unknown.json'), weights.replace('"gate"', '"resnet"'));
  const parameters = {
    weights: { shape: [2, 1], dtype: 'float32', values: [10, 10] },
    bias: { shape: [1], dtype: 'float64', values: [1e300] },
  };
  writeFileSync(path('overflow.json'), JSON.stringify({ ...JSON.parse(weights), parameters }));
  writeFileSync(path('text.png'), 'not a picture');
  writeFileSync(path('file'), '');
  mkdirSync(path('nothing'));
  mkdirSync(path('layers'));
  copyFileSync(path('run/weights.json'), path('layers/model.json'));
  linkSync(path('run/weights.json'), path('same.json'));
  symlinkSync('run/weights.json', path('linked.json'));
}, 120_000);

async function expectRejected(args: string[], message: string | RegExp, input?: string): Promise<void> {
  const before = readdirSync(directory, { recursive: true });
  const { code, stdout, stderr } = await zooHere(args, directory, input);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/unexpected error/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(directory, { recursive: true })).toEqual(before);
}

test.each<[string, string | RegExp]>([
  ['trian', 'Unknown command "trian". Did you mean train?'],
  ['help trian', 'Did you mean train?'],
  ['train mnsit', 'Unknown model "mnsit"'],
  ['train', 'Missing argument. Usage: zoo train <model>'],
  ['train gate gate2', 'Unexpected argument "gate2"'],
  ['train gate --epoch 3', 'Unknown option --epoch. Did you mean --epochs?'],
  ['train mnist --hiden 3', 'Did you mean --hidden?'],
  ['train gate --optimizer adma', 'Unknown optimizer "adma". Did you mean adam?'],
  ['train gate --gate maybe', 'gate "maybe"'],
  ['train gate --preset x', 'no preset "x"'],
  ['data mnits', 'Did you mean mnist?'],
  ['train gate --epochs -1', '--epochs takes a whole number'],
  ['train breast-cancer --l2 abc', '--l2 takes a number of at least 0, not text'],
  ['train gate --learning-rate x', '--learning-rate'],
  ['train gate --checkpoint-every soon', '--checkpoint-every takes steps such as 500 or seconds such as 30s'],
  ['train gate --resume nowhere', 'Nothing to resume in'],
  ['train gate --force-resume', 'force-resume -> resume'],
  ['train gate --resume a --out b', 'a resumed run stays in its own'],
  ['train gate --quiet --out file/new', 'file'],
  ['train mnist --data-dir . --out new', 'train-images-idx3-ubyte'],
  ['predict none.json --values 1,0', 'none.json'],
  ['predict text.png --values 1,0', 'JSON'],
  ['predict other.json --values 1,0', 'lacks the parameter'],
  ['predict unknown.json --values 1,0', 'resnet'],
  ['predict run --values 1', 'takes 2'],
  ['predict run --values 1,x', 'finite numbers'],
  ['predict run text.png', 'takes 2 numbers'],
  ['evaluate nothing', /cannot read "nothing\/weights\.json": it does not exist/],
])('zoo %s: %s', (words, message) => expectRejected(words.split(' '), message));

test.each(['--out', '--resume', '--epochs'])('%s is given more than once', (option) =>
  expectRejected(['train', 'gate', option, '2', option, '3'], `zoo: ${option} is given more than once`),
);

test.each([
  [['train', 'gate', '--out', ''], '--out'],
  [['train', 'gate', '--out='], '--out'],
  [['train', 'gate', '--epochs'], '--epochs'],
  [['train', 'gate', '--data-dir', '--epochs', '3'], '--data-dir'],
  [['sweep', 'gate', '--learning-rate'], '--learning-rate'],
  [['predict', 'run', '--values'], '--values'],
])('%j: an option lacks its value', (args, option) => expectRejected(args, `zoo: ${option} needs a value`));

test.each([
  ['sweep gate --random-seed 4294967296', '--random-seed takes a whole number from 0 to 4294967295'],
  ['sweep gate --seeds 1.5', '--seeds takes a whole number from 1 to 10000, not 1.5'],
  ['sweep gate --random 100001', '--random takes a whole number from 1 to 100000'],
  ['sweep gate --learning-rate 1 --workers 1025', '--workers takes a whole number from 1 to 1024, not 1025'],
  ['sweep gate --gate and,or --job slurm --tasks 3', '--tasks takes a whole number from 1 to 2, not 3'],
  ['playground --port 65536', '--port takes a whole number from 0 to 65535, not 65536'],
  ['prove gate --points 0', '--points takes a whole number from 1 to 10000, not 0'],
  ['prove gate --rows 2048', '--rows takes a whole number from 1 to 1024, not 2048'],
  ['prove mlp --features 0', '--features takes a whole number from 1 to 1000000, not 0'],
  ['prove mlp --classes 10001', '--classes takes a whole number from 1 to 10000, not 10001'],
  ['gradcheck gate --seed -1', '--seed takes a whole number from 0 to 4294967295, not -1'],
  ['gradcheck gate --draws 1001', '--draws takes a whole number from 0 to 1000, not 1001'],
  ['gradcheck gate --entries 0', '--entries takes a whole number from 1 to 1000000, not 0'],
  ['gradcheck gate --tolerance -1', '--tolerance takes a number of at least 0, not -1'],
  ['gradcheck mlp --features 0', '--features takes a whole number from 1 to 1000000, not 0'],
  ['gradcheck mlp --classes 10001', '--classes takes a whole number from 1 to 10000, not 10001'],
  ['predict run --values 1,0 --top-k 3', '--top-k takes a whole number from 1 to 2, not 3'],
  ['predict run --values 1,0 --threshold 2', '--threshold takes a number from 0 to 1, not 2'],
])('%s: a number is out of range', (words, message) => expectRejected(words.split(' '), message));

test.each([
  'export run --out run/weights.json',
  'export run --out ./run/../run/weights.json',
  'export linked.json --out run/weights.json',
  'export run --out same.json',
  'export layers/model.json --format layers --out layers',
  'compare run --out run/run.json',
])('%s: an input would be overwritten', async (words) => {
  const files = ['run/weights.json', 'run/run.json', 'layers/model.json'];
  const contents = () => files.map((name) => readFileSync(path(name)));
  const before = contents();
  await expectRejected(words.split(' '), 'is an input and would be overwritten');
  expect(contents()).toEqual(before);
});

test('standard input has a line that is too long', () =>
  expectRejected(
    ['predict', 'run', '-'],
    'line 1 of the input is longer than 1000000 characters.',
    'x'.repeat(1_000_001),
  ));

test('predict fails if the output of the model is not finite; under --json the error is a document', async () => {
  const words = 'predict overflow.json --values 1,1 --backend cpu --json --quiet';
  const { code, stdout, stderr } = await zooHere(words.split(' '), directory);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^zoo: The model's output for input 1 is Infinity, not a finite number: .*\n$/);
  expect(JSON.parse(stdout)).toEqual({ error: { message: stderr.slice(5, -1), code: 1 } });
});

test('the current directory no longer exists', async () => {
  const here = process.cwd();
  const cwd = jest.spyOn(process, 'cwd').mockReturnValueOnce(here);
  cwd.mockImplementation(() => {
    throw new Error('ENOENT');
  });
  const { code, stderr } = await zooHere(['list'], directory).finally(() => cwd.mockRestore());
  expect([code, stderr]).toEqual([
    2,
    'zoo: The current directory no longer exists. Change to another one.\n',
  ]);
});
