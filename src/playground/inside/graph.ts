/**
 * The computation of one step as a graph, in double precision: every named tensor with its gradients, and from which others it is
 * computed; and the gradient of one of them in three ways.
 */
import { loadModel, models } from 'traced:models';
import { onBackend } from '../../backend/index.ts';
import {
  compare,
  compareGradients,
  floorAt,
  type PointOptions,
  tolerancesInUse,
} from '../../gradcheck/comparison.ts';
import { diagnose, withinTolerance } from '../../gradcheck/diagnose.ts';
import { drawParameters, type Problem } from '../../gradcheck/points.ts';
import { randomForStep, withDropoutMasks } from '../../model/dropout-masks.ts';
import { lossAsTensor, lossOnHost } from '../../model/gradients.ts';
import type { Activations, Model, Tensors } from '../../model/model.ts';
import { disposeAll, toVariables, withParameters } from '../../model/parameters.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { tensorFor } from '../../data/batches.ts';
import { valuesOf } from '../../utils/tensors.ts';
import { tf, type Scalar, type Tensor } from '../../utils/tf.ts';
import type { BackwardLine, Graph, GraphNode, InsideRequest, NodeCheck } from '../messages.ts';
import { outputOf } from '../worker/views.ts';
import {
  type HeadFormula,
  heads,
  type Line,
  listen,
  type Listened,
  Origins,
  type Traced,
  whileObserved,
} from './trace.ts';

type DataId = Tensor['dataId'];

/** Largest parameter whose entries are all checked, and the number of sampled entries of larger ones. */
const maxEntries = 400;
const sampledEntries = 24;

/** Relative; a gradient by hand and one by autodiff are the same numbers but for rounding. */
const rounding = 1e-9;

/** Rows at which lines are matched with nodes, and how often they are drawn if a gradient is 0 everywhere. */
const minRows = 4;
const maxDraws = 5;

/** The graph of a step. It takes about four forward passes: no differences. */
export async function graph(request: InsideRequest): Promise<Graph> {
  await loadModel(request.model);
  const matches = await matchesOf(request);
  return withProblem(request, (problem) => record(problem, matches).graph(heads.get(request.model)));
}

/**
 * The gradient of a parameter or an activation by hand, by autodiff and by central differences.
 *
 * @throws InputError if no node with a gradient has this id
 */
export async function check(request: InsideRequest, id: string): Promise<NodeCheck> {
  await loadModel(request.model);
  const matches = await matchesOf(request);
  return withProblem(request, (problem) => {
    const recording = record(problem, matches);
    const { nodes, backward, loss } = recording.graph();
    const node = nodes.find((one) => one.id === id);
    if (!node?.autodiff || !['parameter', 'activation', 'prediction'].includes(node.kind))
      throw new InputError(`Unknown node with a gradient: ${id}.`);
    const manual = node.manual === undefined ? undefined : backward[node.manual].values;
    const tolerances = tolerancesInUse();
    const isSmall = nodes.every((one) => one.kind !== 'parameter' || one.values.length <= maxEntries);
    const options: PointOptions = {
      tolerances,
      sources: ['manual', 'autodiff', 'numeric'],
      entries: isSmall ? maxEntries : sampledEntries,
      random: new RandomState(1),
    };
    const { autodiff, values } = node;
    const gradient = asParameter(problem, node, recording.places.get(id), (one) =>
      compareGradients(one, { name: id, manual, autodiff }, options, floorAt(tolerances, loss)),
    );
    const { sampled, numeric, comparisons } = gradient;
    const pick = (all: Float64Array) => Float64Array.from(sampled, (entry) => all[entry]);
    const agrees = Object.entries(comparisons).every(([pair, comparison]) =>
      withinTolerance(pair as never, comparison, tolerances),
    );
    return {
      entries: sampled,
      ...(manual && { manual: pick(manual) }),
      autodiff: pick(autodiff),
      numeric: numeric!,
      agrees,
      ...(!agrees && { diagnosis: diagnose(gradient, values, request.rows, tolerances) }),
    };
  });
}

