import type { Examples, LoadedDataset } from '../../data/dataset.ts';
import { evaluateRows } from '../../evaluation/evaluate.ts';
import { predict } from '../../evaluation/predict.ts';
import type { Model } from '../../model/model.ts';
import type { Weights } from './snapshots.ts';
import { type ParameterSet, withParameters } from '../../model/parameters.ts';
import type { Split } from '../../training/validation.ts';
import type { Line, Network, Progress, View } from '../messages.ts';
import type { RunSettings } from './catalogue.ts';
import type { PageData } from './data.ts';
import { tensorOf, valuesOf } from '../../utils/tensors.ts';
import { tf, type Tensor, type Tensor2D } from '../../utils/tf.ts';

const maxPoints = 400;

/** A curve of a bounded number of points, each the mean of equally many values. */
export class Curve {
  readonly line: Line = { x: [], y: [] };
  #perPoint = 1;
  #pending = 0;
  #sum = 0;

  add(x: number, y: number): void {
    this.#sum += y;
    if (++this.#pending < this.#perPoint) return;
    this.line.x.push(x);
    this.line.y.push(this.#sum / this.#pending);
    this.#pending = 0;
    this.#sum = 0;
    if (this.line.x.length >= maxPoints) this.#halve();
  }

  /** Merges pairs of points at the place of the later one. */
  #halve(): void {
    const { x, y } = this.line;
    for (let i = 0; i < maxPoints / 2; i++) {
      x[i] = x[2 * i + 1];
      y[i] = (y[2 * i] + y[2 * i + 1]) / 2;
    }
    x.length = y.length = maxPoints / 2;
    this.#perPoint *= 2;
  }
}

/** So many rows are scored before the first step, and a fraction of it of tokens, so that it takes no time. */
const scoredRows = 256;

/** Loss and accuracy of the initial weights on some rows: where curves begin. None for losses that are not comparable. */
export function initialScores(
  model: Model,
  set: ParameterSet,
  { train, classNames, tokens }: PageData,
  { trainRows, validation }: Split,
  { recipe, definition }: Pick<RunSettings, 'recipe' | 'definition'>,
): Progress['initial'] {
  if (definition.composition || recipe.classWeights !== 'none') return undefined;
  const batch = recipe.batchSize === 'full' ? trainRows.length : recipe.batchSize;
  // A sum is comparable with that of as many rows.
  const most = model.loss.reduction === 'sum' ? batch : tokens ? scoredRows / 8 : scoredRows;
  return withParameters(set, (parameters) => {
    const score = (examples: Examples, rows: Int32Array) =>
      evaluateRows(model, parameters, { examples, classes: classNames.length, order: rows.slice(0, most) });
    const held = validation && score(validation.examples, validation.rows);
    return {
      rows: Math.min(most, trainRows.length),
      ...score(train, trainRows),
      ...(held && { validationLoss: held.loss }),
      ...(held?.accuracy !== undefined && { validationAccuracy: held.accuracy }),
    };
  });
}

/** Grid points along each side of the plane. */
const side = 48;

/** The square of the plane that is shown: around the data, with a margin. */
function squareAround({ train }: LoadedDataset): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  const shown = train.inputs.subarray(0, 2000);
  for (const value of shown) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low) * 0.25 || 1;
  return [low - margin, high + margin];
}

export function surfaceOf(model: Model, set: ParameterSet, data: LoadedDataset): View['surface'] {
  if (data.train.features !== 2 || model.task === 'regression') return undefined;
  const [low, high] = squareAround(data);
  const answers = predict(model, set, gridOf([low, high], side), 2, data);
  const classOf = (probabilities: number[]) => probabilities.indexOf(Math.max(...probabilities));
  const classes = Uint8Array.from(answers, ({ probabilities }) => classOf(probabilities));
  const sure = Float32Array.from(answers, ({ probabilities }, i) => probabilities[classes[i]]);
  return { side, from: [low, low], to: [high, high], classes, sure };
}

const maxTiles = 128;

/** The weights of the first layer as one image per unit: of pixels, or small filters. */
export function tilesOf(set: ParameterSet, { train, preprocessing }: LoadedDataset): View['tiles'] {
  if (preprocessing.kind !== 'image') return undefined;
  const [{ shape, values }] = Object.values(set);
  const all = shape.at(-1)!;
  const [height, width] = shape.length === 4 ? shape : [preprocessing.height, preprocessing.width];
  if (shape.length !== 4 && shape[0] !== train.features) return undefined;
  const count = Math.min(all, maxTiles);
  const size = height * width;
  const tiles = new Float32Array(count * size);
  for (let unit = 0; unit < count; unit++) {
    for (let pixel = 0; pixel < size; pixel++) tiles[unit * size + pixel] = values[pixel * all + unit];
  }
  return { count, height, width, values: tiles };
}

/** Texts that a model makes. During training they take at most a twelfth of the time: views in between show the latest ones. */
export class Texts {
  readonly #sample: (weights: Weights) => string[];
  #latest?: { weights: Weights; texts: string[] };
  #nextAt = 0;

