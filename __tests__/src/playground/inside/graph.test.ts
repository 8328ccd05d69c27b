/** The computation of a step as a graph: its edges, and its gradients against each other and against differences. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Float64Backend } from '../../../../src/backend/float64/backend.ts';
import { linear, type Model, type OptionValue } from '../../../../src/model/index.ts';
import type * as graphs from '../../../../src/playground/inside/graph.ts';
import type { Graph, InsideRequest } from '../../../../src/playground/messages.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { importTracedModels } from '../../../helpers/traced-models.ts';

const traced = await importTracedModels();
jest.unstable_mockModule('traced:models', () => traced, { virtual: true });
let graph: typeof graphs.graph;
let check: typeof graphs.check;
beforeAll(async () => {
  ({ graph, check } = await import('../../../../src/playground/inside/graph.ts'));
});

interface Case {
  options?: Record<string, OptionValue>;
  rows?: number;
  /** Columns of x, or tokens of a row. */
  features?: number;
  classes?: number;
  asPrinted?: boolean;
}

/** A model at random parameters, with random rows. */
function requestFor(
  name: string,
  { options, rows = 2, features, classes, asPrinted = false }: Case,
): InsideRequest {
  const definition = traced.models[name];
  const size = definition.size ?? { features: 3, classes: 4 };
  const count = classes ?? size.classes;
  const columns = features ?? size.features;
  const all = Object.entries(definition.options).map(([key, option]) => [
    key,
    options?.[key] ?? option.default,
  ]);
  const set = Object.fromEntries(all) as Record<string, OptionValue>;
  const creation = { asPrinted, classes: count };
  const model = definition.create({ ...set, ...creation });
  const random = new RandomState(3);
  const parameters = model.initial({ features: columns, classes: count, random });
  for (const parameter of Object.values(parameters))
    parameter.values = random.normal(0, 0.5, parameter.values.length);
  const isTokens = model.task === 'next-token';
  const x = isTokens ? random.randint(0, count, rows * columns) : random.randn(rows * columns);
  const labels = Array.from(random.randint(0, count, rows));
  const y = {
    binary: () => Float64Array.from(labels),
    regression: () => random.randn(rows),
    multiclass: () =>
      Float64Array.from(labels.flatMap((one) => Array.from({ length: count }, (_, k) => Number(k === one)))),
    // The first token of each row has no target.
    'next-token': () =>
      random.randint(0, count, rows * columns).map((one, i) => (i % columns === 0 ? -1 : one)),
  }[model.task]();
  return { step: 3, model: name, options: set, creation, parameters, x: Float64Array.from(x), y, rows };
}

const cases: [name: string, Case][] = [
  ['gate', {}],
  ['xor', {}],
  ['xor-composed', {}],
  ['points', {}],
  ['cats', { features: 12 }],
  ['breast-cancer', { features: 3, options: { units: 2, l1: 0.1, l2: 0.1 } }],
  ['softmax', { features: 4, classes: 3 }],
  ['mnist', { features: 4, classes: 3, options: { hidden: 3 } }],
  ['mnist', { features: 4, classes: 3, options: { hidden: 2, activation: 'sigmoid' }, asPrinted: true }],
  ['mlp', { features: 2, options: { hidden: [3, 2], dropout: 0.5, l2: 0.1 } }],
  ['mlp', { features: 3, classes: 1, options: { hidden: [1], activation: 'tanh' } }],
  ['mlp', { features: 2, classes: 3, rows: 1, options: { hidden: [] } }],
  ['lenet', { features: 256, rows: 1, classes: 2, options: { filters: [1, 1] } }],
  ['bigram', {}],
  ['rnn', { features: 2, options: { embedding: 2, hidden: 2 } }],
  ['lstm', { features: 2, rows: 1, options: { embedding: 2, hidden: 2 } }],
  ['gru', { features: 2, rows: 1, options: { embedding: 2, hidden: 2 } }],
  ['gpt', { features: 2, rows: 1, options: { heads: 1, width: 2 } }],
  ['gpt', { features: 2, rows: 1, options: { heads: 2, width: 2, norm: 'layer', activation: 'gelu' } }],
];

test('every model of the zoo is among the cases', () => {
  expect(new Set(cases.map(([name]) => name))).toEqual(new Set(Object.keys(traced.models)));
});

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

const distance = (a: Float64Array, b: Float64Array): number => {
  expect(a).toHaveLength(b.length);
  return largest(a.map((value, i) => value - b[i])) / Math.max(1e-3, largest(a));
};

/** Ids of everything that the node is computed from, directly or not. */
function ancestors({ nodes }: Graph, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (of: string) =>
    nodes
      .find((node) => node.id === of)!
      .inputs.forEach((input) => {
        if (!found.has(input)) visit(input);
        found.add(input);
      });
  visit(id);
  return found;
}

