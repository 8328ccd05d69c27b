/**
 * Two trainings from the same weights on the same batches, one by hand and one by autodiff, and how far their weights
 * differ afterwards. Errors too small to see in one gradient add up over a thousand steps.
 */
import type { BackendName } from '../backend/index.ts';
import { gradientSources, type LossAndGradients } from '../model/gradients.ts';
import type { Model, Parameters } from '../model/model.ts';
import { addScaled } from '../model/operations.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { randomForStep, withDropoutMasks } from '../model/dropout-masks.ts';
import { RandomState } from '../utils/random.ts';
import { isDoublePrecision, tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import { distance } from './comparison.ts';
import { drawParameters, initialOf, targets, type ModelSize } from './points.ts';

/**
 * Largest difference of a weight that counts as the same training. Each step rounds by one unit roundoff of weights
 * near 1; after a thousand steps 10⁻¹³ and 10⁻⁴ are expected at worst. Both bounds leave room for larger weights.
 */
export const trajectoryBounds = { float64: 1e-10, float32: 1e-3 };

export interface TrajectoryOptions {
  size: ModelSize;
  steps: number;
  seed: number;
  learningRate: number;
  /** Called every 50 steps with the number of steps done. */
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

const totalRows = 64;
const rowsOfBatch = 8;

/** Trains both ways with plain gradient descent, on the backend in use. */
export async function compareTrajectories(
  model: Model,
  options: TrajectoryOptions,
): Promise<TrajectoryReport> {
  const { size, steps, seed, learningRate, onProgress } = options;
  const random = new RandomState(seed);
  const start = drawParameters(initialOf(model, size, random), random);
  const nextBatch = randomBatches(model, size, random);
  const [manual, autodiff] = [toVariables(start), toVariables(start)];
  let firstLoss = NaN;
  let lastLoss = NaN;
  try {
    for (let step = 0; step < steps; step++) {
      const { x, y } = nextBatch();
      const draw = (masks: NonNullable<Model['dropoutMasks']>) =>
        masks(rowsOfBatch, randomForStep(seed, step));
      withDropoutMasks(model, draw, (model) => {
        lastLoss = descend(manual, gradientSources.manual(model, manual, x, y), learningRate);
        descend(autodiff, gradientSources.autodiff(model, autodiff, x, y), learningRate);
      });
      if (step === 0) firstLoss = lastLoss;
      tf.dispose([x, y]);
      if (step % 50 === 49) {
        onProgress?.(step + 1);
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    const largest = largestDifference(manual, autodiff);
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
    disposeAll(manual);
    disposeAll(autodiff);
  }
}

/** w ← w − η·∂L/∂w. @returns the loss before it */
function descend(
  parameters: Parameters,
  { loss, gradients }: LossAndGradients,
  learningRate: number,
): number {
  tf.tidy(() => {
    for (const [name, parameter] of Object.entries(parameters)) {
      parameter.assign(addScaled(parameter, gradients[name], -learningRate));
    }
  });
  disposeAll(gradients);
  return loss;
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Random batches from 64 random rows with labels from a random linear rule. */
function randomBatches(model: Model, { features, classes }: ModelSize, random: RandomState) {
  const inputs = random.randn(totalRows * features);
  const rule = random.randn(features * classes);
  const labels = Array.from({ length: totalRows }, (_, row) => {
    const scores = new Float64Array(classes);
    for (let i = 0; i < features; i++)
      for (let k = 0; k < classes; k++) scores[k] += inputs[row * features + i] * rule[i * classes + k];
    return model.task === 'regression' ? scores[0] : scores.indexOf(Math.max(...scores));
  });
  const outputs = model.task === 'binary' ? 1 : classes;
  return () => {
    const rows = random.choice(totalRows, rowsOfBatch);
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
