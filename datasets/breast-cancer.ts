/**
 * Document 003's data: 30 measurements of 569 breast tumours, malignant or benign, split twice and standardised
 * (Wolberg, Street & Mangasarian, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning Repository, 1995).
 */
import type { DataRequest, Dataset, LoadedDataset } from '../src/data/dataset.ts';
import { sha256 } from '../src/node/files.ts';
import { obtain, standInNotice } from './acquire/obtain.ts';
import { prepare, standInTable } from './breast-cancer-rows.ts';
import { parseWdbc, type Table, wdbcClasses } from './formats/wdbc.ts';
import { published } from './published.ts';

export const breastCancer: Dataset = {
  name: 'breast-cancer',
  title: 'Wisconsin breast cancer: 30 measurements of a tumour, malignant or benign',
  async load(request) {
    const { table, ...origin } = await readTable(request);
    return {
      name: 'breast-cancer',
      ...origin,
      classNames: [...wdbcClasses],
      ...prepare(table, origin.files[0].name),
    };
  },
};

type Origin = Pick<LoadedDataset, 'source' | 'standIn' | 'files'>;

async function readTable(request: DataRequest): Promise<Origin & { table: Table }> {
  const obtained = await obtain(published['breast-cancer'], request);
  if (obtained.source === 'built-in') {
    const standIn = standInNotice(
      'random numbers of the same kind, made by this program, which belong to no patient',
      published['breast-cancer'],
      obtained.reason,
    );
    const { table, name, content } = standInTable();
    const file = { name, bytes: content.length, sha256: sha256(content) };
    return { source: 'built-in', standIn, files: [file], table };
  }
  const [{ content, path, ...file }] = obtained.files;
  const table = parseWdbc(content, path, file.name.endsWith('.csv') ? 'csv' : 'wdbc');
  return { source: obtained.source, files: [file], table };
}
