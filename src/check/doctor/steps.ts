/**
 * One step of training: which kernels it calls, what it leaves behind, how long it takes.
 */
import { kernelsUsedBy } from '../../backend/kernels.ts';
import { optionalKernels } from '../../core/ops.ts';
import type { Batch } from '../../core/data/batches.ts';
import type { Problem } from '../gradients/problem.ts';
import { gradientSources } from '../../core/gradients/index.ts';
import { createOptimizer } from '../../core/training/optimizers.ts';
import { trainStep } from '../../core/training/step.ts';
import { tf } from '../../core/tf.ts';
import { rowsOfStep, withPoint, type ExaminedModel } from './examined-model.ts';
import type { StepMeasure, Timing } from './types.ts';
import { median } from '../../core/median.ts';

type Source = 'manual' | 'autodiff';

/** So small that however many steps leave the weights, and with them the work, as they are. */
const learningRate = 1e-9;

/** The kernels of a step by hand and of one by autodiff, on the backend in use. */
export function kernelsOf(examined: ExaminedModel): string[] {
  const used = (['manual', 'autodiff'] as const).flatMap((source) =>
    withSteps(examined, source, (step) => kernelsUsedBy(step)),
  );
  return [...new Set(used)].filter((name) => !optionalKernels.includes(name)).sort();
}

/** @param milliseconds how long to repeat a step, at least; five times in any case */
export function examineStep(examined: ExaminedModel, milliseconds: number): StepMeasure {
  const measured = (source: Source) =>
    withSteps(examined, source, (step) => ({ left: leftBy(step), timing: timed(step, milliseconds) }));
  const manual = measured('manual');
  const autodiff = measured('autodiff');
  return {
    rows: rowsOfStep,
    left: { manual: manual.left, autodiff: autodiff.left },
    microseconds: { manual: manual.timing, autodiff: autodiff.timing },
  };
}

/** Hands `work` a function that makes one step of the model's own training. */
function withSteps<T>(examined: ExaminedModel, source: Source, work: (step: () => void) => T): T {
  return withPoint(examined.batch, examined.recipe, ({ model, parameters, x, y }: Problem) => {
    const optimizer = createOptimizer(examined.recipe.optimizer, learningRate);
    const on: Pick<Batch, 'x' | 'y'> = { x, y };
    try {
      return work(
        () => void trainStep(model, parameters, gradientSources[source], optimizer, on, learningRate),
      );
    } finally {
      optimizer.dispose();
    }
  });
}

const stepsCounted = 5;

/** Tensors and data buffers left by a step, on average; the first steps may make what later ones reuse. */
function leftBy(step: () => void): number {
  const count = (): number => tf.memory().numTensors + tf.memory().numDataBuffers;
  for (let i = 0; i < 3; i++) step();
  const before = count();
  for (let i = 0; i < stepsCounted; i++) step();
  return (count() - before) / stepsCounted;
}

function timed(step: () => void, milliseconds: number): Timing {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (times.length < 5 || performance.now() < end) {
    const start = performance.now();
    step();
    times.push((performance.now() - start) * 1000);
  }
  // Of a quick step there may be more than a function takes as arguments.
  times.sort((a, b) => a - b);
  return { median: median(times), min: times[0], max: times[times.length - 1], repeats: times.length };
}
