import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baselineWarning } from '../../../../src/cli/shared/baseline-warning.ts';
import type { RunReport } from '../../../../src/weights/run-record.ts';
import { models } from '../../../../models/index.ts';
import { zooHere } from '../../../helpers/zoo-here.ts';
import { zoo } from '../../../helpers/zoo.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-advice-'));
});
afterAll(() => rm(directory, { recursive: true }));

const help = async (...words: string[]) =>
  (await zoo([...words, '--help'], { cwd: directory })).stdout.replace(/\s+/g, ' ');

test('train <model> --help shows every default and the presets; without a model it says how to see them', async () => {
  const text = await help('train', 'mnist');
  const { recipe, options } = models.mnist;
  for (const [name, value] of Object.entries({ ...recipe, hidden: options.hidden.default })) {
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(text).toMatch(
      new RegExp(
        `--${dashed === 'decay' ? 'schedule, --decay' : dashed} [^\\]]*?(\\[[^\\]]*\\] ?)*\\[default: ${String(value)}\\]`,
      ),
    );
  }
  expect(text).toContain('named settings: document');
  expect(text).toContain('--preset document: --hidden 64 --activation sigmoid');
  expect(await help('train', 'gate')).toContain('named settings: none');
  expect(await help('train')).toContain('name it: zoo train mnist --help');
});

test('a perceptron that is trained on XOR says why it fails, and a gate that is learned says nothing', async () => {
  const train = async (gate: string) => {
    const args = [
      'train',
      'gate',
      '--gate',
      gate,
      '--no-report',
      '--out',
      gate,
      '--backend',
      'cpu',
      '--json',
    ];
    const { stdout, stderr } = await zooHere(args, directory);
    return { hint: (JSON.parse(stdout) as { hint?: string }).hint, stderr };
  };
  const { hint, stderr } = await train('xor');
  expect(hint).toMatch(
    /^No better than always predicting the most frequent class \(.* 50\.00 %\)\. No straight line .* zoo train xor/,
  );
  expect(stderr).toContain(hint);
  expect((await train('or')).hint).toBeUndefined();
});

test.each<[string, object, number, string | undefined]>([
  [
    'a learning rate far from its own',
    { learningRate: 1000 },
    0.6,
    '--learning-rate 0.1, the default, instead of 1000',
  ],
  ['too few epochs', { epochs: 1 }, 0.6, 'Try --epochs 6, the default'],
  ['fewer than half of its epochs', { epochs: 2 }, 0.6, 'Try --epochs 6, the default'],
  ['half of its epochs', { epochs: 3 }, 0.6, 'Try another --learning-rate'],
  ['its own settings', {}, 0.6, 'Try another --learning-rate, more --epochs or another --seed.'],
  ['luck', { epochs: 1 }, 0.609, 'Try --epochs'],
  ['something learned', { epochs: 1 }, 0.62, undefined],
])('%s', (_, changed, accuracy, advice) => {
  const entry = models.mnist;
  const report = {
    request: { entry, recipe: { ...entry.recipe, ...changed }, options: {} },
    status: 'complete',
    metrics: {
      train: {
        accuracy,
        confusionMatrix: [
          [60, 0],
          [40, 0],
        ],
      },
    },
  } as unknown as RunReport;
  const hint = baselineWarning(report);
  if (advice === undefined) expect(hint).toBeUndefined();
  else expect(hint).toContain(advice);
  expect(baselineWarning({ ...report, status: 'interrupted' })).toBeUndefined();
});