describe.each(cases)('%s %j', (name, settings) => {
  const request = requestFor(name, settings);
  let whole: Graph;
  beforeAll(async () => {
    whole = await graph(request);
  });

  test('every node follows those it is computed from, and every parameter reaches the loss', () => {
    const { nodes, backward } = whole;
    const ids = nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [i, { inputs }] of nodes.entries())
      for (const input of inputs) expect(ids.slice(0, i)).toContain(input);
    for (const [i, { inputs, lines, of }] of backward.entries()) {
      for (const id of [...inputs, ...(of === undefined ? [] : [of])]) expect(ids).toContain(id);
      for (const line of lines) expect(line).toBeLessThan(i);
    }
    expect(Array.from(ancestors(whole, 'loss'))).toEqual(
      expect.arrayContaining(Object.keys(request.parameters)),
    );
    // What the loss depends on has a gradient, except integers.
    const reached = ancestors(whole, 'loss');
    for (const { id, kind, autodiff } of nodes) {
      if (kind === 'parameter' || kind === 'activation')
        expect([id, autodiff !== undefined]).toEqual([id, reached.has(id)]);
    }
  });

  test('the gradients of every parameter and activation agree', async () => {
    for (const { id, kind, shape, values, autodiff } of whole.nodes) {
      expect([id, values.length]).toEqual([id, shape.reduce((a, b) => a * b, 1)]);
      if (!autodiff || kind === 'input' || kind === 'loss') continue;
      const checked = await check(request, id);
      expect([id, checked.agrees, checked.diagnosis]).toEqual([id, true, undefined]);
      expect([id, distance(checked.autodiff, checked.numeric) < 1e-6]).toEqual([id, true]);
      if (checked.manual) expect([id, distance(checked.autodiff, checked.manual) < 1e-9]).toEqual([id, true]);
      else expect([id, kind]).toEqual([id, 'activation']);
    }
  });
});

/** `hidden ← a` for each node that is computed, and `hidden ∂ line` for each gradient by hand. */
const edgesOf = ({ nodes }: Graph) =>
  nodes.flatMap(({ id, inputs }) => (inputs.length > 0 ? [`${id} ← ${inputs.join(', ')}`] : []));
const gradientsOf = ({ backward }: Graph) =>
  backward.flatMap(({ name, of, inputs, lines }) =>
    of === undefined ? [] : [`${name} is ∂L/∂${of} ← ${[...lines, ...inputs].join(', ')}`],
  );

test('the graph of two layers has the sums that the gradients by hand are of', async () => {
  const whole = await graph(requestFor('breast-cancer', { features: 3 }));
  expect(edgesOf(whole)).toEqual([
    'a ← x, hiddenWeights, hiddenBias',
    'hidden ← a',
    'logits ← outputWeights, outputBias, hidden',
    'ŷ ← logits',
    'loss ← y, hiddenWeights, outputWeights, logits',
  ]);
  expect(gradientsOf(whole)).toEqual([
    'dLogits is ∂L/∂logits ← y, logits',
    '∂L/∂hidden is ∂L/∂hidden ← 0, outputWeights',
    'dHidden is ∂L/∂a ← 1, hidden',
    'dHiddenBias is ∂L/∂hiddenBias ← 2',
    'hiddenWeights is ∂L/∂hiddenWeights ← 3, hiddenWeights',
    'outputWeights is ∂L/∂outputWeights ← 4, outputWeights',
    'outputBias is ∂L/∂outputBias ← 0',
  ]);
  const { code, formula } = whole.nodes.find(({ id }) => id === 'a')!;
  expect(code).toBe('nn.linear(x, hiddenWeights, hiddenBias)');
  expect(formula).toContain('<math');
});

test('a tensor of several names is one node, with the name and the shape that the model returns', async () => {
  const whole = await graph(requestFor('lenet', { features: 256, rows: 1, options: { filters: [2, 3] } }));
  expect(edgesOf(whole)).toEqual([
    'pictures ← x',
    'first ← firstFilters, firstBias, pictures',
    'firstMaxIndices ← firstFilters, firstBias, pictures',
    'second ← secondFilters, secondBias, first',
    'secondMaxIndices ← secondFilters, secondBias, first',
    'logits ← outputWeights, outputBias, second',
    'ŷ ← logits',
    'loss ← y, logits',
  ]);
  const of = (id: string) => whole.nodes.find((node) => node.id === id);
  expect(of('second')).toMatchObject({ shape: [1, 1, 1, 3], aliases: ['flat', 'second.pooled'] });
  expect(of('pictures')).toMatchObject({ shape: [1, 16, 16, 1], aliases: ['scaled'] });
  expect(of('firstMaxIndices')!.autodiff).toBeUndefined();
  expect(gradientsOf(whole).slice(0, 3)).toEqual([
    'dLogits is ∂L/∂logits ← y, logits',
    'dFlat is ∂L/∂second ← 0, outputWeights',
    '∂L/∂first is ∂L/∂first ← 2, secondFilters, secondMaxIndices',
  ]);
});

