import { jest } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { bin, type Outcome } from './zoo.ts';

/** Runs the command line in this very process, which is quicker than one of its own, without the caller's data. */
export async function zooHere(args: string[], cwd: string): Promise<Outcome> {
  const { argv, exitCode } = process;
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
    await main(args);
    outcome.code = Number(process.exitCode);
  } finally {
    process.argv = argv;
    process.exitCode = exitCode;
    process.chdir(before);
    if (ZOO_DATA_DIR !== undefined) process.env.ZOO_DATA_DIR = ZOO_DATA_DIR;
    for (const spy of spies) spy.mockRestore();
    forget();
  }
  return outcome;
}

/** What a command listens to until its process ends must not add up here. */
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
