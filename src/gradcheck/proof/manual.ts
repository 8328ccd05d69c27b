/**
 * The hand-written gradients as elements of a field, with every way in which they may fail to be comparable.
 */
import { reasons, type FieldBackend } from '../../backend/field/index.ts';
import { UnsupportedError } from '../../backend/kernels.ts';
import type { Activations, Model, Tensors } from '../../model/model.ts';
import { tf, type Tensor } from '../../utils/tf.ts';
import type { ProofPoint } from './point.ts';
import { Retry } from './retry.ts';

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
