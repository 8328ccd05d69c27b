/**
 * The hand-written gradients and the two references, exact directional derivatives and autodiff, at one point of a field.
 */
import { type FieldBackend, MeasuringField, type Reason, reasons } from '../../backend/field/index.ts';
import { add, multiply } from '../../backend/field/remainders.ts';
import { UnsupportedError } from '../../backend/kernels.ts';
import type { ProofPoint } from './points.ts';
import type { Difference, Reference } from './model-proof.ts';
import { positionOf } from '../report.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { disposeAll } from '../../model/parameters.ts';
import { lossAsTensor } from '../../model/gradients.ts';
import { messageWithPlace } from '../../utils/user-code.ts';
import { type Tensor, tf, type Variable } from '../../utils/tf.ts';

/** At this point a needed number is not known. */
export class Retry extends Error {
  readonly reason: Reason;
  /** Whether autodiff alone needs it. */
  isOfAutodiff = false;

  constructor(reason: Reason) {
    super(sentences[reason]);
    this.reason = reason;
  }
}

const sentences: Record<Reason, string> = {
  [reasons.outside]: 'a quotient by 0, or the logarithm or root of what is not positive, is needed',
  [reasons.below]: 'its exponentials are nested more deeply than chains of primes reach',
  [reasons.above]: 'its logarithms are nested more deeply than chains of primes reach',
  [reasons.notANumber]: 'NaN or infinity occurs',
};

export interface ManualGradients {
  /** By parameter, row-major. */
  elements: Record<string, Float64Array>;
  /** By parameter: why there is nothing to compare. */
  problems: Record<string, string>;
}

/**
 * @throws Retry where a gradient is not known at this point
 * @throws UnsupportedError where the backend lacks an operation of the model
 */
export function manualGradients(backend: FieldBackend, model: Model, point: ProofPoint): ManualGradients {
  const { field } = backend;
  const { parameters, x, y } = point;
  const result: ManualGradients = { elements: {}, problems: {} };
  const activations = model.forward(parameters, x);
  let gradients: Record<string, Tensor | undefined> = {};
  let failure: string | undefined;
  try {
    gradients = model.gradients(parameters, x, y, activations);
  } catch (error) {
    if (error instanceof UnsupportedError) throw error;
    failure = `gradients() fails: ${messageWithPlace(error)}`;
  }
  for (const [name, { shape }] of Object.entries(parameters)) {
    const gradient = gradients[name];
    if (failure) result.problems[name] = failure;
    else if (!gradient) result.problems[name] = `gradients() returns no ${name}`;
    else if (gradient.shape.join() !== shape.join()) {
      result.problems[name] =
        `it has shape [${gradient.shape.join(', ')}] where the parameter has [${shape.join(', ')}]`;
    } else {
      const elements = backend.elementsOf(tf.cast(gradient, 'float32'));
      const reasonsOf = Array.from(elements, (element) => field.reason(field.value(element)));
      const notANumber = reasonsOf.indexOf(reasons.notANumber);
      if (notANumber >= 0) result.problems[name] = `entry ${notANumber} is NaN or infinite`;
      const unknown = reasonsOf.find((reason) => reason !== undefined && reason !== reasons.notANumber);
      if (unknown !== undefined) throw new Retry(unknown);
      result.elements[name] = elements;
    }
  }
  checkDoubt(backend);
  return result;
}

/** @throws Retry where a comparison was made whose outcome is not known */
export function checkDoubt({ field }: FieldBackend): void {
  if (field.doubt !== undefined) throw new Retry(field.doubt);
}

/** A difference at the point in hand. */
type Found = Omit<Difference, 'point'>;

let variablesMade = 0;

/** ∂loss/∂parameter as elements, row-major. Names of variables must be unique in the process. */
export function autodiffGradients(
  backend: FieldBackend,
  model: Model,
  { parameters, x, y }: ProofPoint,
): Record<string, Float64Array> {
  const variables: Record<string, Variable> = {};
  for (const [name, tensor] of Object.entries(parameters)) {
    variables[name] = tf.variable(tensor, true, `${name}@${variablesMade++}`);
  }
  try {
    const { value, grads } = tf.variableGrads(
      () => lossAsTensor(model, variables, model.forward(variables, x).logits, y),
      Object.values(variables),
    );
    const elements = Object.entries(variables).map(([name, { name: unique, size }]) => [
      name,
      // The loss does not depend on a variable that has none.
      grads[unique] ? backend.elementsOf(grads[unique]) : new Float64Array(size),
    ]);
    tf.dispose([value, grads]);
    checkDoubt(backend);
    return Object.fromEntries(elements) as Record<string, Float64Array>;
  } finally {
    disposeAll(variables);
  }
}

/** The first entry of each parameter in which the two differ. */
export function entryDifferences(
  { field }: FieldBackend,
  { parameters }: ProofPoint,
  { elements, problems }: ManualGradients,
  autodiff: Record<string, Float64Array>,
): Record<string, Found> {
  const found: Record<string, Found> = {};
  for (const [name, manual] of Object.entries(elements)) {
    if (name in problems) continue;
    for (let index = 0; index < manual.length && !found[name]; index++) {
      const [left, right] = [field.value(manual[index]), field.value(autodiff[name][index])];
      const reason = field.reason(right);
      if (reason !== undefined) throw new Retry(reason);
      if (left === right) continue;
      const position = positionOf(index, parameters[name].shape);
      found[name] = { index, position, manual: left, exact: right, prime: field.prime };
    }
  }
  return found;
}

/** Entries `from … to − 1` of a parameter. */
interface Range {
  name: string;
  from: number;
  to: number;
}

