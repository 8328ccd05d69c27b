/**
 * Mistakes that were really made in hand-written gradients of sequence models, planted in those of the zoo: in what the derivation is
 * given, in one of its operations, or in its results.
 */
import type { Model, Tensors } from '../../../src/model/model.ts';
import * as nn from '../../../src/model/index.ts';
import { tf, type Tensor } from '../../../src/utils/tf.ts';
import { interceptKernels, type Mutant } from '../../helpers/mutations.ts';
import type { SmallModel } from '../../helpers/small-zoo.ts';

interface Call {
  kernel: string;
  inputs: Record<string, Tensor>;
  /** How many calls before were about the same kernel and passed the same condition. */
  place: number;
  p: Tensors;
  kept: Tensors;
  tokens: Tensor;
  /** The kernel as it is, of other inputs if they are given. */
  run: (inputs?: Record<string, Tensor>) => Tensor;
}

type Planted = (model: Model) => Model['gradients'];

/** Where `isIt`, another result of an operation of this kernel. */
const operation =
  (
    kernel: string,
    isIt: (call: Omit<Call, 'place' | 'run'>) => boolean,
    instead: (call: Call) => Tensor | undefined,
  ): Planted =>
  (model) =>
  (p, tokens, y, kept) => {
    let place = 0;
    let isInside = false;
    return interceptKernels(
      (run, name, inputs, attributes) => {
        const asItIs = (others = inputs): Tensor => run<Tensor>(name, others, attributes as never);
        const call = { kernel: name, inputs, p, kept, tokens };
        if (isInside || name !== kernel || !isIt(call))
          return run(name, inputs as never, attributes as never);
        isInside = true;
        try {
          return instead({ ...call, place: place++, run: asItIs }) ?? asItIs();
        } finally {
          isInside = false;
        }
      },
      () => model.gradients(p, tokens, y, kept),
    );
  };

/** Other activations than the forward pass computed. */
const activations =
  (change: (kept: Tensors, about: { tokens: Tensor; p: Tensors }) => Tensors): Planted =>
  (model) =>
  (p, tokens, y, kept) =>
    model.gradients(p, tokens, y, { ...kept, ...change(kept, { tokens, p }) });

/** Other gradients than the derivation found. */
const results =
  (change: (g: Tensors, about: { tokens: Tensor; y: Tensor; kept: Tensors }) => Tensors): Planted =>
  (model) =>
  (p, tokens, y, kept) => {
    const g = model.gradients(p, tokens, y, kept);
    return { ...g, ...change(g, { tokens, y, kept }) };
  };

const always = (): boolean => true;
const first = ({ inputs }: Call): Tensor => Object.values(inputs)[0];
const second = ({ inputs }: Call): Tensor => Object.values(inputs)[1];
const zeros = ({ run }: Call): Tensor => tf.zerosLike(run());
const hasRank =
  (rank: number) =>
  ({ inputs }: Pick<Call, 'inputs'>): boolean =>
    Object.values(inputs)[0].shape.length === rank;
/** Products with the weights that carry the state: what comes back to the step before. */
const intoState = ({ inputs, p }: Pick<Call, 'inputs' | 'p'>): boolean =>
  inputs.b.dataId === p.hiddenWeights.dataId;
/** `[N, E]` of E columns of the embedding. */
const isNormed = ({ inputs: { a, b }, p }: Pick<Call, 'inputs' | 'p'>): boolean =>
  [a, b].every(({ shape }) => shape.length === 2 && shape[1] === p.tokenEmbedding.shape[1]);
/** `[batch, T·E]` */
const isOfPositions = ({ inputs: { x }, tokens, p }: Pick<Call, 'inputs' | 'tokens' | 'p'>): boolean =>
  x.shape.join() === [tokens.shape[0], tokens.shape[1]! * p.tokenEmbedding.shape[1]!].join();
const parts = (x: Tensor, count: number): Tensor[] => tf.split(x, count, 1);
const swap = (x: Tensor, order: number[]): Tensor => {
  const split = tf.split(x, order.length, -1);
  return tf.concat(
    order.map((i) => split[i]),
    -1,
  );
};

/** The last of equal tokens alone: an assignment where there must be a sum. */
const lastOfEqual = operation('UnsortedSegmentSum', always, ({ inputs, run, tokens }) => {
  const ids = Array.from(tokens.dataSync());
  const isLast = ids.map((token, i) => Number(ids.lastIndexOf(token) === i));
  return run({ ...inputs, x: tf.mul(inputs.x, tf.tensor2d(isLast, [ids.length, 1])) });
});

