/**
 * The project's tests, file by file in a given order, in a copy of the project.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from './tree.ts';

export interface TestRun {
  /** The first test file that failed. */
  failed?: string;
  /** It had been running for so long that it will not end. */
  endless?: boolean;
  /** How many files were run. */
  tests: number;
  /** What was printed. */
  log: string;
}

/** How long a file may take when it took `seconds` undisturbed: the machine may be busy with other things. */
const patience = (seconds: number): number => (10 * seconds + 60) * 1000;

/**
 * Runs test files until one fails.
 *
 * @param tests their paths in the project, in the order they are run in
 * @param seconds how long each takes undisturbed
 */
export function runTests(
  { root, env }: Tree,
  tests: string[],
  seconds: (test: string) => number,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<TestRun> {
  const order = join(root, '.order.json');
  writeFileSync(order, JSON.stringify(tests.map((test) => join(root, test))));
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--runInBand', '--bail', '--reporters=default'],
      `--testSequencer=${join(root, 'scripts/mutants/sequencer.js')}`,
      ...(options.args ?? []),
      ...['--runTestsByPath', ...tests],
    ],
    { cwd: root, env: { ...env, MUTANTS_ORDER: order, ...options.env }, detached: true },
  );
  running.add(child.pid!);
  return new Promise((resolve, reject) => {
    let [log, done, failed] = ['', 0, undefined as string | undefined];
    let clock: NodeJS.Timeout;
    const stop = (): void => {
      clearTimeout(clock);
      endGroup(child.pid!);
    };
    const nextFile = (): void => {
      clearTimeout(clock);
      const current = tests[done];
      if (current === undefined) return;
      clock = setTimeout(
        () => {
          stop();
          resolve({ failed: current, endless: true, tests: done + 1, log });
        },
        patience(seconds(current)),
      );
    };
    nextFile();
    child.on('error', reject);
    const hear = (piece: Buffer): void => {
      log += piece.toString();
      const ended = [...log.matchAll(/^(PASS|FAIL) (\S+)/gm)];
      failed ??= ended.find(([, verdict]) => verdict === 'FAIL')?.[2];
      if (ended.length === done) return;
      done = ended.length;
      nextFile();
      if (failed === undefined) return;
      stop();
      resolve({ failed, tests: done, log });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (code) => {
      stop();
      resolve({ failed: failed ?? (code === 0 ? undefined : (tests[done] ?? 'jest')), tests: done, log });
    });
  });
}

/** Those that run now: they end with this process. */
const running = new Set<number>();
process.on('exit', () => running.forEach(endGroup));

/** The process that was started here, with those that it started. */
function endGroup(pid: number): void {
  running.delete(pid);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // They are gone already.
  }
}
