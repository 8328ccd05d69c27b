/** Proof that a native TensorFlow works: a process of its own loads it and computes something known. */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from '../../core/schema.ts';
import { causeOf, runTool } from './tool.ts';

const reportSchema = z.object({
  reason: z.optional(z.string()),
  version: z.optional(z.string()),
  directory: z.optional(z.string()),
  product: z.optional(z.array(z.number())),
  gradient: z.optional(z.array(z.number())),
});

/** The outcome: TensorFlow's version and the folder it was loaded from, or why it does not work. */
export type Verification =
  { works: true; version: string; directory: string } | { works: false; reason: string };

// [1 2; 3 4]² and, for the sum of x·w, the gradient xᵀ·1.
const PRODUCT = [7, 10, 15, 22];
const GRADIENT = [4, 4, 6, 6];

/** Try the installation in `directory`, or the one that a run would take when it is undefined. */
export async function verifyNative(directory?: string): Promise<Verification> {
  const isSource = import.meta.url.endsWith('.ts');
  const child = fileURLToPath(new URL(isSource ? './verify-child.ts' : './verify-child.js', import.meta.url));
  const loader = isSource
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  const result = await runTool(process.execPath, [...loader, child, ...(directory ? [directory] : [])]);
  let report: z.infer<typeof reportSchema>;
  try {
    report = reportSchema.parse(JSON.parse(result.lines.findLast((line) => line.startsWith('{')) ?? ''));
  } catch {
    return { works: false, reason: `the process that loaded it died (${causeOf(result)})` };
  }
  if (report.reason !== undefined) return { works: false, reason: report.reason };
  if (String(report.product) !== String(PRODUCT) || String(report.gradient) !== String(GRADIENT))
    return { works: false, reason: `it computes wrongly: [1 2; 3 4]² came out as ${String(report.product)}` };
  return { works: true, version: report.version ?? 'unknown', directory: report.directory ?? '' };
}
