import type { BackendName } from '../backend/index.ts';
import type { GradientSourceName } from '../model/gradients/index.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { withNoise } from '../model/noise.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import { gradientsAt } from './at-point.ts';
import { Collector } from './collect.ts';
import type { Point } from './problem.ts';
import type { ModelReport } from './report-types.ts';
import { tolerancesInUse } from './tolerances.ts';

export interface CheckOptions {
  /** Fixes every random choice; without it 1. */
  seed?: number;
  /** Random points; without it 3. */
  draws?: number;
  /** Most entries of a parameter that central differences are taken of, at every point; usually 12. */
  entries?: number;
  /** Largest relative difference; by default 10⁻¹⁰ by formula and 10⁻⁷ by central differences in double precision. */
  tolerance?: number;
  /** Which gradients to compare, at least two; without it all three. */
  sources?: readonly GradientSourceName[];
}

export const checkDefaults = {
  seed: 1,
  draws: 3,
  entries: 12,
  sources: ['manual', 'autodiff', 'numeric'],
} as const satisfies CheckOptions;

/** Compares gradients at every point, on the backend in use. Leaves no tensor behind. */
export function checkPoints(name: string, points: Point[], options: CheckOptions = {}): ModelReport {
  const { seed = checkDefaults.seed, entries = checkDefaults.entries } = options;
  const { sources = checkDefaults.sources } = options;
  const tolerances = tolerancesInUse(options.tolerance);
  const startedAt = performance.now();
  const random = new RandomState(seed);
  const collector = new Collector(tolerances);
  for (const point of points) {
    const parameters = toVariables(point.parameters);
    const x = tensorOf(point.x, [point.rows, point.x.length / point.rows]);
    const y = tensorOf(point.y, [point.rows, point.y.length / point.rows]);
    try {
      const found = withNoise(
        point.model,
        () => point.noise ?? {},
        (model) => gradientsAt({ model, parameters, x, y }, { tolerances, sources, entries, random }),
      );
      collector.add(point, found);
    } finally {
      tf.dispose([x, y]);
      disposeAll(parameters);
    }
  }
  const { parameters, loss } = collector;
  return {
    model: name,
    backend: tf.getBackend() as BackendName,
    agrees: loss.agrees && parameters.every(({ agrees }) => agrees),
    seed,
    points: points.map(({ name }) => name),
    sources: [...sources],
    tolerances,
    loss,
    parameters,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
