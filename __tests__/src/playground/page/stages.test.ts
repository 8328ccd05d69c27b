/** The order in which a step is shown. */
import { expect, test } from '@jest/globals';
import type { Graph, GraphNode } from '../../../../src/playground/messages.ts';
import { computedAt, shownNodes, stagesOf } from '../../../../src/playground/page/stages.ts';

const node = (id: string, kind: GraphNode['kind'], inputs: string[] = []): GraphNode => ({
  ...{ id, name: id, aliases: [], kind, inputs, shape: [1], values: Float64Array.of(1) },
  ...(kind !== 'target' && { autodiff: Float64Array.of(1) }),
});
const line = (name: string, of?: string) => ({
  name,
  of,
  shape: [1],
  values: Float64Array.of(1),
  inputs: [],
  lines: [],
});

const graph: Graph = {
  formulas: [],
  nodes: [
    node('x', 'input'),
    node('y', 'target'),
    node('w', 'parameter'),
    node('h', 'activation', ['x', 'w']),
    node('places', 'activation', ['x', 'w']),
    node('ŷ', 'prediction', ['h']),
    node('loss', 'loss', ['h', 'y']),
  ],
  backward: [line('half'), line('dH', 'h'), line('w', 'w')],
  loss: 1,
};

test('values come forward, then the loss, then the gradients in the order of the hand-written lines', () => {
  expect(stagesOf(graph).map(({ phase, node }) => `${phase} ${node}`)).toEqual([
    'forward h',
    'forward ŷ',
    'loss loss',
    'backward h',
    'backward w',
  ]);
});

test('what does not lead to the loss is not shown', () => {
  expect(shownNodes(graph).map(({ id }) => id)).toEqual(['x', 'y', 'w', 'h', 'ŷ', 'loss']);
});

test('before the first stage only what is given is there, and after the last everything', () => {
  const at = (stage: number) => {
    const { values, gradients } = computedAt(graph, stage);
    return [[...values], [...gradients]];
  };
  expect(at(0)).toEqual([['x', 'y', 'w'], []]);
  expect(at(3)).toEqual([['x', 'y', 'w', 'h', 'ŷ', 'loss'], []]);
  expect(at(4)[1]).toEqual(['h']);
  // Autodiff has gradients that no line computes.
  expect(at(5)[1]).toEqual(expect.arrayContaining(['x', 'w', 'h', 'ŷ', 'loss']));
});
