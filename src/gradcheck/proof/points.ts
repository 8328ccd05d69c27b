/**
 * Points at which gradients are compared: parameters, inputs and labels that are elements of a field.
 */
import type { FieldBackend } from '../../backend/field/index.ts';
import { activeBackend } from '../../backend/backend-lock.ts';
import { inferSize, type ModelSize } from '../points.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { initialOf } from '../../model/parameters.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { type Tensor, tf } from '../../utils/tf.ts';

/** The shapes that a proof is about. */
export interface ProofShape {
  /** Of sequences: tokens in a row. */
  features: number;
  /** Of sequences: symbols. */
  classes: number;
  /** Rows of x. */
  rows: number;
  parameters: Record<string, number[]>;
}

export interface ProofPoint {
  parameters: Tensors;
  /** `[rows, features]`; tokens are int32 */
  x: Tensor;
  /** `[rows, 1]` of 0 and 1, or one-hot `[rows, classes]`; of sequences int32 `[rows, features]` */
  y: Tensor;
  /** Dropout masks, for a model that has any. */
  noise: Record<string, Tensor>;
}

/** At kinks: relu′(0), |w|′ at 0. */
const shareOfZeros = 0.25;

/** The label of each row, counted from 0; or `variables` for any numbers, as labels and as dropout masks. */
export type Labels = readonly number[] | 'variables';

/**
 * A random point. With zeros, a quarter of all parameters and inputs are 0, and so is the whole first row: where a bias
 * is 0 as well, a unit's sum is exactly 0.
 */
export function drawPoint(
  backend: FieldBackend,
  model: Model,
  { features, classes, rows, parameters }: ProofShape,
  random: () => number,
  { labels, withZeros = false }: { labels: Labels; withZeros?: boolean },
): ProofPoint {
  const { field } = backend;
  const draw = (shape: number[]): Tensor => {
    const elements = Float64Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
      withZeros && random() < shareOfZeros ? 0 : field.variable(),
    );
    return backend.tensorOf(elements, shape);
  };
  const drawParameters = (): Tensors =>
    Object.fromEntries(Object.entries(parameters).map(([name, shape]) => [name, draw(shape)]));
  const areVariables = labels === 'variables';
  const noise = (): Record<string, Tensor> => drawNoise(backend, model, rows, random, areVariables);
  if (isSequence(model)) {
    const { x, y } = drawTokens({ rows, steps: features, symbols: classes }, random);
    const tensor = (tokens: number[]): Tensor =>
      tf.tensor(Int32Array.from(tokens), [rows, features], 'int32');
    return { parameters: drawParameters(), x: tensor(x), y: tensor(y), noise: noise() };
  }
  const x = draw([rows, features]);
  return {
    parameters: drawParameters(),
    x: withZeros ? tf.concat([tf.zeros([1, features]), x.slice([1, 0])]) : x,
    y: model.task === 'regression' ? draw([rows, 1]) : targetsOf(backend, model, rows, classes, labels),
    noise: noise(),
  };
}

export const isSequence = ({ task }: Model): boolean => task === 'next-token';

interface Tokens {
  rows: number;
  steps: number;
  symbols: number;
}

const maxTokenDraws = 1000;
const shareWithoutTarget = 0.25;

/**
 * Random tokens x and targets y, row by row, such that common mistakes show where the sizes allow it: a token is repeated in its
 * row and in another one, rows do not begin alike, and some but not all tokens have no target (−1).
 */
export function drawTokens(
  { rows, steps, symbols }: Tokens,
  random: () => number,
): { x: number[]; y: number[] } {
  const tokens = (draw: () => number): number[] => Array.from({ length: rows * steps }, draw);
  const token = (): number => Math.floor(random() * symbols);
  for (let draws = 1; ; draws++) {
    const x = tokens(token);
    const y = tokens(() => (random() < shareWithoutTarget ? -1 : token()));
    const sets = Array.from({ length: rows }, (_, row) => new Set(x.slice(row * steps, (row + 1) * steps)));
    const repeats = sets.some(({ size }) => size < steps);
    const shares = sets.slice(1).some((set) => [...set].some((other) => sets[0].has(other)));
    const differs = new Set(x.filter((_, i) => i % steps === 0)).size > 1;
    const targets = y.filter((target) => target >= 0).length;
    const isHard =
      (repeats || steps < 2) && (rows < 2 || ((shares || symbols < 2) && differs)) && targets < y.length;
    if (targets > 0 && (isHard || draws > maxTokenDraws)) return { x, y };
  }
}

function drawNoise(
  backend: FieldBackend,
  model: Model,
  rows: number,
  random: () => number,
  areVariables: boolean,
): Record<string, Tensor> {
  const drawn = model.dropoutMasks?.(rows, new RandomState(Math.floor(random() * 2 ** 32))) ?? {};
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, values }]) => {
      const elements = values.map((value) =>
        areVariables ? backend.field.variable() : backend.field.constant(value),
      );
      return [name, backend.tensorOf(elements, shape)];
    }),
  );
}

/** Labels that a row can have. */
export const labelsOf = ({ task }: Model, classes: number): number =>
  task === 'binary' ? 2 : Math.max(2, classes);

