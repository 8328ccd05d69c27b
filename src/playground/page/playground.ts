/**
 * The state of the page, and its calls of the workers. The components are redrawn when it changes.
 */
import type { InsideWorker } from '../inside-worker.ts';
import type { Address, Catalogue, Graph, Invalid, NodeCheck, Opened, Progress, View } from '../messages.ts';
import { remote, type Remote } from '../remote.ts';
import type { TrainingWorker } from '../worker.ts';
import type { Until } from '../worker/session.ts';
import { checkedKinds, stagesOf } from './stages.ts';

export interface State {
  catalogue?: Catalogue;
  opened?: Opened;
  progress?: Progress;
  view?: View;
  /** The computation of the rows from `row` on. */
  graph?: Graph & { step: number };
  /** First training row of the graph, from 0, and how many go together. */
  row: number;
  rows: number;
  /** How many stages of the graph are computed (see `stages.ts`); all if undefined. */
  stage?: number;
  /** Id of the node that is shown in detail. */
  selected?: string;
  /** The three gradients of the selected node at the step of the graph. */
  check?: NodeCheck & { node: string; step: number };
  /** The recorded step that is shown; the latest if undefined. */
  shownStep?: number;
  /** The stop of the tour. */
  tour?: string;
  /** Settings that are invalid as they stand in the form or in the link; the run has others. */
  invalid: Invalid;
  /** Why the last action of the user is invalid. */
  wrong?: string;
  /** Why the page could not start. */
  failed?: string;
}

const startWorker = (name: string): Worker => new Worker(new URL(name, location.href), { type: 'module' });

/** Interval of views of the weights and of graphs during training; a graph takes at most a quarter of the time. */
const millisecondsBetweenViews = 300;
const shareOfGraphs = 0.08;

export class Playground {
  state: State = { invalid: {}, row: 0, rows: 1 };
  readonly worker: Remote<TrainingWorker>;
  #inside?: Remote<InsideWorker>;
  readonly #onChange: () => void;
  /** Of the input under the pointer. */
  #input?: Float64Array;
  #isLooking = false;
  #isStale = true;
  #isLookingInside = false;
  #isGraphStale = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const worker = startWorker('./worker.js');
    worker.addEventListener('error', ({ message }) => this.#set({ failed: message || 'worker' }));
    this.worker = remote<TrainingWorker, Progress>(worker, (progress) => {
      if (progress.step !== this.state.progress?.step || progress.status !== this.state.progress.status) {
        this.#isStale = true;
      }
      this.#set({ progress });
      void this.#look();
    });
    addEventListener('hashchange', () => {
      if (location.hash !== this.#hash()) void this.open(addressIn(location.hash));
    });
    void this.#start();
  }

  async #start(): Promise<void> {
    try {
      this.#set({ catalogue: await this.worker.catalogue() });
    } catch (error) {
      this.#set({ failed: (error as Error).message });
    }
    await this.open(addressIn(location.hash));
    const { opened, wrong } = this.state;
    if (opened) return;
    await this.open({});
    this.#set({ wrong });
  }

