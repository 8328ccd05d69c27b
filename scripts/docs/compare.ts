/**
 * Is a transcript what the commands print today? But for what differs between machines.
 */
import type { Block, Command } from './page.ts';

/** Seconds, digits that rounding decides, and how far a column is filled. */
function comparable(text: string, onlyWords: boolean): string[] {
  return (
    text
      .replace(/\d+(\.\d+)? (s|ms|µs|steps\/s|MiB)\b/g, '# $2')
      .replace(/"(\w*[sS]econds|stepsPerSecond)": [\d.e-]+/g, '"$1": #')
      .replace(/(runs\/[a-z-]+?)-(\d{4}-?\d\d-?\d\d[T\d_:.-]*|…)/g, '$1-…')
      .replace(/-?\d+(\.\d+)?(e[+-]\d+)?/g, (number) => (onlyWords ? '#' : rounded(number)))
      .split('\n')
      // A column may be wider.
      .map((line) => line.replace(/-{2,}/g, '--').replace(/\s+/g, ' ').trim())
  );
}

function rounded(number: string): string {
  const value = Number(number);
  const isTiny = value !== 0 && Math.abs(value) < 1e-5 && !/^-?1e-\d+$/.test(number);
  return isTiny ? 'tiny' : String(Number(value.toPrecision(6)));
}

/** TensorFlow's library is not on every machine: what is said of it is not compared. */
const withoutTensorFlow = (text: string): string =>
  text
    .split(/\n\n+/)
    .filter((part) => !part.startsWith('tensorflow:'))
    .map((part) =>
      part
        .split('\n')
        .filter((line) => !/\btensorflow\b/i.test(line))
        .join('\n'),
    )
    .join('\n\n');

/** What the page shows and the command does not print, line by line; undefined where they are the same. */
export interface Mismatch {
  command: string;
  shown: string[];
  printed: string[];
}

/** A page may leave lines out, which it shows by a line with an ellipsis. */
function compareOutput(command: string, shown: string, printed: string, onlyWords: boolean): Mismatch[] {
  const lines = (text: string) => comparable(withoutTensorFlow(text), onlyWords);
  let left = lines(printed);
  const hasGaps = /^…$/m.test(shown);
  for (const part of shown.split(/^…$/m).map((text) => lines(text.replace(/^\n|\n$/g, '')))) {
    if (part.join('') === '') continue;
    const start = left.findIndex((_, i) => part.every((line, j) => left[i + j] === line));
    const isWhole = hasGaps || part.length === left.length;
    if (start < 0 || !isWhole) return [{ command, shown: part, printed: left }];
    left = left.slice(start + part.length);
  }
  return shown === '' && printed !== '' ? [{ command, shown: [], printed: left }] : [];
}

/** @param printed what the block's commands print today */
export function mismatches({ commands, words, json }: Block, printed: Command[]): Mismatch[] {
  return commands.flatMap(({ line, output }, i) => {
    if (output === undefined) return [];
    const today = printed[i].output ?? '';
    if (json === undefined || i < commands.length - 1) return compareOutput(line, output, today, words);
    return compareOutput(line, laidOut(json.text), laidOut(today), words);
  });
}

/** JSON of one form, whatever form it had. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}
