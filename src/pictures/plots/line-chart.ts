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
  /** Both axes logarithmic, for curves over several powers of ten. */
  logarithmic?: boolean;
  curves: { name: string; points: { x: number; y: number }[] }[];
}

/** An SVG. */
export function drawLineChart(chart: LineChart): Promise<string> {
  const { title, xLabel, yLabel, yMax, curves, logarithmic = false } = chart;
  const axis = (name: string, nameGap: number) => ({
    type: logarithmic ? ('log' as const) : ('value' as const),
    min: logarithmic ? undefined : 0,
    name,
    nameGap,
    nameLocation: 'middle' as const,
    nameTextStyle: { fontSize: 13 },
    axisLabel: { fontSize: 12 },
  });
  // More names than fit one line at their usual size.
  const isFull = curves.length > 3;
  return drawChart(
    {
      title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 16 } },
      legend: {
        top: 34,
        itemGap: isFull ? 20 : 40,
        itemWidth: 16,
        textStyle: { fontSize: isFull ? 12 : 13 },
      },
      grid: { left: 70, right: 30, top: 76, bottom: 56 },
      xAxis: axis(xLabel, 30),
      yAxis: { ...axis(yLabel, 46), max: yMax },
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
