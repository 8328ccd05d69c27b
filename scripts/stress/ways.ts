/**
 * The ways in which a training comes to a sudden end.
 */
import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../../src/core/text.ts';
import { isRunning } from '../../src/node/processes.ts';

const zoo = [process.execPath, fileURLToPath(new URL('../../bin/zoo.js', import.meta.url))];

export interface Ending {
  /** Undefined where nobody was told. */
  code: number | null | undefined;
  signal?: NodeJS.Signals | null;
  stderr: string;
  /** Whether it came to its end by us, not by itself. */
  sent: boolean;
  /** What must stay as it is until the run is resumed. */
  release?: () => void;
}

export interface Way {
  /** How the process may end: with a code once it listens to signals, before that by the signal. */
  code?: number;
  signal: NodeJS.Signals;
  /** @param after milliseconds. @param scratch an empty directory */
  end(args: string[], after: number, scratch: string): Promise<Ending>;
}

/** Runs the command line undisturbed, or ends it after so many milliseconds unless it is over by then. */
export function run(
  args: string[],
  { env = {}, stdio = ['ignore', 'ignore', 'pipe'] }: { env?: NodeJS.ProcessEnv; stdio?: StdioOptions } = {},
  after?: number,
  end: (child: ChildProcess) => void = () => {},
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _options, ...inherited } = process.env;
    const child = spawn(zoo[0], [zoo[1], ...args], { env: { ...inherited, ...env }, stdio });
    let [stderr, sent] = ['', false];
    const timer =
      after === undefined
        ? undefined
        : setTimeout(() => {
            sent = child.exitCode === null;
            if (sent) end(child);
          }, after);
    child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stderr, sent });
    });
  });
}

const bySignal = (
  signal: NodeJS.Signals,
  code?: number,
  how?: { env?: NodeJS.ProcessEnv; stdio?: StdioOptions },
): Way => ({
  code,
  signal,
  end: (args, after) => run(args, how, after, (child) => child.kill(signal)),
});

const fullDisk: Way = {
  code: 143,
  signal: 'SIGTERM',
  async end(args, after) {
    const full = openSync('/dev/full', 'w');
    const ending = run(args, { stdio: ['ignore', 'ignore', full] }, after, (child) => child.kill('SIGTERM'));
    closeSync(full);
    return ending;
  },
};

/** `zoo train … 2>&1 | tee log` and Ctrl-C, of which tee dies first. */
const dyingTee: Way = {
  code: 130,
  signal: 'SIGINT',
  end: (args, after) =>
    run(args, { stdio: ['ignore', 'pipe', 'pipe'] }, after, (child) => {
      child.stdout!.destroy();
      child.stderr!.destroy();
      child.kill('SIGINT');
    }),
};

/** The window is closed: the system sends SIGHUP, and from then on nothing can be written to the terminal. */
const closedTerminal: Way = {
  code: 129,
  signal: 'SIGHUP',
  async end(args, after, scratch) {
    const told = join(scratch, 'exit-code');
    // As shells do, it passes SIGHUP on; it outlives its terminal to tell the exit code.
    const command =
      `trap 'kill -HUP $pid' HUP; ${[...zoo, ...args].map(shellWord).join(' ')} & pid=$!; wait $pid; code=$?; ` +
      `while kill -0 $pid; do wait $pid; code=$?; done; echo $code > ${shellWord(told)}`;
    const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: 'ignore' });
    let sent = false;
    const timer = setTimeout(() => (sent = terminal.kill('SIGKILL')), after);
    await until(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'));
    clearTimeout(timer);
    return { code: Number(readFileSync(told, 'utf8')), stderr: '', sent };
  },
};

/** As in a container whose first process is no init: what was killed stays in the system's table. */
const unreaped: Way = {
  signal: 'SIGKILL',
  async end(args, after) {
    const shell = ['-c', '"$@" 3>&- & echo $! >&3; exec sleep 3600 3>&-', 'sh', ...zoo, ...args];
    const parent = spawn('sh', shell, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdio[3]!.once('data', (line: Buffer) => resolve(Number(line.toString()))),
    );
    await new Promise((resolve) => setTimeout(resolve, after));
    const sent = isRunning(pid);
    if (sent) process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid));
    return { code: undefined, signal: 'SIGKILL', stderr: '', sent, release: () => parent.kill() };
  },
};

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Those that this machine knows. */
export const ways: Record<string, Way> = {
  SIGKILL: bySignal('SIGKILL'),
  ...(spawnSync('script', ['--version']).status === 0 && { 'closed terminal': closedTerminal }),
  'dying tee': dyingTee,
  SIGTERM: bySignal('SIGTERM', 143),
  SIGINT: bySignal('SIGINT', 130),
  ...(existsSync('/dev/full') && { 'full disk under the log': fullDisk }),
  'missing TMPDIR': bySignal('SIGTERM', 143, { env: { TMPDIR: '/no/such/directory' } }),
  ...(existsSync('/proc/self/stat') && { 'parent that does not reap': unreaped }),
};
