/** How a Python program takes the cells of a table. */
import type { Preprocessing } from '../../core/data/dataset.ts';

/** JSON has no escape that Python reads otherwise, but for the quotes around. */
export const pythonText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Names, categories and what stands for a missing cell. */
export const columnsOf = ({ columns }: Extract<Preprocessing, { kind: 'table' }>): string =>
  `# What the cells of a row are: [name, categories or null for a number, what stands for a missing cell]
COLUMNS = json.loads(${pythonText(
    JSON.stringify(
      columns.map((column) => [
        column.name,
        'categories' in column ? column.categories : null,
        column.fill ?? null,
      ]),
    ),
  )})`;

export const tableReader = `def numbers_in(rows):
    """Rows of cells, in the order of the columns or by their names, as numbers; a category becomes its number."""
    def number(row, i, name, categories, fill):
        cell = row.get(name) if isinstance(row, dict) else row[i]
        text = '' if cell is None or cell != cell else str(cell).strip()
        missing = text in ('', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '?')
        if missing and fill is not None:
            cell = text = fill
        elif missing:
            raise ValueError(f'column {name}: the cell is missing')
        if categories is None:
            return float(cell)
        if text in categories:
            return categories.index(text)
        # 1, 1.0 and "1" are the same category.
        same = [i for i, known in enumerate(categories) if is_number(known) and is_number(text) and float(known) == float(text)]
        if not same:
            raise ValueError(f'column {name}: {text} is a category that training did not know')
        return same[0]
    return [[number(row, i, *column) for i, column in enumerate(COLUMNS)] for row in rows]


def is_number(text):
    try:
        return float(text) == float(text)
    except ValueError:
        return False`;
