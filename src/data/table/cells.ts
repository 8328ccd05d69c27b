/**
 * What a cell of a table is: a number, a text, or missing. The only grammar of numbers is here; exported programs contain it too.
 */

export type Cell = string | number | bigint | boolean | Date | WrittenNumber | null | undefined;

/** A number of a file that has types, in the digits of the file. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What stands before the fraction of a number. */
export type Decimal = '.' | ',';

/** `1`, `-1.5`, `+2.`, `.5`, `1e-3`: anything else is not a number. */
export const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Missing cells as pandas, R and the UCI repository write them. */
export const missingTexts = ['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '?'];
const missing = new Set(missingTexts);

/** The number that a text is, whatever space is around it; NaN if it is none. */
export function numberIn(text: string, decimal: Decimal = '.'): number {
  const trimmed = text.trim();
  const plain = decimal === '.' ? trimmed : trimmed.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ','));
  return numberPattern.test(plain) ? Number(plain) : NaN;
}

export interface CellValue {
  /** NaN if the cell is a text or missing. */
  number: number;
  /** As written; undefined for an empty cell, and for a number that JavaScript writes in the same way. */
  text: string | undefined;
}

/**
 * Numbers of at most fifteen characters that JavaScript writes in the same way without an exponent, found without writing
 * them, which takes longer than reading.
 */
const asWritten = /^(?:0|-?[1-9]\d*(?:\.\d*[1-9])?|-?0\.(?!0{6})\d*[1-9])$/;

const exponent = /e/i;

export function readCell(cell: Cell, decimal?: Decimal): CellValue {
  if (typeof cell === 'number') return { number: cell, text: undefined };
  // Fifteen digits come back from a double as they were.
  if (typeof cell === 'string' && cell.length <= 15 && decimal !== ',' && asWritten.test(cell))
    return { number: Number(cell), text: undefined };
  if (cell === null || cell === undefined || cell === '') return { number: NaN, text: undefined };
  if (typeof cell === 'boolean') return { number: NaN, text: String(cell) };
  if (cell instanceof Date) {
    const number = cell.getTime();
    return { number, text: Number.isNaN(number) ? undefined : cell.toISOString() };
  }
  const text = cell instanceof WrittenNumber ? cell.text : String(cell);
  const number = numberIn(text, typeof cell === 'string' ? decimal : '.');
  const isSame =
    (text.length > 15 || exponent.test(text)) && String(number) === text && !Number.isNaN(number);
  return { number, text: isSame ? undefined : text };
}

/** The text of a cell without the space around it; undefined if the cell is missing. Categories and classes are such texts. */
export function textOf({ number, text }: CellValue): string | undefined {
  if (text === undefined) return Number.isNaN(number) ? undefined : String(number);
  const trimmed = text.trim();
  return missing.has(trimmed) ? undefined : trimmed;
}

/**
 * The place of a cell among categories or classes, by its text. Files of earlier versions have numbers in JavaScript's form and
 * texts with space around them, which are found too.
 *
 * @returns −1 if it is not among them
 */
export function indexIn(known: readonly string[], text: string, number: number): number {
  const exact = known.indexOf(text);
  if (exact >= 0) return exact;
  if (Number.isNaN(number)) return known.findIndex((one) => one.trim() === text);
  return known.indexOf(String(number));
}

/**
 * Numbers by value and before texts, texts by code unit: the same order on every machine. Texts of the same number stand by code
 * unit, too.
 */
export function compareValues(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  if (!Number.isNaN(x) && x !== y) return x - y;
  return a < b ? -1 : Number(a > b);
}

/** Whether a whole number would lose digits as a double, as identifiers do: `00200`, `1234567890123456789`. */
export const losesDigits = (text: string): boolean =>
  /^[+-]?0\d+$/.test(text) || (/^[+-]?\d{16,}$/.test(text) && BigInt(text) !== BigInt(Number(text)));
