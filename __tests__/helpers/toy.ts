import type { Examples } from '../../src/data/dataset.ts';
import { RandomState } from '../../src/utils/random.ts';

/** Overlapping clouds of points, so that a model can learn but not perfectly; of one class, a number for each point. */
export function clouds(rows: number, { features = 2, classes = 2, seed = 3 } = {}): Examples {
  const random = new RandomState(seed);
  const labels =
    classes === 1 ? Float64Array.from(random.randn(rows)) : Uint8Array.from(random.randint(0, classes, rows));
  const inputs = random.randn(rows * features);
  for (let row = 0; row < rows; row++)
    inputs[row * features + (Math.abs(Math.round(labels[row])) % features)] += 1.5;
  return { rows, features, inputs, divisor: 1, labels };
}
