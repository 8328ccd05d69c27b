/**
 * Reproduces the documents' printed numbers. One file for each document; `printed/` holds what they print.
 */
import { document000 } from './document-000.ts';
import { document001 } from './document-001.ts';
import { document003 } from './document-003.ts';
import { document004 } from './document-004.ts';
import type { Context } from './context.ts';
import { makemore, microgpt } from './microgpt.ts';
import { joinReports, type DocumentName, type Report } from './report.ts';

const documents: Record<DocumentName, (context: Context) => Promise<Partial<Report>>> = {
  '000': document000,
  '001': document001,
  '003': document003,
  '004': document004,
  microgpt,
  makemore,
};

/**
 * All documents at once: their training runs share the context's workers. The report keeps the order of `names`.
 * NumPy's sixteen digits are compared in double precision only.
 */
export async function reproduce(names: DocumentName[], context: Context): Promise<Report> {
  const report = joinReports(await Promise.all(names.map((name) => documents[name](context))));
  const comparable = report.rows.filter(({ kind }) => kind !== 'numpy' || context.backend === 'float64');
  return { ...report, rows: comparable };
}