const ofAll: Record<string, Planted> = {
  'the last of repeated tokens alone': lastOfEqual,
  'rows without a target count': operation(
    'Multiply',
    ({ inputs, kept }) => inputs.a.shape[1] === kept.logits.shape[1] && inputs.b.shape[1] === 1,
    first,
  ),
  'divided by the positions instead of the targets': results((g, { y }) => {
    const targets = Array.from(y.dataSync()).filter((target) => target >= 0).length;
    return Object.fromEntries(
      Object.entries(g).map(([name, tensor]) => [name, tf.mul(tensor, nn.constant(targets / y.size))]),
    );
  }),
};

/** @param addsPerStep sums of two tensors of one shape, of which the first is that of the two errors of the state */
const ofRecurrent = (addsPerStep: number): Record<string, Planted> => ({
  'no error passed to the step before': operation('BatchMatMul', intoState, zeros),
  'the error of the step after in place of the own one': operation(
    'Add',
    ({ inputs: { a, b } }) => a.shape.join() === b.shape.join(),
    (call) => (call.place > 0 && call.place % addsPerStep === 0 ? second(call) : undefined),
  ),
  'the state after a step in place of that before it': activations(({ h }) => ({ before: h })),
});

const gatesOfStep = (kept: Tensors, name: string): Tensor[] =>
  Array.from(
    { length: Object.keys(kept).filter((key) => /^gates\d/.test(key)).length },
    (_, t) => kept[`${name}${t}`],
  );
const changeGates = (change: (gates: Tensor) => Tensor): Planted =>
  activations((kept) => nn.named('gates', gatesOfStep(kept, 'gates').map(change)));
/** The concatenation of the gradients of the gates, from the last step to the first. */
const ofGates =
  (count: number) =>
  ({ inputs }: Pick<Call, 'inputs'>) =>
    Object.keys(inputs).length === count;

const mistakes: Record<string, Record<string, Planted>> = {
  bigram: ofAll,
  rnn: {
    ...ofAll,
    ...ofRecurrent(1),
    'tanh′ of the state before': operation('Square', always, ({ kept, run }) => run({ x: kept.before })),
  },
  lstm: {
    ...ofAll,
    ...ofRecurrent(2),
    'forget gate without σ′': operation('Concat', ofGates(4), ({ inputs, kept, place, run }) => {
      const gates = gatesOfStep(kept, 'gates');
      const f = parts(gates[gates.length - 1 - place], 4)[1];
      const [i, dF, ...others] = Object.values(inputs);
      return run({ ...[i, tf.div(dF, tf.mul(f, tf.sub(1, f))), ...others] } as never);
    }),
    'the cell’s error not carried': operation(
      'Add',
      ({ inputs: { a, b } }) => a.shape.join() === b.shape.join(),
      (call) => (call.place % 2 === 1 ? second(call) : undefined),
    ),
    'the bias of another gate': results(({ bias }) => ({ bias: swap(bias, [1, 0, 2, 3]) })),
    'input and forget gates exchanged': changeGates((gates) => swap(gates, [1, 0, 2, 3])),
    'the cell after a step in place of that before it': activations((kept) =>
      nn.named(
        'cell',
        gatesOfStep(kept, 'gates').map((_, t) => kept[`cell${t + 1}`]),
      ),
    ),
  },
  gru: {
    ...ofAll,
    ...ofRecurrent(2),
    'the index of the update gate for the reset gate': changeGates((gates) => swap(gates, [1, 0, 2])),
    'z for 1 − z': changeGates((gates) => {
      const [r, z, n] = parts(gates, 3);
      return tf.concat([r, tf.sub(1, z), n], 1);
    }),
    'no reset gate on the way to the state': operation(
      'Concat',
      ofGates(3),
      ({ inputs, kept, place, run }) => {
        if (place % 2 === 0) return undefined;
        const gates = gatesOfStep(kept, 'gates');
        const r = parts(gates[gates.length - 1 - (place - 1) / 2], 3)[0];
        const [dR, dZ, dN] = Object.values(inputs);
        return run({ ...[dR, dZ, tf.div(dN, r)] } as never);
      },
    ),
    'the hidden bias from the input bias': results(({ inputBias }) => ({ hiddenBias: inputBias })),
  },
};

