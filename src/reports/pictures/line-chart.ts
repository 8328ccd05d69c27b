/**
 * Charts as SVG: one, or several side by side under one title and one legend.
 */
import type { Axis, Chart } from './chart.ts';
import { drawChart, named, titled } from './echarts.ts';
import type { EpochRecord } from '../../training/types.ts';

/** More letters than that do not fit one line above the charts; their names stand in a column on the right. */
const maxLetters = 60;
const [panel, gap, top, bottom] = [540, 80, 76, 56];

const axis = ({ label, min, max, integer, logarithmic }: Axis, nameGap: number) => ({
  ...named(label, nameGap),
  ...{ type: logarithmic ? ('log' as const) : ('value' as const), min, max },
  ...(integer && { minInterval: 1 }),
  scale: min === undefined,
});

/** An SVG. */
export function drawCharts(title: string, charts: Omit<Chart, 'title'>[]): Promise<string> {
  const series = charts.flatMap((chart, place) =>
    chart.series
      .filter(({ points }) => points.length > 0)
      .map(({ name, points, scattered }) => ({
        name,
        type: scattered ? ('scatter' as const) : ('line' as const),
        ...{ xAxisIndex: place, yAxisIndex: place, data: points, clip: true },
        ...(scattered ? { symbolSize: 9 } : { showSymbol: points.length <= 30, lineStyle: { width: 2 } }),
      })),
  );
  const names = [...new Set(series.map(({ name }) => name))];
  const longest = Math.max(0, ...names.map(({ length }) => length));
  const column = names.join('').length > maxLetters;
  const plots = charts.length > 1 ? 900 : panel + 100;
  const each = (plots - 70 - 30 - gap * (charts.length - 1)) / charts.length;
  return drawChart(
    {
      title: titled(title),
      legend: {
        data: names,
        itemWidth: 16,
        ...(column
          ? { orient: 'vertical', left: plots, top, itemGap: 12, textStyle: { fontSize: 13 } }
          : {
              top: 36,
              itemGap: names.length > 3 ? 20 : 30,
              textStyle: { fontSize: names.length > 3 ? 12 : 13 },
            }),
      },
      grid: charts.map((_, place) => ({ left: 70 + place * (each + gap), width: each, top, bottom })),
      xAxis: charts.map(({ x }, gridIndex) => ({ ...axis(x, 30), gridIndex })),
      yAxis: charts.map(({ y }, gridIndex) => ({ ...axis(y, 46), gridIndex })),
      series,
    },
    plots + (column ? 60 + 8.5 * longest : 0),
    460,
  );
}

type HistoryKey = 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy';

/** What histories are drawn over: steps, if all of them count steps. */
export function timeAxis(histories: Pick<EpochRecord, 'step'>[][]): Axis & { label: 'epoch' | 'step' } {
  const inSteps = histories.every((records) => records.every(({ step }) => step !== undefined));
  const label = inSteps && histories.flat().length > 0 ? 'step' : 'epoch';
  return { label, min: 0, integer: true };
}

export const historyPoints = (
  history: Omit<EpochRecord, 'seconds'>[],
  key: HistoryKey,
  factor = 1,
  unit: 'epoch' | 'step' = timeAxis([history]).label,
): [number, number][] =>
  history.flatMap((record): [number, number][] => {
    const value = record[key];
    return value === undefined ? [] : [[record[unit]!, value * factor]];
  });

/** The charts that every run has; a regression has no accuracy. @param baselines horizontal lines, by name */
export function learningCurves(
  history: EpochRecord[],
  baselines: Record<string, number> = {},
): [loss: Chart, accuracy?: Chart] {
  const x = timeAxis([history]);
  const last = history.at(-1)?.[x.label] ?? 0;
  const both = (key: 'loss' | 'accuracy', ofValidation: HistoryKey, factor?: number) => [
    { name: 'training', points: historyPoints(history, key, factor) },
    { name: 'validation', points: historyPoints(history, ofValidation, factor) },
  ];
  const [loss, accuracy] = [both('loss', 'validationLoss'), both('accuracy', 'validationAccuracy', 100)];
  for (const [name, value] of Object.entries(baselines)) {
    loss.push({
      name,
      points: [
        [0, value],
        [last, value],
      ],
    });
  }
  const ofLoss: Chart = { title: 'Loss', x, y: { label: 'loss', min: 0 }, series: loss };
  if (history.length > 0 && history.every((record) => record.accuracy === undefined)) return [ofLoss];
  return [ofLoss, { title: 'Accuracy', x, y: { label: 'accuracy in %', max: 100 }, series: accuracy }];
}

/** An SVG with two panels side by side. @param title for example `mnist, manual gradients on wasm` */
export const drawLearningCurve = (
  title: string,
  history: EpochRecord[],
  baselines?: Record<string, number>,
): Promise<string> =>
  drawCharts(
    title,
    learningCurves(history, baselines).filter((chart) => chart !== undefined),
  );