  constructor(sample: (weights: Weights) => string[]) {
    this.#sample = sample;
  }

  of(weights: Weights, isTraining: boolean): Pick<View, 'samples' | 'sampledAt'> {
    const isKnown = this.#latest?.weights.parameters === weights.parameters;
    const startedAt = performance.now();
    if (!isKnown && !(isTraining && startedAt < this.#nextAt)) {
      this.#latest = { weights, texts: this.#sample(weights) };
      this.#nextAt = performance.now() + 11 * (performance.now() - startedAt);
    }
    return { samples: this.#latest!.texts, sampledAt: this.#latest!.weights.step };
  }
}

const maxPredicted = 300;

/** True and predicted numbers of a regression. */
export function predictedOf(
  model: Model,
  set: ParameterSet,
  { test, classNames }: LoadedDataset,
): View['predicted'] {
  if (model.task !== 'regression') return undefined;
  const { features, divisor, target } = test;
  const rows = Math.min(test.rows, maxPredicted);
  const inputs = Float64Array.from(test.inputs.subarray(0, rows * features), (value) => value / divisor);
  const answers = predict(model, set, inputs, features, { classNames, target });
  return {
    true: Float64Array.from(test.labels.subarray(0, rows)),
    predicted: Float64Array.from(answers, ({ value }) => value!),
  };
}

const maxUnits = 64;

/**
 * A sequential network, if it is small enough to draw.
 *
 * @param input one row, whose activations are returned
 */
export function networkOf(
  model: Model,
  set: ParameterSet,
  features: number,
  input?: Float64Array,
): Network | undefined {
  const layers = [features];
  const [weights, biases]: number[][][] = [[], []];
  const parameters = Object.values(set);
  for (let i = 0; i + 1 < parameters.length; i += 2) {
    const [matrix, bias] = [parameters[i], parameters[i + 1]];
    const [from, columns] = matrix.shape;
    const units = bias.values.length;
    // A single column may be shared by all units, which then differ in their bias alone.
    if (matrix.shape.length !== 2 || from !== layers.at(-1) || (columns !== units && columns !== 1))
      return undefined;
    weights.push(
      Array.from(
        { length: from * units },
        (_, k) => matrix.values[Math.floor(k / units) * columns + (k % columns)],
      ),
    );
    biases.push(Array.from(bias.values));
    layers.push(units);
  }
  if (parameters.length % 2 !== 0 || layers.reduce((sum, units) => sum + units) > maxUnits) return undefined;
  const activations = input && activationsOf(model, set, input, layers)?.map(([row]) => row);
  return { layers, weights, biases, activations };
}

/** Grid points along each side of the picture of a unit. */
const unitSide = 20;

/** What every unit of a network of two inputs answers on the plane. */
export function unitSurfacesOf(
  model: Model,
  set: ParameterSet,
  data: LoadedDataset,
  { layers }: Network,
): Network['surfaces'] {
  if (data.train.features !== 2) return undefined;
  const inputs = gridOf(squareAround(data), unitSide);
  const answers = activationsOf(model, set, inputs, layers);
  return answers?.map((rows, layer) =>
    Array.from({ length: layers[layer] }, (_, unit) => Float32Array.from(rows, (row) => row[unit])),
  );
}

/** Points of a square, row by row from the lowest x₂ up. */
function gridOf([low, high]: [number, number], side: number): Float64Array {
  const inputs = new Float64Array(side * side * 2);
  const place = (i: number) => low + ((i + 0.5) / side) * (high - low);
  for (let i = 0; i < side * side; i++) {
    inputs[2 * i] = place(i % side);
    inputs[2 * i + 1] = place(Math.floor(i / side));
  }
  return inputs;
}

/** The values of every layer, `[layer][row][unit]`, the inputs first; undefined if a layer's are not returned by the model. */
function activationsOf(
  model: Model,
  set: ParameterSet,
  inputs: Float64Array,
  layers: number[],
): number[][][] | undefined {
  const rows = inputs.length / layers[0];
  const seen: ArrayLike<number>[] = [];
  withParameters(set, (parameters) =>
    tf.tidy(() => {
      const { logits, ...hidden } = model.forward(parameters, tensorOf(inputs, [rows, layers[0]]));
      seen.push(...[...Object.values(hidden), outputOf(model, logits)].map((tensor) => valuesOf(tensor)));
    }),
  );
  const all: ArrayLike<number>[] = [inputs];
  for (const values of seen) if (values.length === rows * layers[all.length]) all.push(values);
  if (all.length !== layers.length) return undefined;
  return all.map((values, layer) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from({ length: layers[layer] }, (_, unit) => values[row * layers[layer] + unit]),
    ),
  );
}

/** ŷ: probabilities, or the number that a regression predicts. */
export function outputOf({ task }: Model, logits: Tensor): Tensor {
  if (task === 'regression') return logits;
  return task === 'binary' ? tf.sigmoid(logits) : tf.softmax(logits as Tensor2D);
}
