/**
 * The files in which a sweep's results end up.
 */
import { join } from 'node:path';
import { writeFileAtomically } from '../../node/files.ts';
import { toPng } from '../../pictures/plots/picture.ts';
import { drawCurves, drawDraws } from './curves.ts';
import { drawHeatMap } from './heat-map.ts';
import { sweepReport } from './report.ts';
import type { SweepResults } from './results.ts';
import { resultsCsv, resultsJson } from './tables.ts';

/** Writes results.csv, results.json, report.html and the two pictures as SVG and PNG. */
export async function writeResults(directory: string, results: SweepResults): Promise<void> {
  const write = (name: string, content: string | Uint8Array) =>
    writeFileAtomically(join(directory, name), content);
  await write('results.csv', resultsCsv(results));
  await write('results.json', resultsJson(results));
  const accuracy = await (drawDraws(results) ?? drawHeatMap(results));
  const curves = await drawCurves(results);
  for (const [name, svg] of Object.entries({ accuracy, curves })) {
    await write(`${name}.svg`, svg);
    await write(`${name}.png`, await toPng(svg));
  }
  await write('report.html', sweepReport(results, { accuracy, curves }));
}
