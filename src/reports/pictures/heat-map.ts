/**
 * Numbers over two settings, as shaded cells.
 */
import { drawChart, named, titled } from './echarts.ts';

export interface HeatMap {
  title: string;
  /** What varies from row to row and from column to column; empty where nothing does. */
  rowName: string;
  columnName: string;
  rows: string[];
  columns: string[];
  /** `cells[row][column]`: a number, or a word for why it is missing. */
  cells: (number | string)[][];
}

const maxLetters = 34;
export const shortened = (text: string): string =>
  text.length > maxLetters ? `${text.slice(0, maxLetters - 1)}…` : text;

/** Where a number lies between the least and the greatest, 0 … 1. */
export function shareOf({ cells }: HeatMap): (value: number) => number {
  const known = cells.flat().filter((cell) => typeof cell === 'number');
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (value) => (high > low ? (value - low) / (high - low) : 1);
}

/** An SVG. */
export function drawHeatMap(map: HeatMap): Promise<string> {
  const { title, rowName, columnName, rows, columns, cells } = map;
  const share = shareOf(map);
  const labels = 8 * Math.max(...rows.map((row) => Math.min(maxLetters, row.length)));
  const left = labels + 50;
  const category = (name: string, values: string[], nameGap: number) => ({
    ...named(name, nameGap),
    type: 'category' as const,
    data: values.map(shortened),
    axisLabel: { fontSize: 12, interval: 0 },
  });
  return drawChart(
    {
      title: titled(title),
      grid: { left, right: 30, top: 48, bottom: 64 },
      xAxis: category(columnName, columns, 34),
      yAxis: { ...category(rowName, rows, labels + 20), inverse: true },
      // One hue from light to dark, which every eye and every printer can order.
      visualMap: {
        show: false,
        min: 0,
        max: 1,
        dimension: 2,
        inRange: { color: ['#eff3ff', '#6baed6', '#08306b'] },
      },
      series: [
        {
          type: 'heatmap',
          data: cells.flatMap((row, y) =>
            row.map((cell, x) => {
              const known = typeof cell === 'number';
              return {
                value: [x, y, known ? share(cell) : 0],
                label: {
                  show: true,
                  formatter: known ? cell.toFixed(2) : cell,
                  color: known && share(cell) > 0.55 ? '#ffffff' : '#000000',
                  fontSize: 13,
                },
                itemStyle: { borderColor: '#ffffff', borderWidth: 2, ...(!known && { color: '#ffffff' }) },
              };
            }),
          ),
        },
      ],
    },
    Math.min(1400, Math.max(640, left + 70 + 90 * columns.length)),
    Math.min(2400, 130 + 38 * Math.max(rows.length, 3)),
  );
}
