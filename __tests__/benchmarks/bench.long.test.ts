/** The whole benchmark with as few steps as possible. No assertion depends on how long they take. */
import { describe, expect, test } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from '../../benchmarks/report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the benchmark with two rounds of one step. */
const bench = (...words: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const args = ['--import', 'tsx', 'benchmarks/bench.ts', '--seconds', '0', '--repeats', '2', ...words];
    const child = execFile(process.execPath, args, { cwd: root }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode!, stdout, stderr }),
    );
  });

const namesOf = (rows: BenchRow[]): string[] =>
  rows.map(({ implementation, backend, gradients }) =>
    [implementation, backend, gradients].filter(Boolean).join(' '),
  );

test('reports the times of every implementation on Node.js as JSON', async () => {
  const { code, stdout } = await bench(
    ...['--workload', 'breast-cancer', '--implementation', 'zoo,naive,layers', '--backend', 'wasm', '--json'],
  );
  expect(code).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: BenchRow[] };
  expect(namesOf(rows)).toEqual([
    ...['zoo wasm manual', 'zoo wasm autodiff', 'naive wasm manual', 'naive wasm autodiff', 'layers wasm'],
  ]);
  for (const { microsecondsPerStep: time, repeats, workload } of rows) {
    expect({ workload, repeats }).toEqual({ workload: 'breast-cancer', repeats: 2 });
    expect(time.min).toBeGreaterThan(0);
    expect(time.median).toBeGreaterThanOrEqual(time.min);
    expect(time.max).toBeGreaterThanOrEqual(time.median);
  }
});

test('skips implementations that cannot start, with the reason', async () => {
  const { code, stdout, stderr } = await bench(
    ...['--workload', 'gates', '--implementation', 'zoo,torch', '--backend', 'cpu'],
    ...['--python', '/nonexistent/python'],
  );
  expect(code).toBe(0);
  expect(stderr).toContain('skipped torch torch: spawn /nonexistent/python ENOENT');
  expect(stdout.trim().split('\n')).toHaveLength(3);
});

test('fails if nothing was measured', async () => {
  const { code, stderr } = await bench(
    ...['--workload', 'gates', '--implementation', 'torch', '--python', '/nonexistent/python'],
  );
  expect(code).toBe(1);
  expect(stderr).toContain('Nothing was measured.');
});

describe('invalid options: one sentence, exit code 2', () => {
  test.each([
    [['--workload', 'mnist,cifar'], 'Unknown workload "cifar". Choose from mnist, '],
    [['--implementation', 'jax'], 'Unknown implementation "jax". Choose from zoo, '],
    [['--backend', 'gpu'], 'Unknown backend "gpu". Choose from '],
    [['--repeats', '0'], '--repeats takes a whole number from 1.'],
    [['--seconds', 'many'], '--seconds takes a number from 0.'],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await bench(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
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
if (!hasNumpy) console.info('SKIPPED: the NumPy baseline, because python3 has no numpy');

(hasNumpy ? test : test.skip)('NumPy has the same losses as the zoo', async () => {
  const { code, stdout, stderr } = await bench(
    ...['--workload', 'mnist,breast-cancer,gates', '--implementation', 'zoo,numpy-float64,numpy-float32'],
    ...['--backend', 'wasm', '--json'],
  );
  expect(stderr).not.toContain('differs');
  expect(code).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: BenchRow[] };
  expect(namesOf(rows.slice(2, 4))).toEqual(['numpy-float64 numpy', 'numpy-float32 numpy']);
  expect(rows).toHaveLength(12);
});