test('names that repeat from step to step have ids of their own', async () => {
  const whole = await graph(requestFor('rnn', { features: 2, options: { embedding: 2, hidden: 2 } }));
  expect(edgesOf(whole)).toEqual([
    'x ← tokens, embedding',
    'fromInput ← inputWeights, bias, x',
    'fromState ← hiddenWeights, states[0]',
    'aₜ ← fromInput, fromState',
    'states[1] ← aₜ',
    'fromState·2 ← hiddenWeights, states[1]',
    'aₜ·2 ← fromInput, fromState·2',
    'states[2] ← aₜ·2',
    'before ← states[0], states[1]',
    'h ← states[1], states[2]',
    'logits ← outputWeights, outputBias, h',
    'ŷ ← logits',
    'loss ← y, logits',
  ]);
});

test('attention looks at queries and keys, and its output at the values', async () => {
  const edges = edgesOf(await graph(requestFor('gpt', { features: 3, options: { layers: 2 } })));
  for (const l of [1, 2]) {
    expect(edges).toContain(`attention${l} ← q${l}, k${l}`);
    expect(edges).toContain(`o${l} ← v${l}, attention${l}`);
  }
});

const disagreeing = async (request: InsideRequest) => {
  const { nodes } = await graph(request);
  const found = [];
  for (const { id, kind, autodiff } of nodes) {
    if (!autodiff || kind === 'input' || kind === 'loss') continue;
    const { agrees, diagnosis } = await check(request, id);
    if (!agrees) found.push([id, diagnosis]);
  }
  return found;
};

test('of document 003 exactly the bias of the hidden units has a wrong gradient', async () => {
  const options = { units: 4, init: 'normal' };
  expect(await disagreeing(requestFor('breast-cancer', { features: 3, options, asPrinted: true }))).toEqual([
    ['hiddenBias', expect.stringContaining('sum over the rows only')],
  ]);
});

test('a wrong gradient of the logits is shown at the logits', async () => {
  const right = traced.models.softmax;
  const create: typeof right.create = (options) => {
    const model = right.create(options);
    return { ...model, gradients: (p, x, y, kept) => model.gradients(p, x, tf.mul(y, 2), kept) };
  };
  traced.models.wrong = { ...right, create };
  const found = await disagreeing(requestFor('wrong', { features: 3, classes: 3 }));
  delete traced.models.wrong;
  expect(found.map(([id]) => id)).toEqual(['weights', 'bias', 'logits']);
});

test('lines keep their nodes where all gradients are 0', async () => {
  const request = requestFor('mlp', { features: 2, rows: 1, options: { hidden: [3, 2] } });
  const parameters = Object.fromEntries(
    Object.entries(request.parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values: name.endsWith('Bias') ? values.map(() => -100) : values },
    ]),
  );
  const dead = await graph({ ...request, parameters });
  expect(largest(dead.nodes.find(({ id }) => id === 'sum')!.autodiff!)).toBe(0);
  expect(gradientsOf(dead)).toEqual(gradientsOf(await graph(request)));
  expect(gradientsOf(dead)).toContain('dAbove is ∂L/∂sum ← 7, hidden1');
});

test('a comment on several values is the formula of none of them', async () => {
  const { nodes } = await graph(requestFor('xor-composed', {}));
  const formulaOf = (id: string) => nodes.find((node) => node.id === id)!.formula;
  expect([formulaOf('nand'), formulaOf('or')]).toEqual([undefined, undefined]);
  expect(formulaOf('pair')).toContain('pair');
});

test('the gradient of a reshaped tensor counts everything that is computed from it', async () => {
  const forward: Model['forward'] = ({ weights, bias }, x) => {
    const sums = linear(x, weights, bias);
    const flat = sums.reshape([-1]);
    return { sums, flat, logits: tf.add(sums, flat.square().reshape(sums.shape)) };
  };
  const { cats } = traced.models;
  traced.models.reshaped = { ...cats, create: (options) => ({ ...cats.create(options), forward }) };
  const request = requestFor('reshaped', { features: 3 });
  const { autodiff, numeric } = await check(request, 'sums');
  delete traced.models.reshaped;
  expect(distance(autodiff, numeric)).toBeLessThan(1e-6);
});

test('all entries are checked of small networks, and 24 of each parameter of large ones', async () => {
  const countOf = async (features: number) => {
    const { entries } = await check(requestFor('cats', { features }), 'weights');
    return new Set(entries).size;
  };
  expect([await countOf(400), await countOf(401)]).toEqual([400, 24]);
});

test('nothing stays in memory, and an unknown node is rejected', async () => {
  const request = requestFor('gru', { features: 2, options: { embedding: 2, hidden: 2 } });
  await check(request, 'sum1');
  const before = tf.memory().numTensors;
  await graph(request);
  await check(request, 'sum1');
  for (const id of ['nonsense', 'tokens', 'gates0', 'loss'])
    await expect(check(request, id)).rejects.toThrow(new InputError(`Unknown node with a gradient: ${id}.`));
  expect(tf.memory().numTensors).toBe(before);
  expect((tf.findBackend('float64') as Float64Backend).onNewData).toBeUndefined();
});
