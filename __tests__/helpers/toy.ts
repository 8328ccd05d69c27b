import type { Examples } from '../../src/core/data/dataset.ts';
import { RandomState } from '../../src/core/random.ts';

/** Two overlapping clouds of points, so that a model can learn but not perfectly. */
export function clouds(rows: number, { features = 2, classes = 2, seed = 3 } = {}): Examples {
  const random = new RandomState(seed);
  const labels = Uint8Array.from(random.randint(0, classes, rows));
  const inputs = random.randn(rows * features);
  for (let row = 0; row < rows; row++) inputs[row * features + (labels[row] % features)] += 1.5;
  return { rows, features, inputs, divisor: 1, labels };
}
