/**
 * Tables out of records of texts, as CSV and TSV have them. The first one names the columns where none of its cells is a
 * number; else they are called 1, 2, …
 */
import { InputError } from '../../utils/errors.ts';
import { TableBuilder, valueOf, type Table } from '../table/table.ts';

/** Takes records as they are parsed, so that a large file is never held as texts. */
export class RecordsTable {
  readonly #name: string;
  readonly #builder: TableBuilder;
  #names?: string[];
  /** An index that a program has written along: it names rows and says nothing of them. */
  #skipsFirst = false;

  constructor(name: string) {
    this.#name = name;
    this.#builder = new TableBuilder(name, 'line');
  }

  /** @param cells trimmed @throws InputError where they are more or fewer than the columns */
  add(cells: readonly string[], line: number): void {
    if (!this.#names) {
      if (this.#begin(cells)) return;
    }
    const names = this.#names!;
    if (cells.length !== names.length) {
      throw new InputError(
        `${this.#name}, line ${line}: ${cells.length} columns, expected ${names.length} as in the first line.`,
      );
    }
    this.#builder.addRow(this.#skipsFirst ? cells.slice(1) : cells, line);
  }

  table(): Table {
    return this.#builder.table();
  }

  /** @returns whether the first record was no row of data */
  #begin(cells: readonly string[]): boolean {
    const isHeader =
      cells.some((cell) => cell !== '') &&
      !cells.some((cell) => typeof valueOf(cell) === 'number' && cell !== '');
    const ofScikitLearn = isHeader ? undefined : classesOfScikitLearn(cells);
    if (ofScikitLearn) {
      this.#names = ofScikitLearn.columns;
      this.#builder.classNames = { column: 'target', names: ofScikitLearn.classNames };
    } else this.#names = cells.map((cell, i) => (isHeader && cell !== '' ? cell : String(i + 1)));
    this.#skipsFirst = isHeader && cells[0] === '' && cells.length > 2;
    if (this.#skipsFirst) {
      this.#builder.notes.push(
        `The first column of ${this.#name} has no name and is left out: it is taken for the numbers of the rows.`,
      );
    }
    this.#names.slice(this.#skipsFirst ? 1 : 0).forEach((name) => this.#builder.addColumn(name));
    return isHeader || ofScikitLearn !== undefined;
  }
}

/**
 * The first line of scikit-learn's own files, such as iris.csv: rows, features, then the names of the classes that the last
 * column numbers.
 */
function classesOfScikitLearn(
  cells: readonly string[],
): { columns: string[]; classNames: string[] } | undefined {
  const [rows, features] = cells.slice(0, 2).map(Number);
  const classNames = cells.slice(2);
  const fits =
    Number.isInteger(rows) &&
    Number.isInteger(features) &&
    features > 0 &&
    features <= 4096 &&
    classNames.length >= 2 &&
    classNames.every((name) => typeof valueOf(name) === 'string');
  if (!fits) return undefined;
  return { columns: [...Array.from({ length: features }, (_, i) => String(i + 1)), 'target'], classNames };
}
