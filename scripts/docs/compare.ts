/**
 * Compares a transcript with what its commands print, apart from differences between machines.
 */
import type { Block, Command } from './page.ts';

/** Lines without durations, rounded digits and the widths of columns. */
function comparable(text: string, onlyWords: boolean): string[] {
  return (
    text
      .replace(/\d+(\.\d+)? (s|ms|µs|steps\/s|MiB)\b/g, '# $2')
      .replace(/"(\w*[sS]econds|stepsPerSecond)": [\d.e-]+/g, '"$1": #')
      .replace(/(runs\/[a-z-]+?)-(\d{4}-?\d\d-?\d\d[T\d_:.-]*|…)/g, '$1-…')
      .replace(/-?\d+(\.\d+)?(e[+-]\d+)?/g, (number) => (onlyWords ? '#' : rounded(number)))
      .split('\n')
      // Progress is shown when a command takes longer than usual.
      .filter((line) => !/^\d+ of \d+ done, .* left$/.test(line))
      // The width of a column may differ.
      .map((line) => line.replace(/-{2,}/g, '--').replace(/\s+/g, ' ').trim())
  );
}

function rounded(number: string): string {
  const value = Number(number);
  const isTiny = value !== 0 && Math.abs(value) < 1e-5 && !/^-?1e-\d+$/.test(number);
  return isTiny ? 'tiny' : String(Number(value.toPrecision(6)));
}

/** Without lines about TensorFlow's library, which is not on every machine. */
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

/** Lines that the page shows and the command does not print. */
export interface Mismatch {
  command: string;
  shown: string[];
  printed: string[];
}

/** A line with an ellipsis stands for lines that the page omits. */
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

/** JSON in a canonical layout. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}
