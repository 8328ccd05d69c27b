/**
 * Gradients by hand or by autodiff; every failure of the model under test becomes a sentence.
 */
import { gradientSources } from '../model/gradients.ts';
import { disposeAll } from '../model/parameters.ts';
import { valuesOf, type Values } from '../utils/tensors.ts';
import { messageWithPlace } from '../utils/user-code.ts';
import type { Problem } from './points.ts';

export interface AnalyticGradients {
  /** As the source computed it; NaN where it failed altogether. */
  loss: number;
  /** By parameter, row-major; a parameter without values has a problem instead. */
  values: Record<string, Values>;
  problems: Record<string, string>;
  /** Why there are no values at all. */
  failure?: string;
}

export function analyticGradients(
  source: 'manual' | 'autodiff',
  { model, parameters, x, y }: Problem,
): AnalyticGradients {
  const result: AnalyticGradients = { loss: NaN, values: {}, problems: {} };
  const names = Object.keys(parameters);
  let computed;
  try {
    computed = gradientSources[source](model, parameters, x, y);
  } catch (error) {
    const failure = `${source} failed: ${messageWithPlace(error)}`;
    return { ...result, failure, problems: Object.fromEntries(names.map((name) => [name, failure])) };
  }
  const { loss, gradients } = computed;
  result.loss = loss;
  for (const name of names) {
    const gradient = gradients[name];
    const { shape } = parameters[name];
    if (gradient === undefined) {
      const given = Object.keys(gradients).join(', ') || 'nothing';
      result.problems[name] = `gradients() returns no ${name}; it returns ${given}.`;
    } else if (gradient.shape.join() !== shape.join()) {
      result.problems[name] =
        `${source} has shape [${gradient.shape.join(', ')}] where the parameter has [${shape.join(', ')}].` +
        shapeHint(gradient.shape, shape);
    } else {
      result.values[name] = valuesOf(gradient);
    }
  }
  disposeAll(Object.fromEntries(Object.entries(gradients).filter(([, gradient]) => gradient)));
  return result;
}

function shapeHint(given: number[], wanted: number[]): string {
  const withoutOnes = (shape: number[]): string => shape.filter((length) => length !== 1).join();
  if (given.length === 2 && given[0] === wanted[1] && given[1] === wanted[0])
    return ' A transpose is missing.';
  if (withoutOnes(given) === withoutOnes(wanted)) return ' The numbers may be right: reshape them.';
  if (given.length > wanted.length) return ' A sum, over the rows say, is missing.';
  if (given.length < wanted.length) return ' It sums over too much.';
  return '';
}
