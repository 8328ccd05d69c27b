/** The doctor's report for people, at most 80 columns wide. */
import { wrap } from '../../core/text.ts';
import type { Diagnosis, ModelFinding } from './types.ts';

const explanation = `\
loss, manual, autodiff: largest difference from double precision over all
points, relative for the loss, normwise for the gradients by hand and by
autodiff. missing: kernels that the backend lacks. left: tensors that a step of
training leaves behind. µs: median time of a step on 100 rows.`;

export function diagnosisText(diagnosis: Diagnosis): string {
  const { environment, backends, matMulRepair, models, problems } = diagnosis;
  const { zoo, node, tfjs, platform } = environment;
  const sections = [
    `backprop-zoo ${zoo}, TensorFlow.js ${tfjs}, Node.js ${node}, ${platform}`,
    explanation,
    ...backends.map((state) => {
      if (!state.loads) return wrap(`${state.name}: does not load. ${state.reason}`, 80).join('\n');
      const rows = models.filter(({ backend }) => backend === state.name);
      return [
        `${state.name}: ${state.about}`,
        ...(state.name === 'wasm' && matMulRepair ? wrap(repairText(matMulRepair), 80) : []),
        columns('model', 'missing', 'loss', 'manual', 'autodiff', 'left', 'µs by hand', 'µs auto'),
        ...rows.map(modelRow),
      ].join('\n');
    }),
    problems.length === 0
      ? 'Nothing is wrong.'
      : [`${problems.length} ${problems.length === 1 ? 'thing is' : 'things are'} wrong:`]
          .concat(problems.flatMap((problem) => wrap(`- ${problem}`, 80)))
          .join('\n'),
  ];
  return sections.join('\n\n');
}

function repairText({ active, right, wasm, cpu }: NonNullable<Diagnosis['matMulRepair']>): string {
  return (
    `  the repair of its matMul is ${active ? 'active' : 'NOT ACTIVE'} and ${right ? 'right' : 'WRONG'}: a product with ` +
    `a bias is ${short(wasm)} here, ${short(cpu)} on cpu`
  );
}

const short = (value: number | null): string =>
  value === null ? 'impossible' : String(Number(value.toPrecision(6)));

function modelRow({ model, missingKernels, parity, step, failure }: ModelFinding): string {
  if (failure !== undefined) return `  ${model.padEnd(14)}FAILS`;
  const brief = (value?: number): string =>
    value === undefined ? '–' : value === 0 ? '0' : value.toExponential(1);
  const time = (value?: number): string => (value === undefined ? '–' : value.toFixed(0));
  return columns(
    model,
    String(missingKernels.length),
    brief(parity?.loss),
    brief(parity?.manual),
    brief(parity?.autodiff),
    step ? String(Math.max(step.left.manual, step.left.autodiff)) : '–',
    time(step?.microseconds.manual.median),
    time(step?.microseconds.autodiff.median),
  );
}

const columns = (...[model, missing, loss, manual, autodiff, left, byHand, auto]: string[]): string =>
  `  ${model.padEnd(14)}${missing.padStart(7)}${loss.padStart(9)}${manual.padStart(9)}` +
  `${autodiff.padStart(10)}${left.padStart(6)}${byHand.padStart(12)}${auto.padStart(9)}`;
