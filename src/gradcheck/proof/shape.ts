import type { Model } from '../../model/model.ts';
import { RandomState } from '../../utils/random.ts';
import { tf } from '../../utils/tf.ts';
import { inferSize } from '../infer-size.ts';
import type { ModelSize } from '../points.ts';
import type { ProofShape } from './point.ts';

/** Enough that a sum over rows differs from any one row, and from twice one. A power of two, so that 1/rows is exact. */
const usualRows = 4;
const fewRows = 2;

interface Wishes {
  size?: Partial<ModelSize>;
  /** Where trial finds none. */
  otherwise?: ModelSize;
  rows?: number;
}

/**
 * The shapes at which a model is proved: few features, so that it is quick, and no more rows than the sums of every layer
 * can be independent for, which is one more than it has inputs (docs/proof.md, "The bound", 2).
 */
export function shapeOf(model: Model, { size: given, otherwise, rows: givenRows }: Wishes): ProofShape {
  const size = onCpu(() => sizeOf(model, given, otherwise));
  const initial = model.initial({ ...size, random: new RandomState(0) });
  const shapes = Object.entries(initial).map(([name, { shape }]) => [name, shape] as const);
  const inputs = shapes
    .filter(([, shape]) => shape.length > 1)
    .map(([, shape]) => shape.slice(0, -1).reduce((product, length) => product * length, 1));
  const rows = givenRows ?? (Math.min(...inputs) + 1 >= usualRows ? usualRows : fewRows);
  return { ...size, rows, parameters: Object.fromEntries(shapes) };
}

function sizeOf(model: Model, given?: Partial<ModelSize>, otherwise?: ModelSize): ModelSize {
  try {
    return inferSize(model, given);
  } catch (error) {
    if (!otherwise) throw error;
    return inferSize(model, { ...otherwise, ...given });
  }
}

/** The same with the usual number of rows, for points that are there to look at kinks. */
export const withUsualRows = (shape: ProofShape): ProofShape => ({
  ...shape,
  rows: Math.max(shape.rows, usualRows),
});

/** Runs `work` where every kernel is; afterwards TensorFlow.js computes where it did before. */
function onCpu<T>(work: () => T): T {
  const before = tf.engine().backendName;
  void tf.setBackend('cpu');
  try {
    return work();
  } finally {
    if (before) void tf.setBackend(before);
  }
}
