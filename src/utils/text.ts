/**
 * Numbers and names as people read them.
 */
import { InputError } from './errors.ts';

/** `12.34 %` of 0.1234. */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** `1 row`, `12 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `benign`, but `class 1`: a class whose name is one letter or two needs the word. */
export const called = (className: string): string =>
  className.length < 3 ? `class ${className}` : className;

/** `learning-rate` of `learningRate`: the name of an option on the command line. */
export const dashed = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `learningRate` → `--learning-rate`: the option of the command line that sets a value. */
export const optionName = (key: string): string => `--${key === 'decay' ? 'schedule' : dashed(key)}`;

/** As a POSIX shell takes it for one word. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;

/**
 * Breaks a text at spaces where it is wider than a page.
 *
 * @param width in characters; a longer word stands alone and is not broken
 * @param hanging how much further than its first line its others begin
 */
export function wrap(text: string, width: number, hanging = 2): string[] {
  const indent = ' '.repeat(text.length - text.trimStart().length + hanging);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const begin = lines.length === 0 ? indent.length - hanging : indent.length;
    let at = rest.lastIndexOf(' ', width);
    if (at <= begin) at = rest.indexOf(' ', Math.max(width, begin));
    if (at < 0) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** Text from a stranger, fit for a message: in one line, without control characters, not long. */
export function sanitizeForTerminal(text: string, most = 200): string {
  const plain = withoutControls(text.replace(/\s+/g, ' '));
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}

/** Text in lines, without the characters that move a terminal's cursor, colour it, or turn the direction of reading. Emoji and Persian need the joiners. */
export const withoutControls = (text: string): string =>
  text.replace(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '?');

export interface Column {
  title: string;
  /** Numbers stand right. */
  right?: boolean;
}

/** Columns of words. */
export const left = (...titles: string[]): Column[] => titles.map((title) => ({ title }));

/** Columns of numbers. */
export const right = (...titles: string[]): Column[] => titles.map((title) => ({ title, right: true }));

const gap = '  ';
const narrowest = 6;

/** Lines of equal columns, no wider than `width`: the widest columns give way first, their texts end in `…`. */
export class Table {
  readonly #columns: Column[];
  readonly #widths: number[];

  /** @param rows all that will be shown, or rows as wide as they */
  constructor(columns: Column[], rows: string[][], width = 80) {
    this.#columns = columns;
    this.#widths = columns.map(({ title }, i) =>
      rows.reduce((widest, row) => Math.max(widest, row[i].length), title.length),
    );
    const room = width - gap.length * (columns.length - 1);
    for (;;) {
      const excess = this.#widths.reduce((sum, one) => sum + one, 0) - room;
      const widest = Math.max(...this.#widths);
      if (excess <= 0 || widest <= narrowest) break;
      this.#widths[this.#widths.lastIndexOf(widest)]--;
    }
  }

  line(cells: string[]): string {
    const fitted = cells.map((cell, i) => {
      const width = this.#widths[i];
      const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
      return this.#columns[i].right ? text.padStart(width) : text.padEnd(width);
    });
    return fitted.join(gap).trimEnd();
  }

  header(): string {
    return this.line(this.#columns.map(({ title }) => title));
  }
}

/** Names and what they stand for, in two columns; the text of the second is broken at spaces. */
export function listText(rows: [name: string, text: string][], { indent = '  ', width = 80 } = {}): string {
  const widest = Math.max(...rows.map(([name]) => name.length));
  const room = width - indent.length - widest - gap.length;
  return rows
    .flatMap(([name, text]) =>
      wrap(text, room, 0).map((line, i) => indent + (i === 0 ? name : '').padEnd(widest) + gap + line),
    )
    .join('\n');
}

/** Header and rows, each after `indent`. */
export function tableText(columns: Column[], rows: string[][], { indent = '', width = 80 } = {}): string {
  const table = new Table(columns, rows, width - indent.length);
  return [table.header(), ...rows.map((row) => table.line(row))].map((line) => indent + line).join('\n');
}

/**
 * What has a name among all of its kind.
 *
 * @param kind how messages call it: `model`
 * @throws InputError that lists what there is
 */
export function lookup<T>(kind: string, all: Readonly<Record<string, T>>, name: unknown): T {
  if (typeof name === 'string' && Object.hasOwn(all, name)) return all[name];
  const known = Object.keys(all).join(', ');
  throw new InputError(`Unknown ${kind} "${sanitizeForTerminal(String(name))}". Known: ${known}.`);
}
