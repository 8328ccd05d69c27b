/**
 * The hand-written gradients and the two references, exact directional derivatives and autodiff, at one point of a field.
 */
import { type FieldBackend, MeasuringField, type Reason, reasons } from '../../backend/field/index.ts';
import { add, multiply } from '../../backend/field/field.ts';
import { UnsupportedError } from '../../backend/kernels.ts';
import type { ProofPoint } from './points.ts';
import type { Difference, Reference } from './prove.ts';
import { positionOf } from '../report.ts';
import type { Activations, Model, Tensors } from '../../model/model.ts';
import { disposeAll } from '../../model/parameters.ts';
import { lossAsTensor } from '../../model/gradients.ts';
import { type Tensor, tf, type Variable } from '../../utils/tf.ts';

/** A point at which a number is not known that is needed. */
export class Retry extends Error {
  readonly reason: Reason;

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
 * @throws UnsupportedError where the backend cannot do what the model asks for
 */
export function manualGradients(backend: FieldBackend, model: Model, point: ProofPoint): ManualGradients {
  const { parameters, x } = point;
  const result: ManualGradients = { elements: {}, problems: {} };
  const activations = model.forward(parameters, x);
  const gradients = gradientsOrProblem(model, point, activations);
  for (const [name, { shape }] of Object.entries(parameters)) {
    if (typeof gradients === 'string') {
      result.problems[name] = gradients;
      continue;
    }
    const problem = comparisonProblem(name, shape, gradients);
    if (problem) result.problems[name] = problem;
    else result.elements[name] = known(backend, gradients[name], result, name);
  }
  checkDoubt(backend);
  return result;
}

function gradientsOrProblem(
  model: Model,
  { parameters, x, y }: ProofPoint,
  activations: Activations,
): Tensors | string {
  try {
    return model.gradients(parameters, x, y, activations);
  } catch (error) {
    if (error instanceof UnsupportedError) throw error;
    return `gradients() fails: ${(error as Error).message}`;
  }
}

function comparisonProblem(name: string, shape: number[], gradients: Tensors): string | undefined {
  const gradient: Tensor | undefined = gradients[name];
  if (!gradient) return `gradients() returns no ${name}`;
  if (gradient.shape.join() === shape.join()) return undefined;
  return `it has shape [${gradient.shape.join(', ')}] where the parameter has [${shape.join(', ')}]`;
}

/** The elements of a gradient, each of which must be known. */
function known(
  backend: FieldBackend,
  gradient: Tensor,
  { problems }: ManualGradients,
  name: string,
): Float64Array {
  const { field } = backend;
  const elements = backend.elementsOf(tf.cast(gradient, 'float32'));
  for (const [i, element] of elements.entries()) {
    const reason = field.reason(field.value(element));
    if (reason === reasons.notANumber) problems[name] ??= `entry ${i} is NaN or infinite`;
    else if (reason !== undefined) throw new Retry(reason);
  }
  return elements;
}

/** @throws Retry where a comparison was made whose outcome is not known */
export function checkDoubt({ field }: FieldBackend): void {
  if (field.doubt !== undefined) throw new Retry(field.doubt);
}

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
): Record<string, Omit<Difference, 'point'>> {
  const found: Record<string, Omit<Difference, 'point'>> = {};
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

type Found = Omit<Difference, 'point'>;

/** Entries `from … to − 1` of a parameter. */
interface Range {
  name: string;
  from: number;
  to: number;
}

export class DirectionalDerivatives {
  readonly #backend: FieldBackend;
  readonly #model: Model;
  readonly #point: ProofPoint;
  readonly #manual: ManualGradients;
  readonly #random: () => number;

  constructor(
    backend: FieldBackend,
    model: Model,
    point: ProofPoint,
    manual: ManualGradients,
    random: () => number,
  ) {
    this.#backend = backend;
    this.#model = model;
    this.#point = point;
    this.#manual = manual;
    this.#random = random;
  }

  /** The first differing entry of each of these parameters that differs. @throws Retry where the slope is not known */
  differences(names: string[]): Record<string, Found> {
    const ranges = names.map((name) => ({ name, from: 0, to: this.#manual.elements[name].length }));
    const found: Record<string, Found> = {};
    if (!this.#differs(ranges)) return found;
    for (const range of ranges) {
      if (this.#differs([range])) found[range.name] = this.#first(range);
    }
    return found;
  }

  #differs(ranges: Range[]): boolean {
    const { prime } = this.#backend.field;
    const weights = ranges.map(({ from, to }) =>
      Float64Array.from({ length: to - from }, () => Math.floor(this.#random() * prime)),
    );
    const { manual, exact } = this.#along(ranges, weights);
    return manual !== exact;
  }

  /** Halves a range in which something differs until one entry is left. */
  #first({ name, from, to }: Range): Found {
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      if (this.#differs([{ name, from, to: middle }])) to = middle;
      else from = middle;
    }
    const values = this.#along([{ name, from, to }], [Float64Array.of(1)]);
    const position = positionOf(from, this.#point.parameters[name].shape);
    return { index: from, position, ...values, prime: this.#backend.field.prime };
  }

  /** Σ g·v by hand, and the slope of the loss where the parameters move along v. */
  #along(ranges: Range[], directions: Float64Array[]): { manual: number; exact: number } {
    const { field } = this.#backend;
    const moving: Tensors = { ...this.#point.parameters };
    let manual = 0;
    ranges.forEach(({ name, from }, i) => {
      const parameter = this.#point.parameters[name];
      const elements = this.#backend.elementsOf(parameter).slice();
      const gradient = this.#manual.elements[name];
      for (const [j, v] of directions[i].entries()) {
        manual = add(manual, multiply(v, field.value(gradient[from + j]), field.prime), field.prime);
        elements[from + j] = field.moving(elements[from + j], v);
      }
      moving[name] = this.#backend.tensorOf(elements, parameter.shape);
    });
    return { manual, exact: this.#slopeOfLoss(moving) };
  }

  #slopeOfLoss(moving: Tensors): number {
    const { field } = this.#backend;
    const { x, y } = this.#point;
    const slope = tf.tidy(() => {
      const { logits } = this.#model.forward(moving, x);
      const loss = lossAsTensor(this.#model, moving, logits, y);
      return field.slope(this.#backend.elementsOf(loss)[0]);
    });
    checkDoubt(this.#backend);
    const reason = field.reason(slope);
    if (reason !== undefined) throw new Retry(reason);
    return slope;
  }
}

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
  { referee, needsAutodiff }: { referee: Reference; needsAutodiff: boolean },
  random: () => number,
): Visited {
  const manual = manualGradients(backend, model, point);
  const comparable = Object.keys(manual.elements).filter((name) => !(name in manual.problems));
  const asked = names.filter((name) => comparable.includes(name));
  let differences: Visited['differences'] = {};
  if (referee === 'slope') {
    differences = new DirectionalDerivatives(backend, model, point, manual, random).differences(asked);
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