/**
 * The first differing entry of each of these parameters, found by derivatives of the loss in random directions v:
 * Σ g·v by hand against the exact derivative.
 *
 * @throws Retry where the derivative is not known
 */
function directionalDifferences(
  backend: FieldBackend,
  model: Model,
  { parameters, x, y }: ProofPoint,
  { elements: gradients }: ManualGradients,
  names: string[],
  random: () => number,
): Record<string, Found> {
  const { field } = backend;
  const { prime } = field;
  const whole = names.map((name) => ({ name, from: 0, to: gradients[name].length }));
  const found: Record<string, Found> = {};
  if (!differs(whole)) return found;
  for (const range of whole) {
    if (differs([range])) found[range.name] = firstIn(range);
  }
  return found;

  function differs(ranges: Range[]): boolean {
    const directions = ranges.map(({ from, to }) =>
      Float64Array.from({ length: to - from }, () => Math.floor(random() * prime)),
    );
    const { manual, exact } = derivatives(ranges, directions);
    return manual !== exact;
  }

  /** Halves a range in which something differs until one entry is left. */
  function firstIn({ name, from, to }: Range): Found {
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      if (differs([{ name, from, to: middle }])) to = middle;
      else from = middle;
    }
    const values = derivatives([{ name, from, to }], [Float64Array.of(1)]);
    return { index: from, position: positionOf(from, parameters[name].shape), ...values, prime };
  }

  /** Σ g·v by hand, and the derivative of the loss where the parameters move along v. */
  function derivatives(ranges: Range[], directions: Float64Array[]): { manual: number; exact: number } {
    const moving: Tensors = { ...parameters };
    let manual = 0;
    ranges.forEach(({ name, from }, i) => {
      const elements = backend.elementsOf(parameters[name]).slice();
      for (const [j, v] of directions[i].entries()) {
        manual = add(manual, multiply(v, field.value(gradients[name][from + j]), prime), prime);
        elements[from + j] = field.moving(elements[from + j], v);
      }
      moving[name] = backend.tensorOf(elements, parameters[name].shape);
    });
    const exact = tf.tidy(() => {
      const loss = lossAsTensor(model, moving, model.forward(moving, x).logits, y);
      return field.slope(backend.elementsOf(loss)[0]);
    });
    checkDoubt(backend);
    const reason = field.reason(exact);
    if (reason !== undefined) throw new Retry(reason);
    return { manual, exact };
  }
}

export interface Visited {
  /** By parameter, of the named ones. */
  differences: Record<string, Found>;
  /** Differences from autodiff, of all parameters; undefined where it is not defined, a sentence where it fails. */
  autodiff?: Record<string, Found> | string;
  /** Of the largest difference of two entries as a formula, where the field measures it. */
  size: { degree: number; bits: number; comparisons: number };
  /** Of arguments whose values were drawn: pairs, times the degree of their difference. */
  collisions: number;
  /** Roots that were not drawn. */
  roots: number;
}

/**
 * Compares the hand-written gradients of the named parameters with their reference at one point.
 *
 * @param needsAutodiff whether the point must be drawn again where autodiff is not defined. Autodiff takes more logarithms
 *   than the slope: e^(log Σ) for a softmax, which is defined at every second draw only, for each row.
 * @throws Retry where a needed number is not known
 */
export function visit(
  backend: FieldBackend,
  model: Model,
  point: ProofPoint,
  names: string[],
  { reference, needsAutodiff }: { reference: Reference; needsAutodiff: boolean },
  random: () => number,
): Visited {
  const manual = manualGradients(backend, model, point);
  const comparable = Object.keys(manual.elements).filter((name) => !(name in manual.problems));
  const asked = names.filter((name) => comparable.includes(name));
  let differences: Visited['differences'] = {};
  if (reference === 'slope') {
    differences = directionalDifferences(backend, model, point, manual, asked, random);
  }
  // The size of a difference matters only where none is found.
  const isNeeded = reference === 'autodiff' || (needsAutodiff && Object.keys(differences).length === 0);
  const { autodiff, size } = compareWithAutodiff(backend, model, point, manual, isNeeded);
  if (reference === 'autodiff') {
    if (typeof autodiff === 'string') throw new Error(autodiff);
    differences = Object.fromEntries(Object.entries(autodiff!).filter(([name]) => asked.includes(name)));
  }
  for (const [name, problem] of Object.entries(manual.problems)) {
    if (names.includes(name)) differences[name] = { problem };
  }
  return { differences, autodiff, size, collisions: collisionsIn(backend), roots: backend.field.trueRoots };
}

function collisionsIn({ field }: FieldBackend): number {
  const pairs = (field.drawnArguments * (field.drawnArguments - 1)) / 2;
  return field instanceof MeasuringField ? pairs * field.argumentDegree : 0;
}

function compareWithAutodiff(
  backend: FieldBackend,
  model: Model,
  point: ProofPoint,
  manual: ManualGradients,
  isNeeded: boolean,
): Pick<Visited, 'autodiff' | 'size'> {
  try {
    const elements = autodiffGradients(backend, model, point);
    const autodiff = entryDifferences(backend, point, manual, elements);
    return { autodiff, size: sizeOfDifference(backend, manual, elements) };
  } catch (error) {
    const size = sizeOfDifference(backend, manual, {});
    if (!(error instanceof Retry)) return { autodiff: `autodiff fails: ${messageWithPlace(error)}`, size };
    if (isNeeded) throw Object.assign(error, { isOfAutodiff: true });
    backend.field.doubt = undefined;
    return { size };
  }
}

/** The size of gradient − derivative as formulas; of the gradient alone where autodiff has no formula for the derivative. */
function sizeOfDifference(
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
