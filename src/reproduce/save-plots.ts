import { join } from 'node:path';
import { writeFileAtomically } from '../node/files.ts';
import { drawLineChart } from '../reports/pictures/line-chart.ts';
import { toPng } from '../reports/pictures/echarts.ts';
import type { Report } from './types.ts';

/** Each plot of a report as an .svg and a .png file in a directory that is there. */
export async function savePlots({ plots }: Pick<Report, 'plots'>, directory: string): Promise<void> {
  for (const plot of plots) {
    const svg = await drawLineChart(plot);
    await writeFileAtomically(join(directory, `${plot.name}.svg`), svg);
    await writeFileAtomically(join(directory, `${plot.name}.png`), await toPng(svg));
  }
}
