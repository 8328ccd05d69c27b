/**
 * `tf.einsum` where TensorFlow.js lacks it: the kernel for the wasm and float64 backends, and the gradient for all
 * (tensorflow/tfjs issues 5690, 7722, 8277). Comparisons get their gradient here, too, which is 0.
 */
import type { GradConfig, KernelFunc, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { tf } from './tfjs-core.ts';

interface Equation {
  /** The indices of each operand, a letter each. */
  operands: string[];
  output: string;
}

function parse(equation: string): Equation {
  const [operands, output] = equation.replace(/\s/g, '').split('->');
  return { operands: operands.split(','), output };
}

const common = (indices: string, ...others: string[]): string[] =>
  [...indices].filter((index) => others.some((other) => other.includes(index)));

/** Sums over the indices that are not in `kept`, and puts the others into the order of `kept`. */
function arranged(x: Tensor, indices: string, kept: string[]): Tensor {
  const summed = [...indices].flatMap((index, axis) => (kept.includes(index) ? [] : [axis]));
  const left = [...indices].filter((index) => kept.includes(index));
  const sums = summed.length > 0 ? tf.sum(x, summed) : x;
  return tf.transpose(
    sums,
    kept.map((index) => left.indexOf(index)),
  );
}

/**
 * The sum of products that an equation such as `bij,bjk->bik` states, of one or two operands: as a batched matrix
 * product, after a transpose of each operand.
 */
function einsum(tensors: Tensor[], { operands, output }: Equation): Tensor {
  const [a, b] = operands;
  if (tensors.length === 1) return arranged(tensors[0], a, [...output]);
  const batch = common(output, a).filter((index) => b.includes(index));
  const inner = common(a, b).filter((index) => !output.includes(index));
  const rows = common(output, a).filter((index) => !b.includes(index));
  const columns = common(output, b).filter((index) => !a.includes(index));
  const lengths = new Map(
    operands.flatMap((indices, i) => [...indices].map((x, d) => [x, tensors[i].shape[d]])),
  );
  const size = (indices: string[]) => indices.reduce((product, index) => product * lengths.get(index)!, 1);
  const left = arranged(tensors[0], a, [...batch, ...rows, ...inner]);
  const right = arranged(tensors[1], b, [...batch, ...inner, ...columns]);
  const product = tf.matMul(
    tf.reshape(left, [size(batch), size(rows), size(inner)]),
    tf.reshape(right, [size(batch), size(inner), size(columns)]),
  );
  const found = [...batch, ...rows, ...columns];
  return arranged(
    tf.reshape(
      product,
      found.map((index) => lengths.get(index)!),
    ),
    found.join(''),
    [...output],
  );
}

export const einsumKernel: KernelFunc = ({ inputs, attrs }) => {
  const equation = parse((attrs as unknown as { equation: string }).equation);
  return tf.tidy(() => einsum(Object.values(inputs) as Tensor[], equation));
};

/** ∂L/∂operand is the einsum of dy and the other operand; an index that the operand alone has was summed: it is repeated. */
function operandGradient(dy: Tensor, tensors: Tensor[], { operands, output }: Equation, i: number): Tensor {
  const [indices, other] = [operands[i], operands[1 - i] as string | undefined];
  const found = common(indices, output, other ?? '');
  const sums =
    other === undefined
      ? tf.einsum(`${output}->${found.join('')}`, dy)
      : tf.einsum(`${output},${other}->${found.join('')}`, dy, tensors[1 - i]);
  const { shape } = tensors[i];
  const repeated = tf.reshape(
    sums,
    shape.map((length, d) => (found.includes(indices[d]) ? length : 1)),
  );
  return tf.broadcastTo(repeated, shape);
}

const einsumGradient: GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, tensors, attributes: NamedAttrMap) => {
    const equation = parse(attributes.equation as string);
    return Object.fromEntries(
      tensors.map((_, i) => [i, () => operandGradient(dy as Tensor, tensors, equation, i)]),
    );
  },
};

const comparisons = ['Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'NotEqual'];

const comparisonGradient = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (_, [a, b]) => ({ a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) }),
});

/** Registers those of these gradients that the program does not have. */
export function registerMissingGradients(): void {
  for (const gradient of [einsumGradient, ...comparisons.map(comparisonGradient)])
    if (!tf.getGradient(gradient.kernelName)) tf.registerGradient(gradient);
}
