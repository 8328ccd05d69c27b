/**
 * Are the gradients the derivative, as formulas?
 */
import type { Model } from '../../model/model.ts';
import { diagnose, proofText, provedLine } from './report.ts';
import type { ModelProof } from './model-proof.ts';
import { proveGradients, type ProofOptions } from './prove.ts';

export { diagnose, proofText, provedLine, proveGradients };
export { optimizersOfZoo, proveOptimizer, type OptimizerProof } from './optimizers.ts';
export { freshSeed } from './points.ts';
export { subjectsOf, type Subject } from './subjects.ts';
export type { Difference, ModelProof, ParameterProof, Reference, Verdict } from './model-proof.ts';
export type { ProofOptions };

/**
 * {@link proveGradients} for use inside tests, jest's or any other's: resolves where the hand-written gradients and the
 * exact derivative of the loss are one formula.
 *
 * @throws Error with the whole report where they are not, or where that could not be decided
 * @throws InputError where no number of features fits the model
 *
 * @example
 * ```ts
 * test('my gradients are the derivative', () => expectGradientsProved(model));
 * ```
 */
export async function expectGradientsProved(model: Model, options: ProofOptions = {}): Promise<ModelProof> {
  const proof = await diagnose(proveGradients(model, options), { model });
  if (proof.verdict === 'equal') return proof;
  const what = proof.verdict === 'different' ? 'are not the derivative' : 'could not be proved';
  throw new Error(`The gradients of ${model.name} ${what}.\n\n${proofText([proof])}`);
}
