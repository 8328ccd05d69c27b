/**
 * The worked examples of document 001, as tensor operations, on the inputs that the document gives.
 */
import { tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf, type Tensor } from '../utils/tf.ts';
import { exactRow } from './compare.ts';
import printed from './printed/001.json' with { type: 'json' };
import byNumPy from './printed/numpy-001.json' with { type: 'json' };
import type { ComparedRow, Context } from './types.ts';

/** σ′(x) = σ(x)·(1 − σ(x)) */
const sigmoidDerivative = (x: Tensor): Tensor => {
  const s = tf.sigmoid(x);
  return tf.sub(s, tf.square(s));
};

/** `[height, width, channels]` → `[height·width·channels, 1]` */
const imageToVector = (image: Tensor): Tensor => tf.reshape(image, [-1, 1]);

/** Every row divided by its length √Σx². */
const normalizeRows = (x: Tensor): Tensor => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)));

/** Σ|y − ŷ| */
const l1Loss = (predicted: Tensor, y: Tensor): Tensor => tf.sum(tf.abs(tf.sub(y, predicted)));

/** Σ(y − ŷ)² */
const l2Loss = (predicted: Tensor, y: Tensor): Tensor => tf.sum(tf.square(tf.sub(y, predicted)));

/** `[n]`, `[n]` → Σ a·b */
export const dot = (a: Tensor, b: Tensor): Tensor =>
  tf.matMul(tf.reshape(a, [1, -1]), tf.reshape(b, [-1, 1]));

/** `[n]`, `[m]` → `[n, m]` */
export const outer = (a: Tensor, b: Tensor): Tensor =>
  tf.matMul(tf.reshape(a, [-1, 1]), tf.reshape(b, [1, -1]));

const vector = (values: number[], shape = [values.length]): Tensor =>
  tensorOf(Float64Array.from(values), shape);

/** Computed on the current backend. */
export function workedExampleRows({ backend }: Context): ComparedRow[] {
  const rows = (
    name: string,
    texts: string[],
    result: Tensor,
    kind: ComparedRow['kind'] = 'exact',
  ): ComparedRow[] => {
    const values = valuesOf(result);
    return texts.map((text, i) =>
      exactRow(
        {
          document: '001',
          item: texts.length > 1 ? `${name}, entry ${i}` : name,
          printed: text,
          group: texts.length > 1 ? name : undefined,
          kind,
        },
        values[i],
        backend,
      ),
    );
  };
  const { x1, x2, rows: matrix, image } = printed.given;
  tf.engine().startScope();
  try {
    const [a, b] = [vector(x1), vector(x2)];
    const steps = vector([1, 2, 3]);
    const [predicted, y] = [vector([0.9, 0.2, 0.1, 0.4, 0.9]), vector([1, 0, 0, 1, 1])];
    const column = valuesOf(imageToVector(vector(image, [3, 3, 2])));
    return [
      ...rows('sigmoid', byNumPy.sigmoid, tf.sigmoid(steps), 'numpy'),
      ...rows('sigmoid_derivative', byNumPy.sigmoidDerivative, sigmoidDerivative(steps), 'numpy'),
      ...printed.imageVector.map(({ at, value }) =>
        exactRow({ document: '001', item: `image2vector, entry ${at}`, printed: value }, column[at], backend),
      ),
      ...rows('normalize_rows', printed.normalizedRows.flat(), normalizeRows(vector(matrix.flat(), [2, 3]))),
      ...rows(
        'softmax',
        byNumPy.softmax,
        tf.softmax(vector([9, 2, 5, 0, 0, 7, 5, 0, 0, 0], [2, 5])),
        'numpy',
      ),
      ...rows('L1', [byNumPy.l1], l1Loss(predicted, y), 'numpy'),
      ...rows('L2', [byNumPy.l2], l2Loss(predicted, y), 'numpy'),
      ...rows('dot', [printed.dot], dot(a, b)),
      ...rows(
        'outer',
        printed.outer.flatMap((row) => row.split(' ')),
        outer(a, b),
      ),
      ...rows('elementwise multiplication', printed.elementwise.split(' '), tf.mul(a, b)),
    ];
  } finally {
    tf.engine().endScope();
  }
}
