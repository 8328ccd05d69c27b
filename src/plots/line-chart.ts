/**
 * Named curves over one pair of axes.
 */
import { drawChart } from './chart.ts';

export interface LineChart {
  title: string;
  xLabel: string;
  yLabel: string;
  /** Upper end of the y axis; what lies above is cut off. */
  yMax?: number;
  curves: { name: string; points: { x: number; y: number }[] }[];
}

/** An SVG. */
export function drawLineChart({ title, xLabel, yLabel, yMax, curves }: LineChart): Promise<string> {
  const axis = (name: string, nameGap: number) => ({
    type: 'value' as const,
    name,
    nameGap,
    nameLocation: 'middle' as const,
    nameTextStyle: { fontSize: 13 },
    axisLabel: { fontSize: 12 },
  });
  return drawChart(
    {
      title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 16 } },
      legend: { top: 36, textStyle: { fontSize: 13 } },
      grid: { left: 70, right: 30, top: 76, bottom: 56 },
      xAxis: { ...axis(xLabel, 30), min: 0 },
      yAxis: { ...axis(yLabel, 46), min: 0, max: yMax },
      series: curves.map(({ name, points }) => ({
        name,
        type: 'line',
        clip: true,
        showSymbol: points.length <= 30,
        lineStyle: { width: 2 },
        data: points.map(({ x, y }) => [x, y]),
      })),
    },
    640,
    460,
  );
}
