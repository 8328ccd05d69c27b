/**
 * Mistakes planted in hand-written gradients: in the results, parameter by parameter, and in the derivations, operation
 * by operation.
 */
import type { Activations, Model, Tensors } from '../../src/model/model.ts';
import { constant } from '../../src/utils/tensors.ts';
import { tf, type Tensor } from '../../src/utils/tf.ts';

export interface Mutant {
  /** What was done. */
  mistake: string;
  model: Model;
  /** The only parameter that may be found wrong; unknown for mistakes in a derivation. */
  parameter?: string;
}

type Gradients = Model['gradients'];

const withGradients = (model: Model, gradients: Gradients): Model => ({ ...model, gradients });

/** What is known about a parameter whose gradient is spoilt. */
interface Context {
  rows: number;
  withoutLastRow: () => Tensor;
  withoutPenalty: () => Tensor;
}

interface Applicability {
  shape: number[];
  mean: boolean;
  penalised: boolean;
}

interface ResultMistake {
  change: (g: Tensor, context: Context) => Tensor;
  /** Where it would change something; everywhere unless given. */
  applies?: (to: Applicability) => boolean;
}

const hasSeveral = ({ shape }: Applicability): boolean => sizeOf(shape) > 1;

/** What is done to one parameter's gradient g. */
const resultMistakes: Record<string, ResultMistake> = {
  'wrong sign': { change: (g) => g.neg() },
  '1/m missing': { change: (g, { rows }) => g.mul(rows), applies: ({ mean }) => mean },
  '1/m too many': { change: (g, { rows }) => g.div(rows) },
  'factor 2': { change: (g) => g.mul(2) },
  'nothing at all': { change: (g) => g.zerosLike() },
  'a row of the batch dropped': { change: (_, { withoutLastRow }) => withoutLastRow() },
  'penalty dropped': {
    change: (_, { withoutPenalty }) => withoutPenalty(),
    applies: ({ penalised, shape }) => penalised && shape.length === 2,
  },
  'transpose missing': {
    change: (g) => g.transpose().reshape(g.shape),
    applies: ({ shape }) => shape.length === 2 && Math.min(...shape) > 1,
  },
  'transposed shape': {
    change: (g) => g.transpose(),
    applies: ({ shape }) => shape.length === 2 && shape[0] !== shape[1],
  },
  'summed over everything': { change: (g) => tf.mul(g.sum(), g.onesLike()), applies: hasSeveral },
  'mean instead of sum': { change: (g) => tf.mul(g.mean(), g.onesLike()), applies: hasSeveral },
  'sum over the rows missing': {
    change: (g) => tf.stack([g, g]),
    applies: ({ shape }) => shape.length === 1,
  },
  'entries in reverse': { change: (g) => g.flatten().reverse().reshape(g.shape), applies: hasSeveral },
  'one entry 0.1 % too large': { change: (g) => changeFirst(g, (value) => value.mul(constant(1.001))) },
  'one entry off by a hair': {
    change: (g) => changeFirst(g, (value, largest) => value.add(largest.mul(constant(1e-5)))),
  },
  'one entry NaN': { change: (g) => changeFirst(g, (value) => value.mul(constant(NaN))) },
};

const sizeOf = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);

/** In operations of tensors, so that it can be done on every backend. */
function changeFirst(g: Tensor, change: (value: Tensor, largest: Tensor) => Tensor): Tensor {
  const entries = g.flatten();
  const changed = change(entries.slice(0, 1), entries.abs().max());
  return tf.concat([changed, entries.slice(1)]).reshape(g.shape);
}

/** The model with each of the mistakes above, where it applies, in each of its parameters. */
export function mutantsOfResults(
  model: Model,
  shapes: Record<string, number[]>,
  withoutPenalty?: Model,
): Mutant[] {
  const about = { mean: model.loss.reduction === 'mean', penalised: withoutPenalty !== undefined };
  return Object.entries(shapes).flatMap(([parameter, shape]) =>
    Object.entries(resultMistakes)
      .filter(([, { applies }]) => applies?.({ ...about, shape }) ?? true)
      .map(([mistake, { change }]) => ({
        mistake: `${mistake} in ${parameter}`,
        parameter,
        model: withGradients(model, (values, x, y, activations) => {
          const right = model.gradients(values, x, y, activations);
          const wrong = change(right[parameter], {
            rows: x.shape[0],
            withoutLastRow: () => fewerRows(model, values, x, y, activations)[parameter],
            withoutPenalty: () => withoutPenalty!.gradients(values, x, y, activations)[parameter],
          });
          return { ...right, [parameter]: wrong };
        }),
      })),
  );
}

