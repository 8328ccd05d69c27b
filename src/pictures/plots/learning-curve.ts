/**
 * The picture that every run leaves: loss and accuracy by epoch, of training and validation rows.
 */
import type { EpochRecord } from '../../core/training/types.ts';
import { drawChart } from './chart.ts';

const axis = (name: string, nameGap: number) => ({
  name,
  nameGap,
  nameLocation: 'middle' as const,
  nameTextStyle: { fontSize: 13 },
  axisLabel: { fontSize: 12 },
});

/** An SVG with two panels side by side. @param title for example `mnist, manual gradients on wasm` */
export function drawLearningCurve(title: string, history: EpochRecord[]): Promise<string> {
  const points = (key: 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy', factor = 1) =>
    history.flatMap((record) => {
      const value = record[key];
      return value === undefined ? [] : [[record.epoch, value * factor]];
    });
  const line = (name: string, panel: number, data: number[][]) => ({
    name,
    type: 'line' as const,
    xAxisIndex: panel,
    yAxisIndex: panel,
    showSymbol: data.length <= 30,
    lineStyle: { width: 2 },
    data,
  });
  const series = [line('training', 0, points('loss')), line('training', 1, points('accuracy', 100))];
  if (history.some(({ validationLoss }) => validationLoss !== undefined)) {
    series.push(
      line('validation', 0, points('validationLoss')),
      line('validation', 1, points('validationAccuracy', 100)),
    );
  }
  return drawChart({
    title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 16 } },
    legend: {
      top: 36,
      itemGap: 30,
      data: [...new Set(series.map(({ name }) => name))],
      textStyle: { fontSize: 13 },
    },
    grid: [
      { left: 70, right: '54%', top: 76, bottom: 56 },
      { left: '56%', right: 30, top: 76, bottom: 56 },
    ],
    xAxis: [0, 1].map((gridIndex) => ({
      type: 'value',
      gridIndex,
      min: 0,
      minInterval: 1,
      ...axis('epoch', 30),
    })),
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, ...axis('loss', 46) },
      { type: 'value', gridIndex: 1, scale: true, max: 100, ...axis('accuracy in %', 46) },
    ],
    series,
  });
}