const modelOf = ({ model, options, creation }: InsideRequest): Model =>
  models[model].create({ ...options, ...creation });

function withProblem<T>(request: InsideRequest, work: (problem: Problem) => T): Promise<T> {
  const { rows, step } = request;
  return onBackend('float64', {}, () => {
    const whole = modelOf(request);
    const parameters = toVariables(request.parameters);
    const { x, y } = tensorsOf(whole, request);
    try {
      // The rows are not those of a step of training, so its masks do not fit.
      const draw = (masks: NonNullable<Model['dropoutMasks']>) => masks(rows, randomForStep(0, step));
      return withDropoutMasks(whole, draw, (model) => work({ model, parameters, x, y }));
    } finally {
      tf.dispose([x, y]);
      disposeAll(parameters);
    }
  });
}

/** x `[rows, features]` and y `[rows, outputs]`, or tokens `[rows, T]`. */
function tensorsOf(model: Model, { x, y, rows }: InsideRequest): { x: Tensor; y: Tensor } {
  const tensor = (values: Float64Array): Tensor => tensorFor(model, values, [rows, values.length / rows]);
  return { x: tensor(x), y: tensor(y) };
}

/** Does work with a node as a parameter of this id, whose value replaces what the forward pass computes. */
function asParameter<T>(
  problem: Problem,
  { id, shape, values }: GraphNode,
  place: Place | undefined,
  work: (problem: Problem) => T,
): T {
  if (!place) return work(problem);
  const { model, parameters, x } = problem;
  // What is kept for all steps, such as constants, was made when the step was recorded, and so the numbers stay the same.
  const origins = new Origins();
  const number = tf.tidy(() => {
    const { result, traced } = listen(() => whileObserved(origins.add, () => model.forward(parameters, x)));
    return origins.order.get(tensorAt(place, traced, result).dataId)!;
  });
  const forward = (moved: Tensors, inputs: Tensor): Activations => {
    const replacement = valuesOf(moved[id]);
    let count = 0;
    return whileObserved(
      (data) => {
        if (count++ === number) data.values.set(replacement);
      },
      () => model.forward(moved, inputs),
    );
  };
  const replaced = Object.create(model, { forward: { value: forward } }) as Model;
  return withParameters({ [id]: { shape, values } }, (node) =>
    work({ ...problem, model: replaced, parameters: { ...parameters, ...node } }),
  );
}

/** Where a forward pass yields the tensor of a node: among the traced ones or in the result. */
type Place = { traced: number } | { returned: string };

const tensorAt = (place: Place, traced: Traced[], result: Tensors): Tensor =>
  'traced' in place ? traced[place.traced].tensor : result[place.returned];

const keyOf = (place: Place): string => Object.entries(place).join();

/** By the key of a line's place: the place of its node. Where one of both is a part of an expression, it has a name from the other. */
type Matches = Map<string, { place: Place; name: string; lineName: string }>;

const knownMatches = new Map<string, Matches>();

/**
 * Which line computes the gradient of which node: that with the same numbers. They are compared at random parameters and inputs, where
 * two gradients are hardly equal by chance, as they are where all is 0.
 */
async function matchesOf(request: InsideRequest): Promise<Matches> {
  const { model, options, creation, x, y, rows, parameters } = request;
  const key = JSON.stringify([model, options, creation, x.length / rows, y.length / rows]);
  const known = knownMatches.get(key);
  if (known) return known;
  const isTokens = modelOf(request).task === 'next-token';
  const copies = Math.ceil(minRows / rows);
  const repeated = (values: Float64Array) =>
    Float64Array.from({ length: copies * values.length }, (_, i) => values[i % values.length]);
  let matches: Matches = new Map();
  for (let seed = 1; seed <= maxDraws; seed++) {
    const random = new RandomState(seed);
    const drawn = {
      ...{ ...request, parameters: drawParameters(parameters, random), rows: copies * rows, y: repeated(y) },
      x: isTokens ? repeated(x) : random.randn(copies * x.length),
    };
    const recording = await withProblem(drawn, (problem) => record(problem));
    matches = recording.matches();
    if (!recording.isDegenerate) break;
  }
  knownMatches.set(key, matches);
  return matches;
}

