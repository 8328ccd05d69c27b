/**
 * What a binary model of two inputs makes of the plane: its probabilities as colors, the line where it changes its
 * mind, and rows of the data.
 */
import { colors } from './chart.ts';
import { drawChart, imageIn, named, textAt, titled } from './echarts.ts';
import { contour, type Grid, colorStrip, divergingColor, pngAddress, rasterPng } from './raster.ts';

export interface BoundaryPoint {
  x: number;
  y: number;
  label: 0 | 1;
  predicted: 0 | 1;
}

export interface DecisionBoundary {
  title: string;
  classNames: string[];
  /** Probabilities of class 1. */
  grid: Grid;
  points: BoundaryPoint[];
}

const [width, height] = [640, 620];
const area = { left: 66, top: 84, width: 520, height: 440 };

/** An SVG. */
export async function drawDecisionBoundary(boundary: DecisionBoundary): Promise<string> {
  const { title, classNames, grid, points } = boundary;
  const { xs, ys, values } = grid;
  const wrong = points.filter(({ label, predicted }) => label !== predicted);
  const legend = [
    ...classNames.map((name) => ({ name })),
    ...(wrong.length > 0 ? [{ name: 'wrong' }] : []),
    { name: 'boundary', icon: 'path://M0,5h20v2h-20z' },
  ];
  const strip = pngAddress(await rasterPng(colorStrip(130), { width: 260, height: 12 }));
  const axis = (name: string, ends: number[], nameGap: number) => ({
    ...named(name, nameGap),
    type: 'value' as const,
    axisLine: { show: true, onZero: false },
    splitLine: { show: false },
    min: ends[0],
    max: ends.at(-1),
  });
  return drawChart(
    {
      title: titled(title),
      legend: { top: 40, itemGap: 32, textStyle: { fontSize: 13 }, data: legend },
      grid: area,
      xAxis: axis('input x1', xs, 28),
      yAxis: axis('input x2', ys, 40),
      graphic: [
        imageIn(area, await heatMap(grid), -10),
        imageIn({ left: area.left + 130, top: 582, width: 260, height: 12 }, strip),
        textAt('probability 0', area.left + 122, 583, 'right', 12),
        textAt(`1, of ${classNames[1]}`, area.left + 398, 583, 'left', 12),
      ] as never,
      series: [
        ...([0, 1] as const).map((label) => pointSeries(classNames[label], label, points)),
        {
          name: 'wrong',
          type: 'scatter',
          symbol: 'circle',
          symbolSize: 15,
          itemStyle: { color: 'transparent', borderColor: '#000000', borderWidth: 1.5 },
          data: wrong.map(({ x, y }) => [x, y]),
        },
        {
          name: 'boundary',
          type: 'custom',
          itemStyle: { color: '#000000' },
          data: contour({ xs, ys, values }, 0.5).map((piece) => piece.flat()),
          renderItem: (
            _: unknown,
            api: { value: (i: number) => number; coord: (p: number[]) => number[] },
          ) => {
            const [[x1, y1], [x2, y2]] = [0, 2].map((i) => api.coord([api.value(i), api.value(i + 1)]));
            return {
              type: 'line',
              shape: { x1, y1, x2, y2 },
              style: { stroke: '#000000', lineWidth: 2, lineCap: 'round' },
            };
          },
        } as never,
      ],
    },
    width,
    height,
  );
}

/** Shapes differ beside colors, for those who cannot tell the colors. */
const pointSeries = (name: string, label: 0 | 1, points: BoundaryPoint[]) => ({
  name,
  type: 'scatter' as const,
  symbol: label === 0 ? 'circle' : 'diamond',
  symbolSize: points.length > 50 ? 8 : 16,
  itemStyle: { color: colors[label], borderColor: '#ffffff', borderWidth: 1, opacity: 1 },
  data: points.filter((point) => point.label === label).map(({ x, y }) => [x, y]),
});

async function heatMap({ xs, ys, values }: Grid): Promise<string> {
  const pixels = new Uint8Array(3 * xs.length * ys.length);
  for (let row = 0; row < ys.length; row++) {
    for (let column = 0; column < xs.length; column++) {
      // A picture's first row is its upper one. Pale, so that points stand out.
      const color = divergingColor(0.7 * (2 * values[row * xs.length + column] - 1));
      pixels.set(color, 3 * ((ys.length - 1 - row) * xs.length + column));
    }
  }
  return pngAddress(await rasterPng({ pixels, width: xs.length, height: ys.length, channels: 3 }, area));
}
