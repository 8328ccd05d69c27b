/**
 * Why a user's own file does not load: its line, the line's text and the reason, as far as they can be found.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Place {
  file: string;
  line: number;
  reason: string;
}

/** @param error what importing the file has thrown @param file its absolute path */
export function whyNotLoaded(error: unknown, file: string): string {
  const place = placeOf(error, file);
  if (!place) return reasonOf(error);
  const where = place.file === file ? '' : `${relative('', place.file)}, `;
  return `${where}line ${place.line}: ${place.reason} in ${JSON.stringify(lineOf(place))}`;
}

function placeOf(error: unknown, file: string): Place | undefined {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  // Of TypeScript, by the program that translates it.
  const [, wrong, number, reason] = /^(.+):(\d+):\d+: ERROR: (.+)$/m.exec(message) ?? [];
  if (reason !== undefined) return { file: wrong, line: Number(number), reason };
  // `file:///m.js:3` above the message, `at f (/m.ts:3:5)` below it.
  const line = numberAfter(file, stack) ?? (error instanceof SyntaxError ? checkedLine(file) : undefined);
  return line === undefined ? undefined : { file, line, reason: reasonOf(error) };
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : `it throws ${String(error)}`).split('\n')[0];

/** The number of the line, where a text has `name:number`. */
function numberAfter(name: string, text: string): number | undefined {
  const at = text.indexOf(`${name}:`);
  const number = at < 0 ? NaN : parseInt(text.slice(at + name.length + 1), 10);
  return Number.isNaN(number) ? undefined : number;
}

/** Where JavaScript is no JavaScript: Node.js tells it on the terminal alone, so it is asked in a process of its own. */
function checkedLine(file: string): number | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: readFileSync(file),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return numberAfter('[stdin]', stderr);
}

function lineOf({ file, line }: Place): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1].trim().slice(0, 100);
  } catch {
    return '';
  }
}
