/** The whole command with as few steps as it can make. Nothing here depends on how long they take. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zoo } from '../../../helpers/zoo.ts';

interface Row {
  workload: string;
  implementation: string;
  backend: string;
  gradients?: string;
  microsecondsPerStep: { median: number; min: number; max: number };
  repeats: number;
  tensorsPerStep?: number;
  peakMemoryMebibytes: number;
  lossOfStep20: number;
}
interface Report {
  rows: Row[];
  ratios: { zoo: Row; peer: Row; ratio: number }[];
  speedUps: { backend: string; manualOverAutodiff: number }[];
  agreements: { workload: string; agree: boolean; largestDifference: number; compared: number }[];
  skipped: { implementation: string; reason: string }[];
}

const quick = ['bench', '--repeats', '2', '--seconds', '0'];
const env = { ZOO_NATIVE_DIR: '/nonexistent' };
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-bench-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('in Node.js alone', () => {
  let report: Report;
  const implementation = 'zoo,naive,layers';
  beforeAll(async () => {
    const chart = join(directory, 'chart.svg');
    const options = ['--workload', 'breast-cancer', '--implementation', implementation];
    const { code, stdout } = await zoo(
      [...quick, ...options, '--backend', 'wasm,cpu', '--chart', chart, '--json'],
      { env },
    );
    expect(code).toBe(0);
    report = JSON.parse(stdout) as Report;
  });

  test('every contestant has a row with the times of its rounds', () => {
    const names = report.rows.map(({ implementation, backend, gradients }) =>
      [implementation, backend, gradients].filter(Boolean).join(' '),
    );
    expect(names).toEqual([
      'zoo wasm manual',
      'zoo wasm autodiff',
      'zoo cpu manual',
      'zoo cpu autodiff',
      'naive wasm manual',
      'naive wasm autodiff',
      'layers wasm',
    ]);
    for (const { microsecondsPerStep: time, ...row } of report.rows) {
      expect(time.min).toBeGreaterThan(0);
      expect(time.median).toBeGreaterThanOrEqual(time.min);
      expect(time.max).toBeGreaterThanOrEqual(time.median);
      expect(row.repeats).toBe(2);
      expect(row.tensorsPerStep).toBeGreaterThan(1);
      expect(row.peakMemoryMebibytes).toBeGreaterThan(10);
    }
  });

  test('all programs compute the same: their losses agree after twenty steps', () => {
    expect(report.agreements).toMatchObject([{ workload: 'breast-cancer', agree: true, compared: 7 }]);
    const losses = report.rows.map(({ lossOfStep20 }) => lossOfStep20);
    expect(losses.every((loss) => loss > 0.1 && loss < 5)).toBe(true);
  });

  test('ratios hold within a round and are those of the zoo to the others', () => {
    expect(report.ratios).toHaveLength(4 * 3);
    expect(
      report.ratios.every(({ zoo, peer }) => zoo.implementation === 'zoo' && peer.implementation !== 'zoo'),
    ).toBe(true);
    expect(report.speedUps.map(({ backend }) => backend)).toEqual(['wasm', 'cpu']);
  });

  test('the chart names every contestant and its unit', async () => {
    const svg = await readFile(join(directory, 'chart.svg'), 'utf8');
    for (const text of ['zoo wasm, by hand', 'naive wasm auto', 'layers wasm', 'µs per step, logarithmic']) {
      expect(svg).toContain(text);
    }
  });
});

const hasNumpy = (() => {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasNumpy) console.info('SKIPPED: peers in Python, because python3 has no numpy');

(hasNumpy ? test : test.skip)(
  'NumPy trains on the same rows, batches and weights, with the same losses',
  async () => {
    const { code, stdout } = await zoo(
      [
        ...[...quick, '--workload', 'mnist,breast-cancer,gates', '--json'],
        ...['--implementation', 'zoo,numpy-float64', '--backend', 'cpu'],
      ],
      { env },
    );
    expect(code).toBe(0);
    const { agreements } = JSON.parse(stdout) as Report;
    expect(agreements.map(({ workload, agree, compared }) => [workload, agree, compared])).toEqual(
      ['mnist', 'breast-cancer', 'gates'].map((name) => [name, true, 3]),
    );
  },
);

test('the table fits a terminal; what Python lacks is skipped with the reason', async () => {
  const python = join(directory, 'python-without-modules');
  await writeFile(python, '#!/bin/sh\necho \'["torch", "keras"]\'\n', { mode: 0o755 });
  const options = ['--implementation', 'zoo,naive,layers,torch,keras', '--python', python];
  const { code, stdout, stderr } = await zoo(
    [...quick, '--workload', 'gates', '--backend', 'wasm,cpu', ...options],
    { env },
  );
  expect(code).toBe(0);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/zoo +wasm +by hand +[\d.]+/);
  expect(stdout).toMatch(/zoo ÷ … +wasm +wasm auto +cpu +cpu auto/);
  const unwrapped = stdout.replace(/\n +/g, ' ');
  expect(unwrapped).toContain(`skipped: torch: ${python} has no module torch.`);
  expect(unwrapped).toContain(`skipped: keras: ${python} has no module keras.`);
  expect(stdout).toMatch(/The losses of step 20 agree: 7 programs/);
  expect(stderr).toContain('measuring gates');
});

test('Markdown for documents', async () => {
  const { stdout } = await zoo(
    [...quick, '--workload', 'gates', '--implementation', 'zoo', '--backend', 'cpu', '--markdown'],
    { env },
  );
  expect(stdout).toContain('### gates');
  expect(stdout).toMatch(/\| zoo \| cpu \| by hand \| [\d.]+ \|/);
});

describe('bad input: one sentence, exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown workload', ['--workload', 'mnist,cifar'], /no workload "cifar"; choose among mnist/],
    ['an unknown implementation', ['--implementation', 'jax'], /no implementation "jax"/],
    ['no rounds', ['--repeats', '0'], /--repeats/],
    ['negative seconds', ['--seconds', '-1'], /--seconds/],
    ['a chart of another kind', ['--chart', 'chart.gif'], /\.svg or \.png/],
    ['a Python that is none', ['--python', '/nonexistent/python'], /no Python at \/nonexistent\/python/],
    ['a program that is no Python', ['--python', 'false'], /does not work as a Python/],
    ['nothing left to measure', ['--implementation', 'naive', '--backend', 'cpu'], /Nothing can be measured/],
  ])('%s', async (_, options, message) => {
    const { code, stdout, stderr } = await zoo(['bench', ...options], { cwd: directory, env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
  });
});

test('a peer that dies is left out with its last words, and the others go on', async () => {
  const python = join(directory, 'python-that-breaks');
  const script = `#!/bin/sh\n[ "$1" = -c ] && echo '[]' && exit\necho 'ImportError: libomp is missing' >&2\nexit 1\n`;
  await writeFile(python, script, { mode: 0o755 });
  const options = ['--implementation', 'zoo,torch', '--backend', 'cpu', '--python', python, '--json'];
  const { code, stdout } = await zoo([...quick, '--workload', 'gates', ...options], { env });
  expect(code).toBe(0);
  const { rows, skipped } = JSON.parse(stdout) as Report;
  expect(rows.map(({ implementation }) => implementation)).toEqual(['zoo', 'zoo']);
  expect(skipped).toEqual([
    {
      workload: 'gates',
      implementation: 'torch',
      backend: 'torch',
      reason: 'ImportError: libomp is missing',
    },
  ]);
});
