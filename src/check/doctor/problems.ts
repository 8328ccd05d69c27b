import type { BackendName } from '../../backend/index.ts';
import type { Diagnosis } from './types.ts';

/**
 * What is wrong, a sentence each.
 *
 * @param required the backends that must load: all but the optional one, or those that were asked for
 */
export function problemsIn(
  { backends, matMulRepair, models }: Pick<Diagnosis, 'backends' | 'matMulRepair' | 'models'>,
  required: readonly BackendName[],
): string[] {
  const problems: string[] = [];
  for (const state of backends) {
    if (!state.loads && required.includes(state.name))
      problems.push(`The ${state.name} backend does not load: ${state.reason}`);
  }
  if (matMulRepair && !matMulRepair.active)
    problems.push("The repair of wasm's matMul is not in place: transposed operands are slow, biases wrong.");
  if (matMulRepair && !matMulRepair.right) {
    const { wasm, cpu } = matMulRepair;
    problems.push(`fused.matMul with a transposed operand and a bias gives ${wasm} on wasm, ${cpu} on cpu.`);
  }
  for (const { model, backend, missingKernels, parity, step, failure } of models) {
    const where = `${model} on ${backend}`;
    if (missingKernels.length > 0)
      problems.push(`${where} needs kernels that are not there: ${missingKernels.join(', ')}.`);
    if (failure !== undefined) problems.push(`${where} fails: ${failure}`);
    if (parity && !parity.agrees) problems.push(`${where} computes wrongly: ${describe(parity)}.`);
    if (step) {
      const { manual, autodiff } = step.left;
      if (manual !== 0 || autodiff !== 0)
        problems.push(
          `${where} leaves ${manual} tensors a step by hand and ${autodiff} by autodiff; 0 is right.`,
        );
    }
  }
  return problems;
}

function describe({
  loss,
  manual,
  autodiff,
  bound,
  worst,
}: NonNullable<Diagnosis['models'][number]['parity']>): string {
  const largest = Math.max(manual, autodiff);
  if (worst === undefined || largest <= bound)
    return `the loss differs from double precision by ${loss.toExponential(1)}, ${bound} is allowed`;
  return (
    `the gradient of ${worst.parameter} (${worst.gradients}, point "${worst.point}") differs from double precision ` +
    `by ${largest.toExponential(1)}, ${bound} is allowed`
  );
}
