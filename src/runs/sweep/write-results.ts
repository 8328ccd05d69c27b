/**
 * The files in which a sweep's results end up.
 */
import { join } from 'node:path';
import { writeFileAtomically } from '../../node/files.ts';
import { drawHeatMap, shortened } from '../../reports/pictures/heat-map.ts';
import { drawCharts } from '../../reports/pictures/line-chart.ts';
import { toPng } from '../../reports/pictures/echarts.ts';
import { accuracyMap, accuracyOfDraws, lossCurves } from './pictures.ts';
import { sweepReport } from './report.ts';
import type { SweepResults } from './results.ts';
import { resultsCsv, resultsJson } from './tables.ts';

/** Writes results.csv, results.json, report.html and the two pictures as SVG and PNG. */
export async function writeResults(directory: string, results: SweepResults): Promise<void> {
  const write = (name: string, content: string | Uint8Array) =>
    writeFileAtomically(join(directory, name), content);
  await write('results.csv', resultsCsv(results));
  await write('results.json', resultsJson(results));
  await write('report.html', await sweepReport(results));
  const { title, model } = results.definition;
  const titled = (what: string) => `${shortened(title ?? model)}: ${what}`;
  const [draws, map, curves] = [accuracyOfDraws(results), accuracyMap(results), lossCurves(results)];
  const pictures = {
    accuracy: draws
      ? await drawCharts(titled(draws.title), [draws])
      : await drawHeatMap({ ...map, title: titled(map.title) }),
    curves: await drawCharts(titled(curves.title), [curves]),
  };
  for (const [name, svg] of Object.entries(pictures)) {
    await write(`${name}.svg`, svg);
    await write(`${name}.png`, await toPng(svg));
  }
}
