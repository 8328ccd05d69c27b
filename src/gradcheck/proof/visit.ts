/** Both referees at one point of one field. */
import { MeasuringField, type FieldBackend } from '../../backend/field/index.ts';
import type { Model } from '../../model/model.ts';
import { autodiffGradients, entryDifferences } from './autodiff-referee.ts';
import { manualGradients, type ManualGradients } from './manual.ts';
import type { ProofPoint } from './point.ts';
import { Retry } from './retry.ts';
import { SlopeReferee } from './slope-referee.ts';
import type { Difference, Referee } from './types.ts';

export interface Visited {
  /** By parameter, of those that were asked for. */
  differences: Record<string, Omit<Difference, 'point'>>;
  /** What autodiff says of all parameters; nothing where it is not defined, a sentence where it fails. */
  autodiff?: Record<string, Omit<Difference, 'point'>> | string;
  /** Of the largest difference of two entries as a formula, where the field measures it. */
  size: { degree: number; bits: number; comparisons: number };
}

/**
 * @param needsAutodiff whether the point is of no use where autodiff is not defined. It takes more logarithms than the
 *   slope: e^(log Σ) for a softmax, which is defined at every second draw only, and so for each row.
 * @throws Retry where something is not known that is needed
 */
export function visit(
  backend: FieldBackend,
  model: Model,
  point: ProofPoint,
  names: string[],
  { referee, needsAutodiff }: { referee: Referee; needsAutodiff: boolean },
  random: () => number,
): Visited {
  const manual = manualGradients(backend, model, point);
  const comparable = Object.keys(manual.elements).filter((name) => !(name in manual.problems));
  const asked = names.filter((name) => comparable.includes(name));
  let differences: Visited['differences'] = {};
  if (referee === 'slope') {
    differences = new SlopeReferee(backend, model, point, manual, random).differences(asked);
  }
  // The size of a difference only matters where none is seen.
  const isNeeded = referee === 'autodiff' || (needsAutodiff && Object.keys(differences).length === 0);
  const { autodiff, size } = judgeByAutodiff(backend, model, point, manual, isNeeded);
  if (referee === 'autodiff') {
    if (typeof autodiff === 'string') throw new Error(autodiff);
    differences = Object.fromEntries(Object.entries(autodiff!).filter(([name]) => asked.includes(name)));
  }
  for (const [name, problem] of Object.entries(manual.problems)) {
    if (names.includes(name)) differences[name] = { problem };
  }
  return { differences, autodiff, size };
}

function judgeByAutodiff(
  backend: FieldBackend,
  model: Model,
  point: ProofPoint,
  manual: ManualGradients,
  isNeeded: boolean,
): Pick<Visited, 'autodiff' | 'size'> {
  try {
    const elements = autodiffGradients(backend, model, point);
    const autodiff = entryDifferences(backend, point, manual, elements);
    return { autodiff, size: measured(backend, manual, elements) };
  } catch (error) {
    const size = measured(backend, manual, {});
    if (!(error instanceof Retry)) return { autodiff: `autodiff fails: ${(error as Error).message}`, size };
    if (isNeeded) throw error;
    backend.field.doubt = undefined;
    return { size };
  }
}

/** The size of gradient − derivative as formulas; of the gradient alone where autodiff has no formula for the derivative. */
function measured(
  { field }: FieldBackend,
  { elements }: ManualGradients,
  autodiff: Record<string, Float64Array>,
): Visited['size'] {
  const size = { degree: 0, bits: 0, comparisons: 0 };
  if (!(field instanceof MeasuringField)) return size;
  size.comparisons = field.decisions;
  for (const [name, manual] of Object.entries(elements)) {
    for (const [i, element] of manual.entries()) {
      const { degree, bits } = field.differenceSize(element, autodiff[name]?.[i] ?? 0);
      size.degree = Math.max(size.degree, degree);
      size.bits = Math.max(size.bits, Math.ceil(bits));
    }
  }
  return size;
}
