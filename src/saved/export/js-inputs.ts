/** How a JavaScript module takes its rows: lists of numbers, or the cells of a table. */
import type { Preprocessing } from '../../core/data/dataset.ts';

interface Inputs {
  /** Of one row, in the words of TypeScript. */
  type: string;
  /** What a row may be that is refused. */
  faults: string;
  declaration: string;
  /** The same as a type. */
  declared: string;
  /** A function from a row to numbers. */
  reader: string;
}

/** @param features numbers or cells in a row */
export const inputsOf = (preprocessing: Preprocessing, features: number): Inputs =>
  preprocessing.kind === 'table'
    ? {
        type: 'readonly unknown[] | Record<string, unknown>',
        faults:
          'a cell that is missing where none may be, no number where one must be, or a category that training did not know',
        declaration: `/** Cells in a row. */
export const features = ${features};

/** What they are: numbers, or texts of some categories. \`fill\` stands for a missing cell. */
export const columns = ${JSON.stringify(
          preprocessing.columns.map((column) => ({
            name: column.name,
            ...('categories' in column && { categories: column.categories }),
            ...(column.fill !== undefined && { fill: column.fill }),
          })),
          undefined,
          2,
        )};`,
        declared: `
/** What the cells of a row are: numbers, or texts of some categories. \`fill\` stands for a missing cell. */
export declare const columns: readonly { name: string; categories?: string[]; fill?: number | string }[];`,
        reader: tableReader,
      }
    : {
        type: 'ArrayLike<number>',
        faults: 'a row of another length, or with something that is no finite number',
        declaration: `/** Numbers in a row. */\nexport const features = ${features};`,
        declared: '',
        reader: numbersReader,
      };

const numbersReader = `function numbersIn(row, where) {
  if (row.length !== features) throw new TypeError(\`\${where} has \${row.length} numbers, not \${features}.\`);
  if (!Array.from(row).every(Number.isFinite)) throw new TypeError(\`\${where} has something that is no finite number.\`);
  return row;
}`;

const tableReader = `/** From cells in the order of the columns, or by their names; a category becomes its number. */
function numbersIn(row, where) {
  return columns.map(({ name, categories, fill }, i) => {
    const found = valueOf(Array.isArray(row) ? row[i] : row[name]);
    const value = Number.isNaN(found) && fill !== undefined ? fill : found;
    const number = categories ? categories.indexOf(String(value)) : value;
    if (Number.isFinite(number) && number !== -1 || (!categories && number === -1)) return number;
    throw new TypeError(\`\${where}, column \${name}: \${value} is \${categories ? 'no known category' : 'no finite number'}.\`);
  });
}

/** The value of a cell; NaN where it is missing. */
function valueOf(cell) {
  if (cell === null || cell === undefined) return NaN;
  if (typeof cell !== 'string') return typeof cell === 'boolean' ? String(cell) : cell;
  const text = cell.trim();
  if (/^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$/.test(text)) return Number(text);
  return /^(|NA|N\\/A|n\\/a|NaN|nan|null|NULL|None|\\?)$/.test(text) ? NaN : text;
}`;
