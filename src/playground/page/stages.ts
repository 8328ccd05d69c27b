/** The stages of a step in order: each value forward, the loss, each gradient back. */
import type { Graph, GraphNode } from '../messages.ts';

export interface Stage {
  phase: 'forward' | 'loss' | 'backward';
  /** Id of the node whose value, or whose gradient, is computed. */
  node: string;
}

export function stagesOf(graph: Graph): Stage[] {
  const nodes = shownNodes(graph);
  const forward = nodes.flatMap(({ id, kind }): Stage[] =>
    kind === 'activation' || kind === 'prediction'
      ? [{ phase: 'forward', node: id }]
      : kind === 'loss'
        ? [{ phase: 'loss', node: id }]
        : [],
  );
  const back = graph.backward.flatMap(({ of }): Stage[] =>
    nodes.some(({ id }) => id === of) ? [{ phase: 'backward', node: of! }] : [],
  );
  return [...forward.filter(({ phase }) => phase === 'forward'), ...forward.filter(isLoss), ...back];
}

const isLoss = ({ phase }: Stage): boolean => phase === 'loss';

/** The nodes on a way to the loss or the prediction; others, such as indexes of maxima, serve the gradients alone. */
export function shownNodes({ nodes }: Graph): GraphNode[] {
  const shown = new Set<string>();
  for (const { id, kind, inputs } of [...nodes].reverse()) {
    if (kind === 'loss' || kind === 'prediction' || kind === 'target') shown.add(id);
    if (shown.has(id)) inputs.forEach((input) => shown.add(input));
  }
  return nodes.filter(({ id, kind }) => shown.has(id) || kind === 'parameter');
}

/** What is computed once the first `stage` stages are complete: ids of nodes with values, and of those with gradients. */
export function computedAt(graph: Graph, stage: number): { values: Set<string>; gradients: Set<string> } {
  const stages = stagesOf(graph);
  const done = stages.slice(0, stage);
  const given = graph.nodes.filter(({ kind }) => ['input', 'target', 'parameter'].includes(kind));
  const values = [...given.map(({ id }) => id), ...done.filter((s) => s.phase !== 'backward').map(idOf)];
  const isWhole = stage >= stages.length;
  const gradients = isWhole
    ? graph.nodes.filter(hasGradient).map(({ id }) => id)
    : done.filter(isBack).map(idOf);
  return { values: new Set(values), gradients: new Set(gradients) };
}

const idOf = ({ node }: Stage): string => node;
const isBack = ({ phase }: Stage): boolean => phase === 'backward';
const hasGradient = ({ autodiff }: GraphNode): boolean => autodiff !== undefined;

/** The gradient by hand, where a line of the model's file computes it, else that by autodiff. */
export const gradientOf = ({ manual, autodiff }: GraphNode, { backward }: Graph): Float64Array =>
  manual === undefined ? autodiff! : backward[manual].values;

/** Nodes whose gradient is also computed by central differences. */
export const checkedKinds = ['parameter', 'activation', 'prediction'];