function record(problem: Problem, matches?: Matches): Recording {
  const recording = new Recording(problem, matches);
  tf.tidy(() => whileObserved(recording.origins.add, () => recording.run()));
  recording.addGradients(gradientsAt(problem));
  return recording;
}

/**
 * ∂L/∂tensor by autodiff for every tensor that the forward pass traces, by the keys of their places, and for x and the parameters by
 * their names.
 */
function gradientsAt({ model, parameters, x, y }: Problem): Map<string, Float64Array> {
  const keys = new Map<string, DataId>();
  const first = new Map<DataId, Tensor>();
  const differentiated: Tensor[] = [];
  /** A reshaped tensor shares its data with the first one, of which all that is computed from both is computed. */
  const add = (key: string, tensor: Tensor): void => {
    const { dataId, dtype } = tensor;
    if (dtype !== 'float32') return;
    keys.set(key, dataId);
    if (first.has(dataId)) return;
    first.set(dataId, tensor);
    differentiated.push(tensor);
  };
  add('x', x);
  for (const [name, parameter] of Object.entries(parameters)) add(name, parameter);
  // Autodiff reads the list after the computation, which adds its tensors. So it takes in everything that was computed from them, also
  // within an operation of several kernels, where no variable could be added to them.
  const { value, grads } = tf.engine().gradients((): Scalar => {
    const { result, traced } = listen(() => model.forward(parameters, x));
    traced.forEach(({ tensor }, i) => add(keyOf({ traced: i }), tensor));
    for (const [name, tensor] of Object.entries(result)) add(keyOf({ returned: name }), tensor);
    return lossAsTensor(model, parameters, result.logits, y);
  }, differentiated);
  const gradients = new Map<DataId, Float64Array>();
  differentiated.forEach(({ dataId }, i) => {
    if (grads[i]) gradients.set(dataId, doubles(grads[i]));
  });
  tf.dispose([value, grads]);
  const byKey = new Map<string, Float64Array>();
  for (const [key, dataId] of keys) {
    const gradient = gradients.get(dataId);
    if (gradient) byKey.set(key, gradient);
  }
  return byKey;
}

const doubles = (tensor: Tensor): Float64Array => Float64Array.from(valuesOf(tensor));

interface Draft {
  node: GraphNode;
  tensor: Tensor;
  place?: Place;
  /** Whether it has its name from the activations that are returned. */
  isReturned?: boolean;
}

interface DraftOfLine {
  line: BackwardLine;
  tensor: Tensor;
  place: Place;
  symbol?: string;
}

/** One step with everything that it computes. */
class Recording {
  readonly origins = new Origins();
  /** By id of the nodes that are activations. */
  readonly places = new Map<string, Place>();
  readonly #problem: Problem;
  readonly #matches?: Matches;
  /** The names of the parts of expressions that are nodes; without it, all are, unnamed. */
  readonly #parts?: Map<string, string>;
  readonly #nodes = new Map<DataId, Draft>();
  readonly #lines: DraftOfLine[] = [];
  #loss = NaN;

  /** @param matches found in another recording of the model; without them, every part of an expression is a node */
  constructor(problem: Problem, matches?: Matches) {
    this.#problem = problem;
    this.#matches = matches;
    this.#parts = matches && new Map(Array.from(matches.values(), ({ place, name }) => [keyOf(place), name]));
    const { model, parameters, x, y } = problem;
    this.#add(model.task === 'next-token' ? 'tokens' : 'x', 'input', x);
    this.#add('y', 'target', y);
    for (const [name, tensor] of Object.entries(parameters)) this.#add(name, 'parameter', tensor);
  }

