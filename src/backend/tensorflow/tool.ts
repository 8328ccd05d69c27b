/** Running other people's programs: npm, Python, a compiler. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Says what is being done, one sentence a call; long work repeats itself with the seconds it has taken. */
export type Progress = (message: string) => void;

export interface ToolOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called every ten seconds while the program runs. */
  onWait?: (seconds: number) => void;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
}

export interface ToolResult {
  /** Whether the program ran and ended with exit code 0. */
  succeeded: boolean;
  /** The last lines it wrote, standard output and standard error as they came. */
  lines: string[];
}

const KEPT_LINES = 200;

/** Run a program to its end. Never throws: a program that cannot be started has failed, with the reason as its line. */
export function runTool(
  command: string,
  commandArguments: string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const started = performance.now();
    const lines: string[] = [];
    const child = spawn(command, commandArguments, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ticker = setInterval(
      () => options.onWait?.(Math.round((performance.now() - started) / 1000)),
      10_000,
    );
    const keep = (line: string) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      options.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on('line', keep);
    child.on('error', (error) => {
      clearInterval(ticker);
      resolve({ succeeded: false, lines: [error.message] });
    });
    child.on('close', (code) => {
      clearInterval(ticker);
      resolve({ succeeded: code === 0, lines });
    });
  });
}

/** The full path of the first of these programs that `PATH` holds; a name with a slash is looked at as it is. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    const places = /[/\\]/.test(name) ? [name] : folders.map((folder) => join(folder, name));
    for (const place of places.flatMap((base) => endings.map((ending) => base + ending))) {
      try {
        accessSync(place, constants.X_OK);
        return place;
      } catch {
        // Not here; look on.
      }
    }
  }
  return undefined;
}

/** The line that tells the cause of a failure, for a message of one sentence. */
export function causeOf({ lines }: ToolResult): string {
  const told = lines
    .filter(
      (line) => !/^(npm|gyp) (warn|info)|^npm error (code|path|command|A complete log)|^WARNING/i.test(line),
    )
    .map((line) => line.replace(/^(npm error|gyp ERR!( stack)?)/, '').trim())
    .filter(Boolean);
  const cause =
    told.find((line) => /error:/i.test(line)) ??
    told.find((line) => /fail|not found|no such|denied|refused/i.test(line)) ??
    told.at(-1);
  return (cause ?? 'it gave no reason').slice(0, 300).replace(/\.$/, '');
}
