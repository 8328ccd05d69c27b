import { drawPoint, randomNumbers } from '../../../../src/gradcheck/proof/points.ts';
import { proveGradients } from '../../../../src/gradcheck/proof/index.ts';
import { withField } from '../../../../src/backend/field/index.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { callsOf, mutantsOfDerivation, mutantsOfResults, type Mutant } from '../../../helpers/mutations.ts';
import type { SmallModel } from '../../../helpers/small-zoo.ts';
import { fieldOf } from '../../backend/field/support.ts';

/** Every mistake that can be planted in a model's gradients. */
export function mutantsOf({ model, features, classes, withoutPenalty }: SmallModel): Mutant[] {
  const { parameters } = proveGradients(model, { points: 1, seed: '0', size: { features, classes } });
  const shapes = Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]));
  const calls = withField(fieldOf(), (backend) => {
    let found: string[] = [];
    tf.tidy(() => {
      const shape = { features, classes, rows: 4, parameters: shapes };
      const point = drawPoint(backend, model, shape, randomNumbers('1'), false);
      const activations = model.forward(point.parameters, point.x);
      found = callsOf(model, point.parameters, point.x, point.y, activations);
    });
    return found;
  });
  return [...mutantsOfResults(model, shapes, withoutPenalty), ...mutantsOfDerivation(model, calls)];
}

/** The mistakes that are not called different, with what they are called. */
export function missedAmong(mutants: Mutant[], { features, classes }: SmallModel): string[] {
  const missed: string[] = [];
  for (const { mistake, model, parameter } of mutants) {
    const proof = proveGradients(model, { points: 4, seed: 'bad', size: { features, classes } });
    const wrong = proof.parameters.filter(({ first }) => first).map(({ name }) => name);
    const isFound = wrong.length > 0 && (parameter === undefined || wrong.join() === parameter);
    if (proof.verdict !== 'different' || !isFound) {
      missed.push(`${mistake}: ${proof.verdict}, ${wrong.join()} ${proof.reason ?? ''}`);
    }
  }
  return missed;
}