/** Gradients in which the last row of the batch has no part. */
function fewerRows(
  model: Model,
  parameters: Tensors,
  x: Tensor,
  y: Tensor,
  activations: Activations,
): Tensors {
  const rows = x.shape[0];
  const cut = (t: Tensor): Tensor => (t.shape[0] === rows ? t.slice(0, rows - 1) : t);
  const gradients = model.gradients(parameters, cut(x), cut(y), mapTensors(activations, cut) as Activations);
  return model.loss.reduction === 'mean' ? mapTensors(gradients, (g) => g.mul((rows - 1) / rows)) : gradients;
}

const mapTensors = (tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));

type Engine = ReturnType<typeof tf.engine>;
type RunKernel = Engine['runKernel'];
type KernelMistake = (
  run: RunKernel,
  inputs: Record<string, Tensor>,
  attributes: object,
  kernel: string,
) => unknown;

const keep =
  (input: string): KernelMistake =>
  (run, inputs) =>
    run('Identity', { x: inputs[input] });

const flip =
  (flag: 'transposeA' | 'transposeB'): KernelMistake =>
  (run, inputs, attributes) =>
    run('BatchMatMul', inputs, { ...attributes, [flag]: !(attributes as Record<string, boolean>)[flag] });

const withInput =
  (name: string, change: (input: Tensor) => Tensor): KernelMistake =>
  (run, inputs, attributes, kernel) =>
    run(kernel, { ...inputs, [name]: change(inputs[name]) }, attributes as never);

/** What may go wrong where a derivation calls an operation. */
const kernelMistakes: Record<string, Record<string, KernelMistake>> = {
  Multiply: { 'second factor dropped': keep('a'), 'first factor dropped': keep('b') },
  Sub: {
    'subtrahend dropped': keep('a'),
    'minus taken for plus': (run, inputs) => run('Add', inputs as never),
  },
  Add: {
    'second term dropped': keep('a'),
    'plus taken for minus': (run, inputs) => run('Sub', inputs as never),
  },
  BatchMatMul: {
    'left transpose forgotten': flip('transposeA'),
    'right transpose forgotten': flip('transposeB'),
  },
  Sum: { 'sum forgotten': keep('x') },
  Sigmoid: { 'sigmoid forgotten': keep('x') },
  Softmax: { 'softmax forgotten': keep('logits') },
  Square: { 'square forgotten': keep('x') },
  Sign: { 'sign forgotten': keep('x') },
  Step: { 'slope forgotten': keep('x') },
  ReluGradient: { 'slope forgotten': keep('dy') },
  PooledConvolutionInputGradient: {
    'filters turned round': withInput('filter', (filter) => filter.reverse([0, 1])),
    'maxIndices forgotten': withInput('maxIndices', (maxIndices) => maxIndices.zerosLike()),
  },
  PooledConvolutionFilterGradient: {
    'rows and columns exchanged': (run, inputs, attributes) =>
      tf.transpose(
        run<Tensor>('PooledConvolutionFilterGradient', inputs as never, attributes as never),
        [1, 0, 2, 3],
      ),
    'one place beside the winner': withInput('maxIndices', (maxIndices) =>
      maxIndices.add(tf.onesLike(maxIndices)),
    ),
  },
};

/** The model with each operation of its derivation done wrong, one at a time. `calls` names them in order. */
export function mutantsOfDerivation(model: Model, calls: string[]): Mutant[] {
  return calls.flatMap((kernel, index) =>
    Object.entries(kernelMistakes[kernel] ?? {}).map(([mistake, change]) => ({
      mistake: `${mistake} in ${kernel}, operation ${index + 1}`,
      model: withGradients(model, (...args) =>
        interceptKernels(
          (run, name, inputs, attributes, place) =>
            place === index
              ? change(run, inputs, attributes, name)
              : run(name, inputs as never, attributes as never),
          () => model.gradients(...args),
        ),
      ),
    })),
  );
}

/** Names of the operations that a model's derivation calls, in order. */
export function callsOf(model: Model, ...args: Parameters<Gradients>): string[] {
  const calls: string[] = [];
  interceptKernels(
    (run, name, inputs, attributes) => {
      calls.push(name);
      return run(name, inputs as never, attributes as never);
    },
    () => model.gradients(...args),
  );
  return calls;
}

/** Runs `work` while each kernel that is called is given to `instead`. */
export function interceptKernels<T>(
  instead: (
    run: RunKernel,
    name: string,
    inputs: Record<string, Tensor>,
    attributes: object,
    place: number,
  ) => unknown,
  work: () => T,
): T {
  const engine = tf.engine();
  const run: RunKernel = engine.runKernel.bind(engine);
  let place = 0;
  const intercepted: (...call: never[]) => unknown = (
    name: string,
    inputs: Record<string, Tensor>,
    attributes = {},
  ) => instead(run, name, inputs, attributes, place++);
  engine.runKernel = intercepted as RunKernel;
  try {
    return work();
  } finally {
    delete (engine as Partial<Engine>).runKernel;
  }
}