  /** Opens a run without its invalid settings, which are shown; if that fails, the run stays the same. */
  async open({ tour, ...asked }: Address, afresh = false): Promise<void> {
    try {
      if (tour !== undefined) this.#set({ tour });
      const { address, invalid } = await this.worker.check(asked);
      const opened = await this.worker.open(address, afresh);
      const catalogue = await this.worker.catalogue();
      const isOther = opened.model !== this.state.opened?.model;
      this.#set({
        ...{
          catalogue,
          opened,
          invalid,
          wrong: undefined,
          view: undefined,
          graph: undefined,
          check: undefined,
        },
        ...{ shownStep: undefined, stage: undefined },
        ...(isOther && { selected: undefined, row: opened.firstRow ?? 0, rows: 1 }),
      });
      this.#input = undefined;
      history.replaceState(null, '', this.#hash());
      this.#isStale = true;
      await this.#look();
    } catch (error) {
      this.tellWrong(error as Error);
    }
  }

  /** The same run with another setting, unless that is invalid; another model brings its own settings. */
  async change(name: string, value: string): Promise<void> {
    const { opened, invalid } = this.state;
    const { address } = opened!;
    // Another model may learn the same files of the user's.
    if (name === 'model') {
      const { models } = this.state.catalogue!;
      const isOfText = (model: string) => models.find((one) => one.name === model)?.dataset === 'sequences';
      const fits = isOfText(value) === isOfText(address.model);
      return this.open({ model: value, ...(address.data && fits && { data: address.data }) });
    }
    if (name === 'preset') return this.open({ model: address.model, ...(value && { preset: value }) });
    const { [name]: _, recordEvery, ...rest } = address;
    const texts = Object.entries(invalid).map(([name, { text }]) => [name, text]);
    const asked: Address = {
      ...rest,
      // How often records are made follows from the number of epochs, unless it was chosen.
      ...(recordEvery !== undefined && !['epochs', 'steps', 'batchSize'].includes(name) && { recordEvery }),
      ...(Object.fromEntries(texts) as Address),
      [name]: value,
      // Who asks for epochs wants no steps.
      ...(name === 'epochs' && address.steps !== undefined && { steps: '0' }),
    };
    const checked = await this.worker.check(asked);
    if (checked.invalid[name]) this.#set({ invalid: checked.invalid });
    else await this.open(asked);
  }

  /** Whether the form shows a value that the run does not have. */
  get isInvalid(): boolean {
    const { catalogue, opened, invalid } = this.state;
    const model = catalogue?.models.find(({ name }) => name === opened?.model);
    const fields = [...(model?.fields ?? []), ...(catalogue?.fields ?? [])].map(({ name }) => name);
    return ['model', ...fields].some((name) => Object.hasOwn(invalid, name));
  }

  /** Trains, unless a setting is invalid: the run would have another value than the one shown. */
  async go(until: Until): Promise<void> {
    if (this.isInvalid) return;
    this.#set({ shownStep: undefined });
    await this.worker.go(until);
  }

  /** Trains a complete run for as many epochs again, where that is the same run with more epochs. */
  async extend(): Promise<void> {
    try {
      const opened = await this.worker.extend(this.state.opened!.epochs);
      this.#set({ opened, wrong: undefined });
      history.replaceState(null, '', this.#hash());
      await this.go('end');
    } catch (error) {
      this.tellWrong(error as Error);
    }
  }

  /** Opens a run and starts it, where the reader sees it. */
  async train(address: Address): Promise<void> {
    await this.open(address);
    if (this.state.wrong) return;
    scrollTo({ top: 0 });
    await this.go('end');
  }

  /** @param error of the last action; undefined if it succeeded */
  tellWrong(error?: Error): void {
    this.#set({ wrong: error?.message });
  }

  /** Shows the activations for an input in the picture of the network. */
  point(input?: Float64Array): void {
    this.#input = input;
    this.#isStale = true;
    void this.#look();
  }

  /** Shows another row, or more rows together. */
  async lookAt(row: number, rows = this.state.rows): Promise<void> {
    this.#set({ row, rows, check: undefined });
    await this.#lookAgain();
  }

  /** Shows a recorded step; undefined: the latest. Training does not change. */
  async showStep(shownStep?: number): Promise<void> {
    this.#set({ shownStep });
    await this.#lookAgain();
  }

  /** Shows so many stages of the graph, and the node of the last one in detail. */
  showStage(stage?: number): void {
    const { graph } = this.state;
    const node = stage === undefined ? undefined : graph && stagesOf(graph)[stage - 1]?.node;
    this.#set({ stage });
    if (node !== undefined) this.select(node);
  }

  /** Shows a node in detail. */
  select(selected?: string): void {
    this.#set({ selected });
    void this.#check();
  }

  setTour(tour?: string): void {
    this.#set({ tour });
    history.replaceState(null, '', this.#hash());
  }

  #lookAgain(): Promise<void> {
    this.#isStale = true;
    return this.#look();
  }

  /** A view of the weights, one at a time. */
  async #look(): Promise<void> {
    if (this.#isLooking || !this.#isStale) return;
    this.#isLooking = true;
    this.#isStale = false;
    try {
      const view = await this.worker.view(this.#input, this.state.shownStep);
      this.#set({ view });
      // Views do not wait for graphs, which take longer.
      void this.#lookInside();
    } catch {
      // The run was changed meanwhile; the next look is at the new one.
    }
    await new Promise((resolve) => setTimeout(resolve, millisecondsBetweenViews));
    this.#isLooking = false;
    void this.#look();
  }

  /** The graph of the latest weights, one at a time. */
  async #lookInside(): Promise<void> {
    this.#isGraphStale = true;
    if (this.#isLookingInside) return;
    this.#isLookingInside = true;
    try {
      while (this.#isGraphStale && this.state.opened?.inSteps) {
        this.#isGraphStale = false;
        const { opened, row, rows, shownStep, progress } = this.state;
        const began = performance.now();
        const request = await this.worker.inside(row, rows, shownStep);
        const graph = await this.#insideWorker().graph(request);
        if (opened !== this.state.opened) continue;
        this.#set({ graph: { ...graph, step: request.step } });
        await this.#check();
        const rest = progress?.status === 'running' ? (performance.now() - began) / shareOfGraphs : 0;
        if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      }
      this.#isLookingInside = false;
    } catch {
      // The run was changed meanwhile; its own look may have come before.
      this.#isLookingInside = false;
      if (this.#isGraphStale) void this.#lookInside();
    }
  }

  /** Computes the gradients of the selected node in three ways, unless training changes them meanwhile. */
  async #check(): Promise<void> {
    const { graph, selected, opened, row, rows, shownStep, progress } = this.state;
    const node = graph?.nodes.find(({ id }) => id === selected);
    if (!graph || !node?.autodiff || !checkedKinds.includes(node.kind) || progress?.status === 'running')
      return;
    try {
      const request = await this.worker.inside(row, rows, shownStep);
      const check = await this.#insideWorker().check(request, node.id);
      if (opened !== this.state.opened || selected !== this.state.selected) return;
      this.#set({ check: { ...check, node: node.id, step: request.step } });
    } catch (error) {
      if (opened === this.state.opened) this.tellWrong(error as Error);
    }
  }

  #insideWorker(): Remote<InsideWorker> {
    return (this.#inside ??= remote<InsideWorker>(startWorker('./inside-worker.js')));
  }

  #hash(): string {
    const { opened, tour } = this.state;
    return `#${textOf({ ...opened?.address, ...(tour && { tour }) })}`;
  }

  #set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.#onChange();
  }
}

/** `model=gate&gate=or&…`, with commas as they are: it is meant to be read. */
export const textOf = (address: Address): string =>
  new URLSearchParams(address).toString().replaceAll('%2C', ',').replaceAll('%3A', ':');

const addressIn = (hash: string): Address => Object.fromEntries(new URLSearchParams(hash.slice(1)));
