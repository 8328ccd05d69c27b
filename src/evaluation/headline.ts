/**
 * The one figure by which a run is known: accuracy, or of a regression R².
 */
import { percent } from '../utils/text.ts';
import { isRegression } from './regression.ts';
import type { Metrics } from './metrics.ts';

export interface Headline {
  key: 'accuracy' | 'r2';
  /** For people. */
  name: 'accuracy' | 'R²';
  value: number;
  text: string;
}

/** @param metrics of a model, or read from a file of one */
export function headlineOf(metrics: object): Headline {
  if (isRegression(metrics)) {
    return { key: 'r2', name: 'R²', value: metrics.r2, text: metrics.r2.toFixed(4) };
  }
  const { accuracy } = metrics as Metrics;
  return { key: 'accuracy', name: 'accuracy', value: accuracy, text: percent(accuracy) };
}