/** As numbers in general, those of a row sum to 1 like one-hot ones. */
function targetsOf(
  backend: FieldBackend,
  { task }: Model,
  rows: number,
  classes: number,
  labels: Labels,
): Tensor {
  const { field } = backend;
  const one = field.constant(1);
  const columns = task === 'binary' ? 1 : classes;
  const y = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const ofRow = y.subarray(row * columns, (row + 1) * columns);
    if (labels !== 'variables') {
      if (columns > 1) ofRow[labels[row]] = one;
      else if (labels[row] === 1) ofRow[0] = one;
      continue;
    }
    let rest = one;
    for (let column = 0; column < Math.max(1, columns - 1); column++) {
      ofRow[column] = field.variable();
      rest = field.subtract(rest, ofRow[column]);
    }
    if (columns > 1) ofRow[columns - 1] = rest;
  }
  return backend.tensorOf(y, [rows, columns]);
}

/** At most so many patterns of labels are all tried: four rows of three classes have 81. */
export const fewPatterns = 100;

/**
 * Labels for that many rows, without end: first those with the same label in all rows, then every other pattern once, in
 * random order, and all again; random ones where there are many.
 */
export function* labelPatterns(rows: number, labels: number, random: () => number): Generator<number[]> {
  const patterns = labels ** rows;
  const pattern = (n: number): number[] =>
    Array.from({ length: rows }, (_, row) => Math.floor(n / labels ** row) % labels);
  const alike = Array.from({ length: labels }, (_, label) => new Array<number>(rows).fill(label));
  yield* alike;
  if (patterns > fewPatterns) for (;;) yield pattern(Math.floor(random() * patterns));
  const others = Array.from({ length: patterns }, (_, n) => pattern(n)).filter(
    (labels) => new Set(labels).size > 1,
  );
  for (;;) {
    const left = [...others];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
    yield* alike;
  }
}

/** Enough that a sum over rows differs from any one row, and from twice one. */
export const defaultRows = 4;
const fewRows = 2;
/** Unless its definition says otherwise: steps and symbols. */
const sizeOfSequences = { features: 4, classes: 5 };

interface ShapeOptions {
  size?: Partial<ModelSize>;
  /** Where trial finds none. */
  otherwise?: ModelSize;
  rows?: number;
}

/**
 * The shapes at which a model is proved: few features, so that it is quick, and no more rows than the sums of every layer
 * can be independent for, which is one more than it has inputs (docs/proof.md, "The bound", 2).
 */
export function shapeOf(model: Model, { size: given, otherwise, rows: givenRows }: ShapeOptions): ProofShape {
  if (isSequence(model)) {
    const size = { ...sizeOfSequences, ...otherwise, ...given };
    const parameters = Object.entries(initialOf(model, size)).map(([name, { shape }]) => [name, shape]);
    return {
      ...size,
      rows: givenRows ?? fewRows,
      parameters: Object.fromEntries(parameters) as Record<string, number[]>,
    };
  }
  const size = onCpu(() => findSize(model, given, otherwise));
  const shapes = Object.entries(initialOf(model, size)).map(([name, { shape }]) => [name, shape] as const);
  const inputs = shapes
    .filter(([, shape]) => shape.length > 1)
    .map(([, shape]) => tf.util.sizeFromShape(shape.slice(0, -1)));
  const rows = givenRows ?? (Math.min(...inputs) + 1 >= defaultRows ? defaultRows : fewRows);
  return { ...size, rows, parameters: Object.fromEntries(shapes) };
}

function findSize(model: Model, given?: Partial<ModelSize>, otherwise?: ModelSize): ModelSize {
  try {
    return inferSize(model, given);
  } catch (error) {
    if (!otherwise) throw error;
    return inferSize(model, { ...otherwise, ...given });
  }
}

/** Runs `work` on the cpu backend, which has every kernel; afterwards the backend from before is active again. */
function onCpu<T>(work: () => T): T {
  const before = activeBackend();
  void tf.setBackend('cpu');
  try {
    return work();
  } finally {
    if (before) void tf.setBackend(before);
  }
}

const words = 4;
const digitsPerWord = 8;

/** 32 hexadecimal digits that nobody can foresee. */
export const freshSeed = (): string =>
  Array.from(globalThis.crypto.getRandomValues(new Uint32Array(words)), (word) =>
    word.toString(16).padStart(digitsPerWord, '0'),
  ).join('');

/** Uniform numbers in [0, 1), multiples of 2⁻⁵³. @throws InputError where the seed is not 1 … 32 hexadecimal digits */
export function randomNumbers(seed: string): () => number {
  if (!/^[0-9a-f]{1,32}$/i.test(seed)) {
    throw new InputError(`--seed takes 1 to 32 hexadecimal digits, not "${seed}".`);
  }
  const digits = seed.padStart(words * digitsPerWord, '0');
  const streams = Array.from(
    { length: words },
    (_, i) => new RandomState(parseInt(digits.slice(i * digitsPerWord, (i + 1) * digitsPerWord), 16)),
  );
  // Each begins a number later than the one before, so that the order of the digits matters and equal words do not cancel.
  streams.forEach((stream, i) => Array.from({ length: i }, () => stream.uint32()));
  const uint32 = (): number => streams.reduce((bits, stream) => bits ^ stream.uint32(), 0) >>> 0;
  return () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
}
