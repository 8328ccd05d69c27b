/**
 * How training went: loss and accuracy by epoch, of training and validation rows.
 */
import type { EpochRecord } from '../../training/types.ts';
import type { Axis, Chart } from './chart.ts';
import { drawCharts } from './line-chart.ts';

type HistoryKey = Exclude<keyof EpochRecord, 'epoch'>;

export const epochs: Axis = { label: 'epoch', min: 0, integer: true };

export const historyPoints = (history: EpochRecord[], key: HistoryKey, factor = 1): [number, number][] =>
  history.flatMap((record): [number, number][] => {
    const value = record[key];
    return value === undefined ? [] : [[record.epoch, value * factor]];
  });

/** The charts that every run has; a regression has no accuracy. */
export function learningCurves(history: EpochRecord[]): [loss: Chart, accuracy?: Chart] {
  const both = (key: 'loss' | 'accuracy', ofValidation: HistoryKey, factor?: number) => [
    { name: 'training', points: historyPoints(history, key, factor) },
    { name: 'validation', points: historyPoints(history, ofValidation, factor) },
  ];
  const [loss, accuracy] = [both('loss', 'validationLoss'), both('accuracy', 'validationAccuracy', 100)];
  const ofLoss: Chart = { title: 'Loss', x: epochs, y: { label: 'loss', min: 0 }, series: loss };
  if (history.length > 0 && history.every((record) => record.accuracy === undefined)) return [ofLoss];
  return [
    ofLoss,
    { title: 'Accuracy', x: epochs, y: { label: 'accuracy in %', max: 100 }, series: accuracy },
  ];
}

/** An SVG with two panels side by side. @param title for example `mnist, manual gradients on wasm` */
export const drawLearningCurve = (title: string, history: EpochRecord[]): Promise<string> =>
  drawCharts(
    title,
    learningCurves(history).filter((chart) => chart !== undefined),
  );
