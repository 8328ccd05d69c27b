import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const bin = fileURLToPath(new URL('../../bin/zoo.js', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the real command line in a process of its own, without the caller's data settings. */
export function zoo(
  args: string[],
  { cwd, env = {}, input = '' }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { ZOO_DATA_DIR: _dataDir, NODE_OPTIONS: _options, ...inherited } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: { ...inherited, NO_COLOR: '1', ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    child.on('error', reject);
    // Of the first command after a source was edited.
    child.on('close', (code) => resolve({ code, stdout, stderr: stderr.replace('building …\n', '') }));
    child.stdin.end(input);
  });
}

/** The same, for tests that meddle with the process while it runs. */
export function start(args: string[], stdio: StdioOptions = ['ignore', 'pipe', 'pipe']): ChildProcess {
  const { ZOO_DATA_DIR: _dataDir, NODE_OPTIONS: _options, ...inherited } = process.env;
  // By `_` it is known who was started by nohup: the tests may have been.
  const env = { ...inherited, _: process.execPath };
  return spawn(process.execPath, [bin, ...args], { env, stdio });
}

/** The exit code of a process, once it has ended. */
export const ending = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });

/** Waits for what a process that runs brings about. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > patience) throw new Error('waited for a minute in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
