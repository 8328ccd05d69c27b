import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { engines, jobFiles, type JobRequest } from '../../../../src/runs/sweep/job.ts';
import { checked } from '../../../../src/weights/schemas.ts';
import { sweepFileSchema } from '../../../../src/runs/sweep/trials.ts';

const request: JobRequest = {
  plan: {
    definition: { model: 'mnist', fixed: { epochs: 2 }, grid: { hidden: [32, 64], seed: [1, 2] } },
    backend: 'auto',
    data: { data: 'auto', dataDir: "/data of mine/it's" },
  },
  directory: "/somewhere/it's here",
  tasks: 4,
  workers: 2,
  from: '/home/me and you',
  program: ['/usr/bin/node', '/opt/the zoo/zoo.js'],
};

test.each(engines)('the job for %s is whole, and its scripts are what a shell takes', (engine) => {
  const files = jobFiles(engine, request);
  expect(checked(sweepFileSchema, JSON.parse(files['definition.json']), 'it', 'sweep file')).toMatchObject(
    request.plan.definition,
  );
  for (const [name, text] of Object.entries(files)) {
    if (!/\.(sh|slurm)$/.test(name)) continue;
    const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
    expect([name, status, stderr]).toEqual([name, 0, '']);
  }
});

test('words with spaces and quotes come to the task as they are', () => {
  const { 'array.slurm': text } = jobFiles('slurm', request);
  // Only the last line, with what would start the program in place of it.
  const line = text
    .trimEnd()
    .split('\n')
    .at(-1)!
    .replace(/^.*?zoo\.js'/, "printf '%s\\n'");
  const { stdout } = spawnSync('sh', ['-c', line], { env: { SLURM_ARRAY_TASK_ID: '3' }, encoding: 'utf8' });
  expect(stdout.split('\n')).toEqual([
    'sweep',
    "/somewhere/it's here/definition.json",
    ...['--shard', '3/4', '--out', "/somewhere/it's here/parts/3"],
    ...[
      '--backend',
      'auto',
      '--data',
      'auto',
      '--workers',
      '2',
      '--data-dir',
      "/data of mine/it's",
      '--quiet',
    ],
    '',
  ]);
});

const ofOwnData: JobRequest = {
  plan: {
    definition: {
      ...{ model: './My Models/net.v2.ts#the_one-with-a-rather-long-name', fixed: {}, grid: { seed: [1] } },
    },
    backend: 'cpu',
    data: { data: 'dir', own: { file: '/tables/a b.csv', target: 'kind', testShare: 0.25 } },
  },
  ...{ directory: '/runs/x', tasks: 20, workers: 1, from: '/home/me', program: ['zoo'] },
};

// Read and found right, line by line.
test.each(engines.flatMap((engine) => [1, 2].map((request) => [engine, request] as const)))(
  'the job for %s, word for word: request %i',
  (engine, number) => {
    const files = jobFiles(engine, number === 1 ? request : ofOwnData);
    const whole = Object.entries(files).map(([name, text]) => `=== ${name}\n${text}`);
    const wanted = new URL(`../../../fixtures/jobs/${engine}-${number}.txt`, import.meta.url);
    expect(whole.join('')).toBe(readFileSync(wanted, 'utf8'));
  },
);
