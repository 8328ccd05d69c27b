/**
 * Two trainings from the same weights on the same batches, one by hand and one by autodiff: how far do they drift
 * apart? Errors too small to see in one gradient add up over a thousand steps.
 */
import type { BackendName } from '../backend/index.ts';
import { gradientSources } from '../model/gradients.ts';
import type { Model, Parameters } from '../model/model.ts';
import { createOptimizer } from '../training/optimizers.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { randomForStep, withDropoutMasks } from '../model/dropout-masks.ts';
import { RandomState } from '../utils/random.ts';
import { trainStep } from '../training/train.ts';
import { isDoublePrecision, tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import { distance } from './comparison.ts';
import { drawParameters, targets, type ModelSize } from './points.ts';

/**
 * Largest difference of a weight that counts as the same training. Each step rounds anew, by one unit roundoff of
 * weights near 1, and a thousand such steps that descend the same slope stay together: 10⁻¹³ and 10⁻⁴ would be
 * expected at worst. Both bounds leave room for weights that grow.
 */
export const trajectoryBounds = { float64: 1e-10, float32: 1e-3 };

export interface TrajectoryOptions {
  size: ModelSize;
  steps: number;
  seed: number;
  learningRate: number;
  /** Called now and then with the number of steps done. */
  onProgress?: (steps: number) => void;
}

export interface TrajectoryReport {
  model: string;
  backend: BackendName;
  steps: number;
  agrees: boolean;
  bound: number;
  /** Largest |by hand − by autodiff| over all weights after the last step, and where it is. */
  largestDifference: number;
  parameter: string;
  index: number;
  manual: number | null;
  autodiff: number | null;
  /** Of the first and of the last batch, by hand. */
  firstLoss: number | null;
  lastLoss: number | null;
}

const rowsInAll = 64;
const rowsOfBatch = 8;

/** Trains both ways with plain gradient descent, on the backend in use. */
export async function compareTrajectories(
  model: Model,
  options: TrajectoryOptions,
): Promise<TrajectoryReport> {
  const { size, steps, seed, learningRate, onProgress } = options;
  const random = new RandomState(seed);
  const start = drawParameters(model.initial({ ...size, random }), random);
  const nextBatch = batchesToLearn(model, size, random);
  const byHand = { parameters: toVariables(start), optimizer: createOptimizer('sgd') };
  const byAutodiff = { parameters: toVariables(start), optimizer: createOptimizer('sgd') };
  let firstLoss = NaN;
  let lastLoss = NaN;
  try {
    for (let step = 0; step < steps; step++) {
      const batch = nextBatch();
      const noise = (draw: NonNullable<Model['dropoutMasks']>) =>
        draw(rowsOfBatch, randomForStep(seed, step));
      withDropoutMasks(model, noise, (model) => {
        const { manual, autodiff } = gradientSources;
        ({ loss: lastLoss } = trainStep(
          model,
          byHand.parameters,
          manual,
          byHand.optimizer,
          batch,
          learningRate,
        ));
        trainStep(model, byAutodiff.parameters, autodiff, byAutodiff.optimizer, batch, learningRate);
      });
      if (step === 0) firstLoss = lastLoss;
      tf.dispose([batch.x, batch.y]);
      if (step % 50 === 49) {
        onProgress?.(step + 1);
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    const largest = largestDifference(byHand.parameters, byAutodiff.parameters);
    const bound = trajectoryBounds[isDoublePrecision() ? 'float64' : 'float32'];
    return {
      model: model.name,
      backend: tf.getBackend() as BackendName,
      steps,
      agrees: largest.largestDifference <= bound,
      bound,
      ...largest,
      firstLoss: finiteOrNull(firstLoss),
      lastLoss: finiteOrNull(lastLoss),
    };
  } finally {
    for (const { parameters, optimizer } of [byHand, byAutodiff]) {
      disposeAll(parameters);
      optimizer.dispose();
    }
  }
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Random batches of 64 random rows, whose labels follow from them by a random linear rule. */
function batchesToLearn(model: Model, { features, classes }: ModelSize, random: RandomState) {
  const inputs = random.randn(rowsInAll * features);
  const rule = random.randn(features * classes);
  const labels = Array.from({ length: rowsInAll }, (_, row) => {
    const scores = new Float64Array(classes);
    for (let i = 0; i < features; i++)
      for (let k = 0; k < classes; k++) scores[k] += inputs[row * features + i] * rule[i * classes + k];
    return model.task === 'regression' ? scores[0] : scores.indexOf(Math.max(...scores));
  });
  const outputs = model.task === 'binary' ? 1 : classes;
  return () => {
    const rows = random.choice(rowsInAll, rowsOfBatch);
    const x = new Float64Array(rowsOfBatch * features);
    rows.forEach((row, i) => x.set(inputs.subarray(row * features, (row + 1) * features), i * features));
    const y = targets(
      Array.from(rows, (row) => labels[row]),
      outputs,
    );
    return { x: tensorOf(x, [rowsOfBatch, features]), y: tensorOf(y, [rowsOfBatch, outputs]) };
  };
}

function largestDifference(byHand: Parameters, byAutodiff: Parameters) {
  const largest = {
    largestDifference: -1,
    parameter: '',
    index: 0,
    manual: null as number | null,
    autodiff: null as number | null,
  };
  for (const parameter of Object.keys(byHand)) {
    const manual = valuesOf(byHand[parameter]);
    const autodiff = valuesOf(byAutodiff[parameter]);
    for (let index = 0; index < manual.length; index++) {
      const apart = Math.min(distance(manual[index], autodiff[index]), Number.MAX_VALUE);
      if (apart <= largest.largestDifference) continue;
      Object.assign(largest, {
        largestDifference: apart,
        parameter,
        index,
        manual: finiteOrNull(manual[index]),
        autodiff: finiteOrNull(autodiff[index]),
      });
    }
  }
  return largest;
}
