/**
 * A sweep at a glance: accuracy over the settings that vary most.
 */
import { drawChart } from '../../pictures/plots/chart.ts';
import { spreadOf, valueText, type Group, type SweepResults } from './results.ts';

const mostLetters = 34;

export const shortened = (text: string): string =>
  text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text;

export const titled = (text: string) => ({
  text,
  left: 'center',
  top: 8,
  textStyle: { fontSize: 16 },
});

/** Values in the order of numbers, else as the definition has them. */
function axisValues({ cells }: SweepResults, name: string): string[] {
  const values = cells.map(({ cell }) => cell.varied[name]);
  const sorted = values.every((value) => typeof value === 'number')
    ? [...values].sort((a, b) => a - b)
    : values;
  return [...new Set(sorted.map(valueText))];
}

/** The two settings with the most values; the others are averaged over. */
function axesOf(results: SweepResults): { names: string[]; values: string[][]; rest: string[] } {
  const varied = results.columns
    .filter((name) => name !== 'seed')
    .map((name) => ({ name, values: axisValues(results, name) }))
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.values.length - a.values.length);
  const [rows, columnsAxis] = varied;
  return {
    names: [rows?.name ?? '', columnsAxis?.name ?? ''],
    values: [rows?.values ?? ['all'], columnsAxis?.values ?? ['']],
    rest: varied.slice(2).map(({ name }) => name),
  };
}

/** An SVG: a heat map, rows and columns in the order of their values. */
export function drawHeatMap(results: SweepResults): Promise<string> {
  const { groups, judgedBy, definition } = results;
  const { names, values, rest } = axesOf(results);
  const [rows, columns] = values;
  const place = (group: Group, axis: number): number =>
    names[axis] === '' ? 0 : values[axis].indexOf(valueText(group.varied[names[axis]]));
  const cells = rows.flatMap((_, y) =>
    columns.map((_, x) => {
      const here = groups.filter((group) => place(group, 0) === y && place(group, 1) === x);
      const means = here.flatMap(({ accuracy }) => accuracy?.mean ?? []);
      const mean = means.length > 0 ? 100 * spreadOf(means).mean : undefined;
      return { x, y, here, mean };
    }),
  );
  const known = cells.flatMap(({ mean }) => mean ?? []);
  const [low, high] = [Math.min(100, ...known), Math.max(0, ...known)];
  const dark = (mean: number) => (mean - low) / (high - low || 1) > 0.55;
  const labels = 8 * Math.max(...rows.map((row) => Math.min(mostLetters, row.length)));
  const left = labels + 50;
  const averaged = rest.length > 0 ? `, mean over ${rest.join(', ')}` : '';
  return drawChart(
    {
      title: titled(
        `${shortened(definition.title ?? definition.model)}: ${judgedBy} accuracy in %${averaged}`,
      ),
      grid: { left, right: 110, top: 48, bottom: 64 },
      xAxis: {
        type: 'category',
        data: columns.map(shortened),
        name: names[1],
        nameLocation: 'middle',
        nameGap: 34,
        axisLabel: { fontSize: 12, interval: 0 },
        nameTextStyle: { fontSize: 13 },
      },
      yAxis: {
        type: 'category',
        data: rows.map(shortened),
        inverse: true,
        name: names[0],
        nameLocation: 'middle',
        nameGap: labels + 20,
        axisLabel: { fontSize: 12, interval: 0 },
        nameTextStyle: { fontSize: 13 },
      },
      visualMap: {
        min: Math.floor(low),
        max: Math.ceil(high),
        calculable: false,
        orient: 'vertical',
        right: 16,
        top: 'middle',
        // One hue from light to dark, which every eye and every printer can order.
        inRange: { color: ['#eff3ff', '#bdd7e7', '#6baed6', '#2171b5', '#08306b'] },
        text: [`${Math.ceil(high)} %`, `${Math.floor(low)} %`],
      },
      series: [
        {
          type: 'heatmap',
          data: cells.flatMap(({ x, y, mean }) =>
            mean === undefined
              ? []
              : [
                  {
                    value: [x, y, mean],
                    label: {
                      show: true,
                      formatter: mean.toFixed(2),
                      color: dark(mean) ? '#ffffff' : '#000000',
                      fontSize: 13,
                    },
                    itemStyle: { borderColor: '#ffffff', borderWidth: 2 },
                  },
                ],
          ),
        },
        {
          // What has no number says why.
          type: 'scatter',
          symbolSize: 0,
          data: cells.flatMap(({ x, y, mean, here }) =>
            mean === undefined && here.length > 0
              ? [{ value: [x, y], label: { show: true, formatter: whyNone(here), color: '#555555' } }]
              : [],
          ),
        },
      ],
    },
    Math.min(1400, Math.max(640, left + 150 + 90 * columns.length)),
    Math.min(2400, 130 + 38 * Math.max(rows.length, 3)),
  );
}

const whyNone = (here: Group[]): string =>
  here.some(({ cells }) => cells.some(({ result }) => result?.status === 'diverged')) ? 'diverged' : 'none';
