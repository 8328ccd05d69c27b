/** The project's own checks, run on planted mistakes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const program = (path: string) => join(root, 'node_modules', path);

export interface Answer {
  code: number;
  text: string;
}

/** Runs a program of Node's in the project's folder. */
export function node(args: string[], input = ''): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    );
    child.stdin!.end(input);
  });
}
