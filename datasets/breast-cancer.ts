/**
 * Document 003's data: 30 measurements of 569 breast tumors, malignant or benign, split twice and standardized
 * (Wolberg, Street & Mangasarian, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning Repository, 1995).
 */
import type { DataRequest, Dataset, Examples, LoadedDataset } from '../src/data/dataset.ts';
import { sha256 } from '../src/node/files.ts';
import { obtain, syntheticDataNotice } from './acquire/obtain.ts';
import { prepare, syntheticTable, wdbcClasses } from './breast-cancer-rows.ts';
import { parseWdbc } from './formats/wdbc.ts';
import { published } from './published.ts';

export const breastCancer: Dataset = {
  name: 'breast-cancer',
  title: 'Wisconsin breast cancer: 30 measurements of a tumor, malignant or benign',
  async load(request) {
    const { table, ...origin } = await readTable(request);
    return {
      name: 'breast-cancer',
      ...origin,
      classNames: [...wdbcClasses],
      ...prepare(table),
    };
  },
};

type Origin = Pick<LoadedDataset, 'source' | 'standIn' | 'files'>;

async function readTable(request: DataRequest): Promise<Origin & { table: Examples }> {
  const obtained = await obtain(published['breast-cancer'], request);
  if (obtained.source === 'built-in') {
    const standIn = syntheticDataNotice(
      'random numbers of the same kind, made by this program, which belong to no patient',
      published['breast-cancer'],
      obtained.reason,
    );
    const { table, name, content } = syntheticTable();
    const file = { name, bytes: content.length, sha256: sha256(content) };
    return { source: 'built-in', standIn, files: [file], table };
  }
  const [{ content, path, ...file }] = obtained.files;
  const table = parseWdbc(content, path, file.name.endsWith('.csv') ? 'csv' : 'wdbc', file.name);
  return { source: obtained.source, files: [file], table };
}
