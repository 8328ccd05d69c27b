/**
 * Tables of plain text that fit a terminal.
 */
import { wrap } from './text.ts';

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