  /** Inside `tf.tidy`, while `origins` observes. */
  run(): void {
    const { model, parameters, x, y } = this.#problem;
    const forward = listen(() => model.forward(parameters, x));
    const { logits } = forward.result;
    this.#addForward(forward);
    const output = outputOf(model, logits);
    const known = this.#nodes.get(output.dataId);
    if (known) {
      // Of a regression.
      rename(known.node, 'ŷ');
      known.node.kind = 'prediction';
    } else this.#add('ŷ', 'prediction', output);
    const loss = lossAsTensor(model, parameters, logits, y);
    this.#loss = lossOnHost(model, parameters, valuesOf(logits), y);
    this.#add('loss', 'loss', loss).node.values[0] = this.#loss;
    this.#addBackward(listen(() => model.gradients(parameters, x, y, forward.result)));
  }

  #add(
    name: string,
    kind: GraphNode['kind'],
    tensor: Tensor,
    line: Partial<Line> = {},
    place?: Place,
  ): Draft {
    const { code, formula } = line;
    const node: GraphNode = {
      ...{ id: '', name, aliases: [], kind, shape: tensor.shape, values: doubles(tensor), inputs: [] },
      ...(code && { code }),
      ...(formula && { formula }),
    };
    const draft: Draft = { node, tensor, place };
    this.#nodes.set(tensor.dataId, draft);
    return draft;
  }

  #addForward({ result, traced, lines }: Listened<Tensors>): void {
    const kindOf = ({ dataId }: Tensor) => (this.origins.order.has(dataId) ? 'activation' : 'input');
    for (const [i, { name, tensor, ...line }] of traced.entries()) {
      const { dataId } = tensor;
      const place: Place = { traced: i };
      const known = this.#nodes.get(dataId);
      if (known?.node.name) {
        if (name) addAlias(known.node, name);
      } else if (name) {
        this.#add(name, kindOf(tensor), tensor, line, place);
      } else if (!this.#parts || this.#parts.has(keyOf(place))) {
        this.#add(this.#parts?.get(keyOf(place)) ?? '', 'activation', tensor, line, place);
      }
    }
    for (const [name, tensor] of Object.entries(result)) {
      const known = this.#nodes.get(tensor.dataId);
      if (!known?.node.name) {
        const place: Place = { returned: name };
        this.#add(name, kindOf(tensor), tensor, lines.get(name), place).isReturned = true;
      } else if (known.isReturned || !known.place) {
        addAlias(known.node, name);
      } else {
        rename(known.node, name);
        known.node.shape = tensor.shape;
        known.isReturned = true;
      }
    }
  }

  #addBackward({ result, traced, lines }: Listened<Tensors>): void {
    const known = new Map<DataId, DraftOfLine | undefined>();
    for (const dataId of this.#nodes.keys()) known.set(dataId, undefined);
    const add = (name: string, tensor: Tensor, place: Place, about: Partial<Line> = {}): DraftOfLine => {
      const { code, formula, symbol } = about;
      const line: BackwardLine = {
        ...{ name, shape: tensor.shape, values: doubles(tensor), inputs: [], lines: [] },
        ...(code && { code }),
        ...(formula && { formula }),
      };
      const draft = { line, tensor, place, symbol };
      known.set(tensor.dataId, draft);
      this.#lines.push(draft);
      return draft;
    };
    for (const [i, { name, tensor, ...about }] of traced.entries()) {
      const place: Place = { traced: i };
      const match = this.#matches?.get(keyOf(place));
      const draft = known.get(tensor.dataId);
      // A part of an expression is a line if it is the gradient of a node.
      const isLine = name || match || (!this.#matches && tensor.dtype === 'float32');
      if (!known.has(tensor.dataId) && isLine) add(name ?? match?.lineName ?? '', tensor, place, about);
      if (!draft || !name) continue;
      // Another name of the same numbers, whose comment may say more.
      draft.line.name ||= name;
      draft.line.formula ||= about.formula;
      draft.symbol ??= about.symbol;
    }
    for (const [name, tensor] of Object.entries(result)) {
      let draft = known.get(tensor.dataId);
      if (!draft || draft.line.of !== undefined)
        draft = add(name, tensor, { returned: name }, lines.get(name));
      draft.line.name ||= name;
      draft.line.of = name;
    }
    // Of an operation with several results, the first may be computed from the second.
    this.#lines.sort((a, b) => this.#orderOf(a) - this.#orderOf(b));
  }

  /** @param gradients as of `gradientsAt` */
  addGradients(gradients: Map<string, Float64Array>): void {
    for (const { node, place, tensor } of this.#nodes.values()) {
      const { kind, name } = node;
      // Dropout masks have a place, too. Where the network has a maximum is an integer, of which autodiff has the sums.
      const isGiven = kind === 'target' || (kind === 'input' && place) || tensor.dtype !== 'float32';
      const gradient = isGiven ? undefined : gradients.get(place ? keyOf(place) : name);
      if (gradient) node.autodiff = gradient;
      if (kind === 'loss') node.autodiff = Float64Array.of(1);
    }
  }

  /** Nodes are tried from the end of the computation to its beginning, as the lines are. */
  matches(): Matches {
    const matches: Matches = new Map();
    const matched = new Set<Draft>();
    const match = (drafts: Draft[], lines: DraftOfLine[]): void => {
      for (const draft of drafts.filter(({ node, place }) => place && node.autodiff)) {
        const { node, place } = draft;
        const found = lines.find(
          (one) => !matches.has(keyOf(one.place)) && areEqual(one.line.values, node.autodiff!),
        );
        if (!found || matched.has(draft)) continue;
        const { line, symbol } = found;
        const name = node.name || symbol || withoutD(line.name) || withoutPrefix(node.code!);
        matches.set(keyOf(found.place), { place: place!, name, lineName: line.name || `∂L/∂${name}` });
        matched.add(draft);
      }
    };
    const drafts = this.#inOrder().reverse();
    const lines = this.#lines.filter(({ line }) => line.of === undefined);
    const isNamed = ({ name }: { name: string }) => name !== '';
    match(
      drafts,
      lines.filter(({ line }) => isNamed(line)),
    );
    match(
      drafts.filter(({ node }) => isNamed(node)),
      lines.filter(({ line }) => !isNamed(line)),
    );
    return matches;
  }

  /** Whether a gradient is 0 everywhere, as behind units of which none is active: it is no gradient to find its line by. */
  get isDegenerate(): boolean {
    return Array.from(this.#nodes.values()).some(({ node }) => node.autodiff?.every((value) => value === 0));
  }

  #inOrder(): Draft[] {
    return Array.from(this.#nodes.values()).sort((a, b) => this.#orderOf(a) - this.#orderOf(b));
  }

  #orderOf = ({ tensor }: { tensor: Tensor }): number => this.origins.order.get(tensor.dataId) ?? -1;

  graph(heads: HeadFormula[] = []): Graph {
    const drafts = this.#inOrder();
    giveIds(drafts);
    const nodes = drafts.map(({ node }) => node);
    const ids = new Map<DataId, string>();
    const byPlace = new Map<string, string>();
    for (const { node, tensor, place } of drafts) {
      ids.set(tensor.dataId, node.id);
      if (!place) continue;
      byPlace.set(keyOf(place), node.id);
      this.places.set(node.id, place);
    }
    for (const { node, tensor } of drafts) node.inputs = this.origins.of(tensor.dataId, ids);
    const known = new Map<DataId, string | number>(ids);
    this.#lines.forEach(({ tensor }, i) => known.set(tensor.dataId, i));
    const backward = this.#lines.map(({ line, tensor, place }) => {
      const match = this.#matches?.get(keyOf(place));
      const of = match ? byPlace.get(keyOf(match.place)) : line.of;
      const from = this.origins.of(tensor.dataId, known);
      const inputs = from.filter((one) => typeof one === 'string');
      const lines = from.filter((one) => typeof one === 'number');
      return { ...line, ...(of !== undefined && { of }), inputs, lines };
    });
    // A wrong gradient of the logits has no match.
    const wrong = backward.find(({ name, of }) => name === 'dLogits' && of === undefined);
    if (wrong && !backward.some(({ of }) => of === 'logits')) wrong.of = 'logits';
    for (const [i, { of, shape }] of backward.entries()) {
      const node = nodes.find(({ id }) => id === of);
      if (
        node &&
        (node.kind === 'parameter'
          ? node.shape.join() === shape.join()
          : node.values.length === backward[i].values.length)
      )
        node.manual = i;
    }
    for (const { node } of drafts) {
      const symbol = node.manual === undefined ? undefined : this.#lines[node.manual].symbol;
      const formula =
        headOf(node, symbol, nodes, heads) ??
        (node.kind === 'loss' ? this.#problem.model.loss.name : undefined);
      if (formula) node.formula = formula;
    }
    return { formulas: heads.map(({ formula }) => formula), nodes, backward, loss: this.#loss };
  }
}

/** What the formulas call these nodes. */
const symbolsOf: Record<string, string[]> = { loss: ['L'], logits: ['z', 'zₜ', 'logitsₜ'] };

/**
 * The formula at the head of the file that defines the node: of its name, of the symbol in the comment on its gradient, or of a name
 * that no other node has.
 */
function headOf(
  { id, name, aliases, kind }: GraphNode,
  symbol: string | undefined,
  nodes: GraphNode[],
  heads: HeadFormula[],
) {
  const isFree = (alias: string) => nodes.every((node) => node.name !== alias);
  const symbols = [
    ...(id === name ? [name] : []),
    symbol,
    ...(symbolsOf[id] ?? []),
    ...aliases.filter(isFree),
  ];
  const isGiven = kind === 'input' || kind === 'target' || kind === 'parameter';
  return isGiven
    ? undefined
    : heads.find((head) => head.symbols.some((one) => symbols.includes(one)))?.formula;
}

/** `hiddenSum` of `dHiddenSum`. */
const withoutD = (name: string): string | undefined => {
  const [, first, rest] = /^d([A-Z])(\w*)$/.exec(name) ?? [];
  return first && first.toLowerCase() + rest;
};

const withoutPrefix = (code: string): string => code.replace(/^(nn\.)?(tf\.)?/, '');

const areEqual = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length &&
  a.some((value) => value !== 0) &&
  compare(a, b, Number.MIN_VALUE).normwise <= rounding;

function addAlias(node: GraphNode, name: string): void {
  if (name !== node.name && !node.aliases.includes(name)) node.aliases.push(name);
}

function rename(node: GraphNode, name: string): void {
  const before = node.name;
  node.aliases = node.aliases.filter((alias) => alias !== name);
  node.name = name;
  addAlias(node, before);
}

/** Names that are there once, and of others the first, are ids; a second `q` becomes `q·2`. */
function giveIds(drafts: Draft[]): void {
  const counts = new Map<string, number>();
  const isFixed = ({ place, isReturned }: Draft) => !place || isReturned;
  for (const { node } of [...drafts.filter(isFixed), ...drafts.filter((draft) => !isFixed(draft))]) {
    const count = (counts.get(node.name) ?? 0) + 1;
    counts.set(node.name, count);
    node.id = count === 1 ? node.name : `${node.name}·${count}`;
  }
}
