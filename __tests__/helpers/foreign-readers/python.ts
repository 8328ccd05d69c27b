/** Readers of exports that are written in Python. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('read.py', import.meta.url));

/** The versions of what a reader needs, or nothing where this Python lacks some of it. */
export const versionsOf = (python: string, reader: string): Promise<string | undefined> =>
  promisify(execFile)(python, [script, 'can', reader]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );

/** What a reader prints: a JSON document a line. @throws where it fails */
export function read(python: string, words: string[], rows: (number | string)[][] = []): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [script, ...words]);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${words.join(' ')}: ${stderr}`));
      else
        resolve(
          stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as unknown),
        );
    });
    child.stdin.on('error', () => {});
    child.stdin.end(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
}
