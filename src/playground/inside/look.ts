/** The older view of a step, made of its graph. */
import type { Inside, InsideRequest, Seen } from '../messages.ts';
import { check, graph } from './graph.ts';

export async function look(request: InsideRequest): Promise<Inside> {
  const { formulas, nodes, backward, loss } = await graph(request);
  const phases = {
    input: 'given',
    target: 'given',
    parameter: 'given',
    activation: 'forward',
    prediction: 'loss',
  };
  const forward = nodes.flatMap(({ kind, ...node }) =>
    kind === 'loss' ? [] : [{ ...node, phase: phases[kind] as Seen['phase'] }],
  );
  const parameters = nodes.filter(({ kind }) => kind === 'parameter');
  const isGradient = (of?: string) => parameters.some(({ id }) => id === of);
  const back = backward.map((line): Seen => {
    const isParameter = isGradient(line.of);
    return {
      ...line,
      name: isParameter ? line.of! : line.name,
      phase: isParameter ? 'gradient' : 'backward',
    };
  });
  const gradients = [];
  for (const { id, name, shape } of parameters) {
    const checked = await check(request, id);
    gradients.push({ ...checked, name, shape, manual: checked.manual ?? new Float64Array() });
  }
  return { formulas, tensors: [...forward, ...back], loss, gradients };
}
