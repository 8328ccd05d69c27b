/**
 * A table at a glance: a histogram of each column.
 */
import type { ColumnSummary } from '../../data/table/summary.ts';
import { printable } from '../../utils/printable.ts';
import { drawChart, titled } from './echarts.ts';

const mostColumns = 60;
const across = 3;
const [width, panelWidth, panelHeight, head] = [900, 290, 150, 50];

/** @returns an SVG; of numbers it shows their parts from least to largest, of texts how often each is there */
export function tablePicture(title: string, columns: readonly ColumnSummary[]): Promise<string> {
  const shown = columns.slice(0, mostColumns).map((column) => ({ ...column, bars: barsOf(column) }));
  const place = (i: number) => ({
    left: 20 + (i % across) * panelWidth,
    top: head + Math.floor(i / across) * panelHeight,
  });
  const more = columns.length > shown.length ? `, the first ${shown.length} columns` : '';
  return drawChart(
    {
      title: [
        titled(title + more),
        ...shown.map(({ name, missing }, i) => ({
          text: printable(name, 28) + (missing > 0 ? `, ${missing} missing` : ''),
          ...place(i),
          textStyle: { fontSize: 12 },
        })),
      ],
      grid: shown.map((_, i) => {
        const { left, top } = place(i);
        return { left: left + 20, top: top + 26, width: panelWidth - 50, height: panelHeight - 60 };
      }),
      xAxis: shown.map(({ bars }, gridIndex) => ({
        type: 'category' as const,
        gridIndex,
        data: bars.map(([name]) => name),
        axisTick: { show: false },
        axisLabel: { fontSize: 10, hideOverlap: true },
      })),
      yAxis: shown.map((_, gridIndex) => ({ type: 'value' as const, gridIndex, show: false })),
      series: shown.map(({ bars, numbers }, i) => ({
        type: 'bar' as const,
        xAxisIndex: i,
        yAxisIndex: i,
        barCategoryGap: numbers ? '4%' : '30%',
        data: bars.map(([, count]) => count),
      })),
    },
    width,
    head + Math.ceil(shown.length / across) * panelHeight + 10,
  );
}

function barsOf({ numbers, values = {} }: ColumnSummary): [name: string, count: number][] {
  if (!numbers) return Object.entries(values).map(([name, count]) => [printable(name, 12), count]);
  const { minimum, maximum, histogram } = numbers;
  const step = (maximum - minimum) / histogram.length;
  return histogram.map((count, i) => [(minimum + (i + 0.5) * step).toPrecision(3), count]);
}
