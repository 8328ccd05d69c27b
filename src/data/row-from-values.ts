/**
 * Rows for a trained model from raw numbers, or from the cells of a table.
 */
import type { Preprocessing, TableInput } from './dataset.ts';
import { encodeRow, featuresOf } from './table/encode.ts';
import { type Cell, readCell, textOf } from './table/cells.ts';
import { InputError } from '../utils/errors.ts';

/** What a trained model says about its inputs. */
export interface TakesRows {
  file: { model: string; preprocessing: Preprocessing };
  /** Numbers in one row. */
  features: number;
}

/** One row from raw numbers, standardised if the model was trained so. @param where for messages */
export function rowFromValues({ file, features }: TakesRows, values: unknown, where: string): Float64Array {
  if (file.preprocessing.kind === 'table') return rowOfTable(file.preprocessing.columns, values, where);
  if (
    !Array.isArray(values) ||
    !Array.from(values).every((v): v is number => typeof v === 'number' && Number.isFinite(v))
  ) {
    throw new InputError(`${where} must be a list of finite numbers.`);
  }
  if (values.length !== features) {
    throw new InputError(`${where} has ${values.length} numbers; the model ${file.model} takes ${features}.`);
  }
  const { preprocessing } = file;
  if (preprocessing.kind === 'standardise') {
    return Float64Array.from(values, (v, i) => (v - preprocessing.mean[i]) / preprocessing.scale[i]);
  }
  if (preprocessing.kind === 'image') return Float64Array.from(values, (v) => v / preprocessing.divisor);
  return Float64Array.from(values);
}

/** From cells in the order of the columns, or by the columns' names. */
function rowOfTable(columns: readonly TableInput[], values: unknown, where: string): Float64Array {
  if (typeof values !== 'object' || values === null) {
    throw new InputError(`${where} must be a list of cells, or an object that names them.`);
  }
  if (Array.isArray(values) && values.length !== columns.length) {
    const names = columns.slice(0, 10).map(({ name }) => name);
    throw new InputError(
      `${where} has ${values.length} cells; the model takes ${columns.length}: ${names.join(', ')}${columns.length > 10 ? ', …' : ''}.`,
    );
  }
  const cells = values as Record<string, unknown>;
  const row = new Float64Array(featuresOf(columns));
  const found = columns.map(({ name }, i) => {
    const cell = Array.isArray(values)
      ? (values as unknown[])[i]
      : Object.hasOwn(cells, name)
        ? cells[name]
        : undefined;
    if (typeof cell === 'object' && cell !== null)
      throw new InputError(`${where}: a cell is neither a number nor text.`);
    return readCell(cell as Cell);
  });
  encodeRow(columns, { number: (i) => found[i].number, text: (i) => textOf(found[i]) }, () => where, row, 0);
  return row;
}
