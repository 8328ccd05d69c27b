/**
 * Inside one step in double precision: every tensor of the forward and backward pass, and every gradient in three ways.
 */
import { models } from 'traced:models';
import { onBackend } from '../../backend/index.ts';
import {
  gradientsAt,
  type ParameterAtPoint,
  tolerancesInUse,
  type Tolerances,
} from '../../gradcheck/comparison.ts';
import { diagnose, withinTolerance } from '../../gradcheck/diagnose.ts';
import type { Problem } from '../../gradcheck/points.ts';
import { disposeAll, toVariables } from '../../model/parameters.ts';
import { RandomState } from '../../utils/random.ts';
import { lossOnHost } from '../../model/gradients.ts';
import { tensorOf, valuesOf } from '../../utils/tensors.ts';
import { tf, type Tensor } from '../../utils/tf.ts';
import type { Tensors } from '../../model/model.ts';
import type { GradientCard, Inside, InsideRequest, Seen } from '../messages.ts';
import { outputOf } from '../worker/views.ts';
import { heads, listen } from './trace.ts';

/** Largest parameter whose entries are all checked, and the number of sampled entries of larger ones. */
const maxEntries = 400;
const sampledEntries = 24;

export const look = ({
  options,
  parameters: set,
  x,
  y,
  rows,
  creation,
  ...request
}: InsideRequest): Promise<Inside> =>
  onBackend('float64', {}, () => {
    const model = models[request.model].create({ ...options, ...creation });
    const parameters = toVariables(set);
    const [inputs, targets] = [tensorOf(x, [rows, x.length / rows]), tensorOf(y, [rows, y.length / rows])];
    const problem: Problem = { model, parameters, x: inputs, y: targets };
    const given = [seen('given', 'x', inputs), seen('given', 'y', targets)];
    const weights = Object.entries(parameters).map(([name, tensor]) => seen('given', name, tensor));
    let step = { tensors: [] as Seen[], loss: NaN };
    tf.tidy(() => {
      step = stepOf(problem);
    });
    const tolerances = tolerancesInUse();
    const isSmall = Object.values(set).every(({ values }) => values.length <= maxEntries);
    const { parameters: gradients } = gradientsAt(problem, {
      tolerances,
      sources: ['manual', 'autodiff', 'numeric'],
      entries: isSmall ? maxEntries : sampledEntries,
      random: new RandomState(1),
    });
    const cards = gradients.map((parameter) => cardOf(parameter, problem, tolerances));
    tf.dispose([inputs, targets]);
    disposeAll(parameters);
    return {
      formulas: heads.get(request.model) ?? [],
      tensors: [...given, ...weights, ...step.tensors],
      loss: step.loss,
      gradients: cards,
    };
  });

const seen = (phase: Seen['phase'], name: string, tensor: Tensor): Seen => {
  return { phase, name, shape: tensor.shape, values: Float64Array.from(valuesOf(tensor)) };
};

/** The forward and backward pass of the traced model. */
function stepOf({ model, parameters, x, y }: Problem): { tensors: Seen[]; loss: number } {
  const forward = listen(() => model.forward(parameters, x));
  const { logits, ...activations } = forward.result;
  const known = new Set(forward.seen.map(({ name }) => name));
  const returned = Object.entries({ ...activations, logits }).filter(([name]) => !known.has(name));
  const rest = returned.map(([name, tensor]) => {
    const { code, formula } = forward.said.get(name) ?? {};
    return { ...seen('forward', name, tensor), code, formula };
  });
  const loss = lossOnHost(model, parameters, valuesOf(logits), y);
  const back = listen(() => model.gradients(parameters, x, y, forward.result));
  const gradients = gradientsSeen(back.result, back.said);
  const answer = seen('loss', 'ŷ', outputOf(model, logits));
  return { tensors: [...forward.seen, ...rest, answer, ...back.seen, ...gradients], loss };
}

const gradientsSeen = (gradients: Tensors, said: ReturnType<typeof listen>['said']): Seen[] =>
  Object.entries(gradients).map(([name, tensor]) => {
    const { code, formula } = said.get(name) ?? {};
    return { ...seen('gradient', name, tensor), code, formula };
  });

function cardOf(
  parameter: ParameterAtPoint,
  { parameters, x }: Problem,
  tolerances: Tolerances,
): GradientCard {
  const { name, shape, manual, autodiff, numeric, sampled, comparisons, problem } = parameter;
  const pick = (values?: ArrayLike<number>) => Float64Array.from(sampled, (entry) => values?.[entry] ?? NaN);
  const agrees =
    problem === undefined &&
    Object.entries(comparisons).every(([pair, comparison]) =>
      withinTolerance(pair as never, comparison, tolerances),
    );
  return {
    name,
    shape,
    agrees,
    ...(!agrees && { diagnosis: diagnose(parameter, valuesOf(parameters[name]), x.shape[0], tolerances) }),
    entries: sampled,
    manual: pick(manual),
    autodiff: pick(autodiff),
    numeric: numeric ?? new Float64Array(),
  };
}
