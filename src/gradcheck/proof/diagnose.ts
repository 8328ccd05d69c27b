import { checkModel } from '../check-model.ts';
import type { Subject } from './subjects.ts';
import type { ModelProof } from './types.ts';

/**
 * Puts beside each parameter that differs what the gradient check sees of it in double precision: a finite field tells
 * that two gradients differ, not by how much.
 */
export async function diagnose(proof: ModelProof, { model }: Pick<Subject, 'model'>): Promise<ModelProof> {
  if (proof.verdict !== 'different') return proof;
  const { features, classes } = proof;
  const report = await checkModel(model, { size: { features, classes } });
  const parameters = proof.parameters.map((parameter) => {
    if (parameter.verdict !== 'different') return parameter;
    const checked = report.parameters.find(({ name }) => name === parameter.name);
    const diagnosis = checked?.agrees
      ? `gradcheck sees no difference above its tolerance: it is smaller than ${report.tolerances.analytic} of the gradient, or only where gradcheck does not look.`
      : (checked?.hint ?? 'gradcheck finds a difference, too.');
    return { ...parameter, diagnosis };
  });
  return { ...proof, parameters };
}
