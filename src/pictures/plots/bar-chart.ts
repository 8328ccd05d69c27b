/**
 * Horizontal bars in panels, one below the other, each with its own logarithmic axis.
 */
import { colours } from '../chart.ts';
import { drawChart, titled } from './echarts.ts';

export interface BarChart {
  title: string;
  /** Unit of all values, as it stands at the axes. */
  unit: string;
  /** Names of the kinds of bars, in the order of their colours. */
  kinds: string[];
  panels: { title: string; bars: { name: string; value: number; kind: string }[] }[];
}

const [barHeight, headHeight, footHeight, titleHeight, width] = [21, 34, 46, 74, 900];

/** An SVG. Every bar carries its value, because lengths on a logarithmic axis cannot be compared by eye. */
export function drawBarChart({ title, unit, kinds, panels }: BarChart): Promise<string> {
  let top = titleHeight;
  const places = panels.map(({ bars }) => {
    const place = { top: top + headHeight, height: bars.length * barHeight };
    top += headHeight + place.height + footHeight;
    return place;
  });
  const label = (value: number) => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3));
  return drawChart(
    {
      title: [
        titled(title),
        ...panels.map((panel, i) => ({
          text: panel.title,
          left: 16,
          top: places[i].top - headHeight + 8,
          textStyle: { fontSize: 13 },
        })),
      ],
      legend: { top: 38, itemGap: 24, data: kinds, textStyle: { fontSize: 13 } },
      grid: places.map((place) => ({ left: 230, right: 80, ...place })),
      xAxis: panels.map(({ bars }, gridIndex) => ({
        type: 'log',
        gridIndex,
        min: 10 ** Math.floor(Math.log10(Math.min(...bars.map(({ value }) => value)) / 2)),
        name: `${unit}, logarithmic`,
        nameLocation: 'middle',
        nameGap: 24,
        axisLabel: { fontSize: 11 },
      })),
      yAxis: panels.map(({ bars }, gridIndex) => ({
        type: 'category',
        gridIndex,
        inverse: true,
        data: bars.map(({ name }) => name),
        axisLabel: { fontSize: 12, interval: 0 },
        axisTick: { show: false },
      })),
      series: panels.flatMap(({ bars }, i) =>
        kinds.map((kind, place) => ({
          name: kind,
          type: 'bar' as const,
          // Every bar has a place of its own; kinds are only colours. (Stacks do not work on logarithmic axes.)
          barGap: '-100%',
          xAxisIndex: i,
          yAxisIndex: i,
          barWidth: 14,
          itemStyle: { color: colours[place] },
          label: {
            show: true,
            position: 'right' as const,
            fontSize: 11,
            color: '#000000',
            formatter: ({ value }: { value: unknown }) => (value === '-' ? '' : label(Number(value))),
          },
          data: bars.map((bar) => (bar.kind === kind ? bar.value : '-')),
        })),
      ),
    },
    width,
    top + 10,
  );
}
