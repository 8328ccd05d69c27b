import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { commandLine, main } from '../../src/cli/main.ts';
import { Output } from '../../src/cli/shared/output.ts';
import { bin, type Outcome } from './zoo.ts';

/** Runs the command line in this process, which is faster than starting one, without the caller's data settings. */
export async function zooHere(args: string[], cwd: string, input?: string): Promise<Outcome> {
  const { argv, exitCode } = process;
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  const before = process.cwd();
  const { ZOO_DATA_DIR } = process.env;
  const outcome: Outcome = { code: 0, stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      outcome[name] += String(text);
      return true;
    }),
  );
  const forget = rememberListeners();
  try {
    process.chdir(cwd);
    process.argv = [process.execPath, bin, ...args];
    process.exitCode = 0;
    delete process.env.ZOO_DATA_DIR;
    if (input !== undefined)
      Object.defineProperty(process, 'stdin', { ...accessible, value: Readable.from([Buffer.from(input)]) });
    await main(args);
    outcome.code = Number(process.exitCode);
  } finally {
    process.argv = argv;
    Object.defineProperty(process, 'stdin', stdin);
    process.exitCode = exitCode;
    process.chdir(before);
    if (ZOO_DATA_DIR !== undefined) process.env.ZOO_DATA_DIR = ZOO_DATA_DIR;
    for (const spy of spies) spy.mockRestore();
    forget();
  }
  return outcome;
}

/** A training that gets SIGINT once its first checkpoint is there. @param args with `--out` */
export async function zooInterrupted(args: string[], cwd: string): Promise<Outcome> {
  const checkpoint = join(cwd, args[args.indexOf('--out') + 1], 'checkpoint.json');
  const timer = setInterval(() => {
    if (!existsSync(checkpoint)) return;
    clearInterval(timer);
    process.emit('SIGINT', 'SIGINT');
  });
  return zooHere([...args, '--checkpoint-every', '1'], cwd).finally(() => clearInterval(timer));
}

const accessible = { configurable: true, enumerable: true };

/** What the parser of the command line prints: help or completions. */
export async function parserOutput(args: string[]): Promise<string> {
  const { argv } = process;
  process.argv = [process.execPath, bin, ...args];
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: Error | undefined, _: unknown, text: string) =>
        error ? reject(error) : resolve(text);
      void commandLine(args, new Output({})).parse(args, {}, done);
    });
  } finally {
    process.argv = argv;
  }
}

/** Removes the listeners that a command adds and that otherwise last until its process ends. */
function rememberListeners(): () => void {
  const heard = (
    [
      [process.stdout, 'error'],
      [process.stderr, 'error'],
      [process, 'exit'],
      [process, 'SIGHUP'],
      [process, 'SIGINT'],
      [process, 'SIGTERM'],
    ] as [NodeJS.EventEmitter, string][]
  ).map(([emitter, event]) => ({ emitter, event, before: emitter.listeners(event) }));
  return () => {
    for (const { emitter, event, before } of heard) {
      for (const listener of emitter.listeners(event)) {
        if (!before.includes(listener)) emitter.off(event, listener as () => void);
      }
    }
  };
}
