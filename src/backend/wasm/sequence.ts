/** The kernels of sequence models and of Adam, which only the zoo has. `src/model/` says what they compute. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Inputs, SequenceKernelName } from './assembly.ts';
import { requireFloat32 } from './convolution.ts';
import { InputError } from '../../utils/errors.ts';

const sizeOf = tf.util.sizeFromShape;

type SequenceKernel = (assembly: Assembly, inputs: Inputs, attributes: never) => TensorInfo | TensorInfo[];

/** Sizes, shapes and further arguments, from the first of the inputs. */
interface Call {
  /** How many numbers an input holds that are not as many as the first input's. */
  sizes?: Partial<Record<string, number>>;
  /** The shape of each result, or the input that has the same one. */
  outputs: (string | number[])[];
  /** What the function takes behind the addresses of inputs and outputs. */
  numbers: number[];
}

/**
 * @param name of the function of `assembly/`
 * @param names its inputs in its own order, the first of them float32, as all but `targets` are
 */
function kernel<Attributes>(
  name: SequenceKernelName,
  names: string[],
  describe: (first: TensorInfo, attributes: Attributes, assembly: Assembly, inputs: Inputs) => Call,
): SequenceKernel {
  return (assembly, inputs, attributes) => {
    const first = inputs[names[0]];
    const { sizes, outputs, numbers } = describe(first, attributes, assembly, inputs);
    const { backend, exports, addressOf } = assembly;
    const size = sizeOf(first.shape);
    if (size === 0) throw new InputError(`${name} on wasm takes no empty tensors`);
    const args: number[] = [];
    for (const input of names) {
      const tensor = inputs[input];
      const expected = sizes?.[input] ?? size;
      // The function would read beyond what is smaller.
      if (sizeOf(tensor.shape) !== expected)
        throw new InputError(
          `${name} on wasm takes ${expected} numbers for ${input}, not [${tensor.shape.join(', ')}]`,
        );
      if (input !== 'targets') requireFloat32(name, tensor);
      args.push(addressOf(tensor));
    }
    const made = outputs.map((shape) => {
      const output = backend.makeOutput(typeof shape === 'string' ? inputs[shape].shape : shape, 'float32');
      args.push(addressOf(output));
      return output;
    });
    exports[name](...args, ...numbers);
    return made.length === 1 ? made[0] : made;
  };
}

/** How many rows of how many bytes. */
const rowsOf = ({ shape: [rows, columns] }: TensorInfo): number[] => [rows, 4 * columns];

interface Attention {
  batch: number;
  steps: number;
  heads: number;
}

/** The sizes of attention over rows `[batch·steps, heads·depth]`, and 1/√depth. */
function attentionSizes({ shape }: TensorInfo, { batch, steps, heads }: Attention): number[] {
  const [rows, columns] = shape;
  if (rows !== batch * steps || columns % heads !== 0)
    throw new InputError(
      `[${shape.join(', ')}] does not hold ${batch} sequences of ${steps} rows with ${heads} heads`,
    );
  return [batch, steps, heads, columns / heads, Math.sqrt(heads / columns)];
}

/** @throws InputError unless targets are int32 and name symbols that there are, or none */
function requireTargets({ backend, addressOf }: Assembly, targets: TensorInfo, symbols: number): void {
  if (targets.dtype !== 'int32') throw new InputError(`targets are int32, not ${targets.dtype}`);
  const numbers = new Int32Array(backend.wasm.asm.memory.buffer, addressOf(targets), sizeOf(targets.shape));
  const unknown = numbers.find((target) => target >= symbols);
  if (unknown !== undefined) throw new InputError(`target ${unknown} is none of ${symbols} symbols`);
}

/** Of a cell, whose gates hold four numbers for each unit of an LSTM, three of a GRU. */
const lstm = (x: TensorInfo, input: string, outputs: string[]): Call => ({
  sizes: { [input]: 4 * sizeOf(x.shape) },
  outputs,
  numbers: rowsOf(x),
});
const gru = (x: TensorInfo, input: string, outputs: string[]): Call => {
  const size = 3 * sizeOf(x.shape);
  return { sizes: { [input]: size, fromHidden: size }, outputs, numbers: rowsOf(x) };
};

export const sequenceKernels: Record<string, SequenceKernel> = {
  Normalize: kernel(
    'normalize',
    ['x'],
    (x, { epsilon, centered }: { epsilon: number; centered: boolean }) => ({
      outputs: ['x', [x.shape[0], 1]],
      numbers: [...rowsOf(x), epsilon, Number(centered)],
    }),
  ),
  NormalizeGradient: kernel(
    'normalizeGradient',
    ['dy', 'y', 'scale'],
    (dy, { centered }: { centered: boolean }) => ({
      sizes: { scale: dy.shape[0] },
      outputs: ['dy'],
      numbers: [...rowsOf(dy), Number(centered)],
    }),
  ),
  CausalAttention: kernel('causalAttention', ['q', 'k', 'v'], (q, attention: Attention, { scratch }) => ({
    outputs: ['q', [attention.batch, attention.heads, attention.steps, attention.steps]],
    numbers: [...attentionSizes(q, attention), scratch],
  })),
  CausalAttentionGradient: kernel(
    'causalAttentionGradient',
    ['dOut', 'q', 'k', 'v', 'weights'],
    (_, attention: Attention, { roomFor, scratch }, { q }) => ({
      sizes: { weights: attention.batch * attention.heads * attention.steps ** 2 },
      outputs: ['q', 'k', 'v'],
      numbers: [...attentionSizes(q, attention), roomFor(4 * attention.steps ** 2), scratch],
    }),
  ),
  Gelu: kernel('gelu', ['x'], ({ shape }) => ({ outputs: ['x'], numbers: [4 * sizeOf(shape)] })),
  GeluGradient: kernel('geluGradient', ['dy', 'x'], ({ shape }) => ({
    outputs: ['x'],
    numbers: [4 * sizeOf(shape)],
  })),
  TokenCrossEntropyGradient: kernel(
    'tokenCrossEntropyGradient',
    ['logits', 'targets'],
    (logits, _, assembly, { targets }) => {
      requireTargets(assembly, targets, logits.shape[1]);
      return { sizes: { targets: logits.shape[0] }, outputs: ['logits'], numbers: rowsOf(logits) };
    },
  ),
  LstmCell: kernel('lstmCell', ['c', 'a'], (c) => lstm(c, 'a', ['c', 'c', 'a'])),
  LstmCellGradient: kernel('lstmCellGradient', ['dh', 'dNext', 'gates', 'c', 'next'], (dh) =>
    lstm(dh, 'gates', ['gates', 'c']),
  ),
  GruCell: kernel('gruCell', ['h', 'fromInput', 'fromHidden'], (h) =>
    gru(h, 'fromInput', ['h', 'fromInput']),
  ),
  GruCellGradient: kernel('gruCellGradient', ['dNext', 'gates', 'fromHidden', 'h'], (dNext) =>
    gru(dNext, 'gates', ['gates', 'gates', 'h']),
  ),
  // w, m and v are updated in place.
  Adam: kernel('adam', ['w', 'g', 'm', 'v'], ({ shape }, step: Record<string, number>) => ({
    outputs: [],
    numbers: [
      ...[4 * sizeOf(shape), step.beta1, 1 - step.beta1, step.beta2, 1 - step.beta2],
      ...[step.rate / step.correction1, 1 / Math.sqrt(step.correction2), step.epsilon],
      1 - step.rate * step.decay,
    ],
  })),
};