/** `[N, 4E]` of the hidden layer. */
const isHidden = ({ inputs: { a, b }, p }: Pick<Call, 'inputs' | 'p'>): boolean =>
  [a, b].every(({ shape }) => shape[1] === p.hidden1.shape[0]);

const ofGpt: Record<string, Planted> = {
  ...ofAll,
  'the residual’s gradient added before the norm’s backward': operation(
    'Add',
    isNormed,
    ({ inputs: { a, b }, kept, p, place }) => {
      if (place > 0) return undefined;
      const through = kept.hiddenNorm1Normalized
        ? nn.layerNormGradient(a, p.hiddenNorm1Gain, kept.hiddenNorm1Normalized, kept.hiddenNorm1Scale).x
        : nn.rmsNormGradient(a, kept.hiddenNorm1, kept.hiddenNorm1Scale);
      return tf.add(through, b);
    },
  ),
  'residual forgotten': operation('Add', isNormed, (call) => (call.place === 0 ? second(call) : undefined)),
  'residual twice': operation('Add', isNormed, ({ inputs: { a, b }, place }) =>
    place === 0 ? tf.add(tf.add(a, a), b) : undefined,
  ),
  'the norm’s term of its scale dropped': operation('Sub', isNormed, (call) =>
    call.place === 0 ? first(call) : undefined,
  ),
  'the norm’s term of its scale twice': operation('Sub', isNormed, ({ inputs: { a, b }, place }) =>
    place === 0 ? tf.sub(tf.sub(a, b), b) : undefined,
  ),
  'divided by the reciprocal root': activations(({ hiddenNorm1Scale }) => ({
    hiddenNorm1Scale: tf.reciprocal(hiddenNorm1Scale),
  })),
  'softmax over the wrong axis': operation('Sum', hasRank(4), ({ inputs }) => tf.sum(inputs.x, 2, true)),
  'softmax’s sum dropped': operation('Sub', hasRank(4), first),
  'no 1/√d in the gradient': operation(
    'Multiply',
    ({ inputs: { a, b } }) => a.shape.length === 4 && b.shape.length === 0,
    first,
  ),
  'a mask that leaks': activations(({ attention1 }) => {
    const [, , steps] = attention1.shape;
    const leak = Array.from({ length: steps ** 2 }, (_, i) => Number(i % steps > Math.floor(i / steps)));
    return {
      attention1: tf.add(attention1, tf.mul(tf.tensor2d(leak, [steps, steps]), nn.constant(2 ** -20))),
    };
  }),
  'keys without the transposition': operation('BatchMatMul', hasRank(4), ({ inputs, place }) =>
    place === 2 ? tf.matMul(inputs.a, inputs.b) : undefined,
  ),
  'queries for keys': results(({ query1 }) => ({ key1: query1 })),
  'positions summed along the wrong axis': operation(
    'Sum',
    isOfPositions,
    ({ inputs: { x }, tokens, run }) => {
      const [batch, steps] = tokens.shape;
      return run({ x: tf.reshape(tf.transpose(tf.reshape(x, [steps, batch, -1]), [1, 0, 2]), x.shape) });
    },
  ),
};

mistakes['gpt, rms'] = {
  ...ofGpt,
  // Of the backend that has a kernel for it, and of the one that has none.
  'relu′ forgotten': (model) => {
    const gradients = operation('Multiply', isHidden, first)(model);
    return operation(
      'ReluGradient',
      () => true,
      ({ inputs }) => tf.clone(inputs.dy),
    )({ ...model, gradients });
  },
};
mistakes['gpt, layer'] = {
  ...ofGpt,
  'the norm’s mean dropped': operation(
    'Sub',
    ({ inputs: { a, b }, p }) => a.shape[1] === p.tokenEmbedding.shape[1] && b.shape[1] === 1,
    first,
  ),
  'the norm’s gain forgotten': operation(
    'Multiply',
    ({ inputs: { b }, p }) => b.dataId === p.hiddenNorm1Gain.dataId,
    first,
  ),
  'GELU’s slope by σ alone': operation('Multiply', isHidden, (call) =>
    call.place === 3 ? zeros(call) : undefined,
  ),
};

/** The mistakes in this model; none for other models than those of sequences. */
export const sequenceMutantsOf = ({ title, model }: SmallModel): Mutant[] =>
  Object.entries(mistakes[title] ?? {}).map(([mistake, planted]) => ({
    mistake,
    model: { ...model, gradients: planted(model) },
  }));
