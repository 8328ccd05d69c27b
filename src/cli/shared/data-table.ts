/**
 * `zoo data` of a table of the user's own: what its columns hold, and whether a training could take it.
 */
import { datasetFromFile } from '../../../datasets/user/index.ts';
import { readTableFile } from '../../../datasets/user/table-file.ts';
import type { DataRequest, LoadedDataset } from '../../data/dataset.ts';
import { summariseTable, type ColumnSummary } from '../../data/summary.ts';
import { columnNamed } from '../../data/table/table.ts';
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal, left, right, tableText } from '../../utils/text.ts';

export interface TableAtAGlance {
  /** What training would have; nothing where the table cannot be taken as it is, or no target is named. */
  dataset?: LoadedDataset;
  /** Why not. */
  problem?: string;
  columns: ColumnSummary[];
  rows: number;
  file: LoadedDataset['files'][number];
  name: string;
}

/** @throws InputError where the file is no table, or has no such target */
export async function lookAtTable(request: DataRequest): Promise<TableAtAGlance> {
  const { own = {} } = request;
  const read = await readTableFile(own.file!);
  const { table, file } = read;
  if (own.target !== undefined) columnNamed(table, own.target, 'which is to be predicted');
  const seen = { columns: summariseTable(table), rows: table.rows, file, name: table.name };
  if (own.target === undefined) return seen;
  try {
    return { ...seen, dataset: datasetFromFile(read, request) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...seen, problem: error.message };
  }
}

const heights = '▁▂▃▄▅▆▇█';
const longestName = 24;

/** A line a column: range and histogram of numbers, the commonest of texts. */
export function columnsText(columns: ColumnSummary[]): string {
  return tableText(
    [
      ...left('column'),
      ...right('missing', 'different', 'minimum', 'maximum', 'mean', 'deviation'),
      ...left('histogram'),
    ],
    columns.map(({ name, missing, different, numbers, values }) => [
      sanitizeForTerminal(name, longestName),
      String(missing),
      String(different),
      ...(numbers
        ? [numbers.minimum, numbers.maximum, numbers.mean, numbers.deviation].map((x) => x.toPrecision(4))
        : ['', '', '', '']),
      numbers ? bars(numbers.histogram) : commonest(values ?? {}),
    ]),
  );
}

function bars(histogram: number[]): string {
  const most = Math.max(...histogram);
  return histogram
    .map((count) => (count === 0 ? ' ' : heights[Math.ceil((heights.length * count) / most) - 1]))
    .join('');
}

const commonest = (values: Record<string, number>): string => {
  const sorted = Object.entries(values).sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 3).map(([text, count]) => `${sanitizeForTerminal(text, 12)} ${count}`);
  return shown.join(', ') + (sorted.length > shown.length ? ', …' : '');
};
