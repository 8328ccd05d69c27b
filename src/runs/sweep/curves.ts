/**
 * A sweep by epoch, and what random draws came to.
 */
import { drawChart } from '../../pictures/plots/chart.ts';
import { shortened, titled } from './heat-map.ts';
import { spreadOf, type Group, type SweepResults } from './results.ts';

/** As many as there are colours to tell apart. */
const mostCurves = 7;
const chartWidth = 620;

const axis = (name: string, nameGap: number) => ({
  type: 'value' as const,
  name,
  nameGap,
  nameLocation: 'middle' as const,
  nameTextStyle: { fontSize: 13 },
  axisLabel: { fontSize: 12 },
});

/** An SVG: by epoch the loss of the best groups, mean over their seeds. */
export function drawCurves({ groups, definition, judgedBy }: SweepResults): Promise<string> {
  const shown = groups.filter(({ accuracy }) => accuracy).slice(0, mostCurves);
  const key = judgedBy === 'validation' ? 'validationLoss' : 'loss';
  const what = judgedBy === 'validation' ? 'validation loss' : 'training loss';
  const best = groups.length > shown.length ? `, the best ${shown.length}` : '';
  const legendWidth = 60 + 8.5 * Math.max(0, ...shown.map(({ name }) => shortened(name).length));
  return drawChart(
    {
      title: titled(`${shortened(definition.title ?? definition.model)}: ${what}${best}`),
      // In one column beside the curves, best first: in rows above them long names overlap.
      legend: { orient: 'vertical', left: chartWidth, top: 56, itemGap: 12, textStyle: { fontSize: 13 } },
      grid: { left: 70, right: legendWidth + 20, top: 56, bottom: 56 },
      xAxis: { ...axis('epoch', 30), min: 0, minInterval: 1 },
      yAxis: { ...axis(what, 46), min: 0 },
      series: shown.map((group) => {
        const data = meanByEpoch(group, key);
        return {
          name: shortened(group.name),
          type: 'line',
          showSymbol: data.length <= 30,
          lineStyle: { width: 2 },
          data,
        };
      }),
    },
    chartWidth + legendWidth,
    440,
  );
}

function meanByEpoch({ cells }: Group, key: 'loss' | 'validationLoss'): [epoch: number, loss: number][] {
  const byEpoch = new Map<number, number[]>();
  for (const { result } of cells) {
    for (const record of result?.history ?? []) {
      const loss = record[key];
      if (loss !== undefined) byEpoch.set(record.epoch, [...(byEpoch.get(record.epoch) ?? []), loss]);
    }
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, losses]) => [epoch, spreadOf(losses).mean]);
}

/** An SVG: accuracy over the setting that was drawn from a range; undefined where none was. */
export function drawDraws({ groups, definition, judgedBy }: SweepResults): Promise<string> | undefined {
  const [name, range] =
    Object.entries(definition.random?.from ?? {}).find(([, choice]) => !Array.isArray(choice)) ?? [];
  if (name === undefined || range === undefined || Array.isArray(range)) return undefined;
  const points = groups.flatMap(({ varied, accuracy }) =>
    accuracy ? [[varied[name] as number, 100 * accuracy.mean]] : [],
  );
  return drawChart(
    {
      title: titled(`${shortened(definition.title ?? definition.model)}: ${judgedBy} accuracy of each draw`),
      grid: { left: 80, right: 40, top: 56, bottom: 56 },
      xAxis: { ...axis(name, 30), type: range.low > 0 ? 'log' : 'value', min: range.low, max: range.high },
      yAxis: { ...axis('accuracy in %', 50), scale: true, max: 100 },
      series: [{ type: 'scatter', symbolSize: 9, data: points }],
    },
    760,
    440,
  );
}
