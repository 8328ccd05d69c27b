/** The mistakes that can be planted in a model's gradients, and those that the check or the proof does not find. */
import { checkPoints } from '../../../src/gradcheck/check.ts';
import { pointsFor, type Point } from '../../../src/gradcheck/points.ts';
import { proveGradients } from '../../../src/gradcheck/proof/prove.ts';
import { withDropoutMasks } from '../../../src/model/dropout-masks.ts';
import type { Model } from '../../../src/model/model.ts';
import { disposeAll, toVariables } from '../../../src/model/parameters.ts';
import { tensorOf } from '../../../src/utils/tensors.ts';
import { tf } from '../../../src/utils/tf.ts';
import { callsOf, mutantsOfDerivation, mutantsOfResults, type Mutant } from '../../helpers/mutations.ts';
import type { SmallModel } from '../../helpers/small-zoo.ts';
import { sequenceMutantsOf } from './sequence-mistakes.ts';

const pointOf = ({ model, features, classes }: SmallModel): Point =>
  pointsFor(model, { features, classes }, 11, 1)[0];

/**
 * Every mistake that can be planted in the model's gradients; in those of models of sequences, the mistakes that others made. (Their
 * derivations begin with errors of 0, on which many operations do nothing, right or wrong.)
 */
export function mutantsOf(small: SmallModel): Mutant[] {
  const { model, withoutPenalty } = small;
  if (model.task === 'next-token') return sequenceMutantsOf(small);
  const { parameters: set, x, y, rows, noise = {} } = pointOf(small);
  const parameters = toVariables(set);
  const inputs = tensorOf(x, [rows, x.length / rows]);
  const targets = tensorOf(y, [rows, y.length / rows]);
  const calls = withDropoutMasks(
    model,
    () => noise,
    (model) => tf.tidy(() => callsOf(model, parameters, inputs, targets, model.forward(parameters, inputs))),
  );
  disposeAll({ ...parameters, inputs, targets });
  const shapes = Object.fromEntries(Object.entries(set).map(([name, { shape }]) => [name, shape]));
  return [...mutantsOfResults(model, shapes, withoutPenalty), ...mutantsOfDerivation(model, calls)];
}

/** Whether the mistake is found in the parameter that has it, or, where that is unknown, in any. */
const isFound = ({ parameter }: Mutant, wrong: { name: string }[]): boolean =>
  parameter === undefined ? wrong.length > 0 : wrong.map(({ name }) => name).join() === parameter;

/** The parameters that the check blames, against autodiff alone and against central differences alone. */
export function blamedByCheck(small: SmallModel, model: Model) {
  const points = [{ ...pointOf(small), model }];
  return (['autodiff', 'numeric'] as const).map((reference) =>
    checkPoints(model.name, points, { sources: ['manual', reference], entries: 1000 }).parameters.filter(
      ({ agrees }) => !agrees,
    ),
  );
}

/** The mistakes that the check does not find in both ways. */
export const missedByCheck = (small: SmallModel, mutants: Mutant[]): string[] =>
  mutants
    .filter((mutant) => !blamedByCheck(small, mutant.model).every((wrong) => isFound(mutant, wrong)))
    .map(({ mistake }) => mistake);

/** The mistakes that the proof does not call different. */
export const missedByProof = ({ features, classes }: SmallModel, mutants: Mutant[]): string[] =>
  mutants
    .filter((mutant) => {
      const proof = proveGradients(mutant.model, { points: 8, seed: 'bad', size: { features, classes } });
      const wrong = proof.parameters.filter(({ first }) => first);
      return proof.verdict !== 'different' || !isFound(mutant, wrong);
    })
    .map(({ mistake }) => mistake);

/** Every third mistake, which takes a third of the time; all that were really made, and with ZOO_ALL_MISTAKES=1 all. */
export const sampled = ({ model }: SmallModel, mutants: Mutant[]): Mutant[] =>
  process.env.ZOO_ALL_MISTAKES || model.task === 'next-token'
    ? mutants
    : mutants.filter((_, i) => i % 3 === 0);
