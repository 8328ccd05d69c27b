/**
 * The state of the page, and its calls of the workers. The components are redrawn when it changes.
 */
import type { InsideWorker } from '../inside-worker.ts';
import type { Address, Catalogue, Inside, Invalid, Opened, Progress, View } from '../messages.ts';
import { remote, type Remote } from '../remote.ts';
import type { TrainingWorker } from '../worker.ts';
import type { Until } from '../worker/session.ts';

export interface State {
  catalogue?: Catalogue;
  opened?: Opened;
  progress?: Progress;
  view?: View;
  inside?: Inside & { step: number; first: number };
  /** Settings that are invalid as they stand in the form or in the link; the run has others. */
  invalid: Invalid;
  /** Why the last action of the user is invalid. */
  wrong?: string;
  /** Why the page could not start. */
  failed?: string;
}

const startWorker = (name: string): Worker => new Worker(new URL(name, import.meta.url), { type: 'module' });

/** Interval of views of the weights during training. */
const millisecondsBetweenViews = 150;

export class Playground {
  state: State = { invalid: {} };
  readonly worker: Remote<TrainingWorker>;
  #inside?: Remote<InsideWorker>;
  readonly #onChange: () => void;
  /** Of the input under the pointer. */
  #input?: Float64Array;
  #isLooking = false;
  #isStale = true;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const worker = startWorker('./worker.js');
    worker.addEventListener('error', ({ message }) => this.#set({ failed: message || 'worker' }));
    this.worker = remote<TrainingWorker, Progress>(worker, (progress) => {
      if (progress.step !== this.state.view?.step) this.#isStale = true;
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
  async open(asked: Address, afresh = false): Promise<void> {
    try {
      const { address, invalid } = await this.worker.check(asked);
      const opened = await this.worker.open(address, afresh);
      const catalogue = await this.worker.catalogue();
      this.#set({ catalogue, opened, invalid, wrong: undefined, view: undefined, inside: undefined });
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
    if (!this.isInvalid) await this.worker.go(until);
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

  async lookInside(first: number, count: number): Promise<void> {
    try {
      const request = await this.worker.inside(first, count);
      this.#inside ??= remote<InsideWorker>(startWorker('./inside-worker.js'));
      const inside = await this.#inside.look(request);
      this.#set({ inside: { ...inside, step: request.step, first }, wrong: undefined });
    } catch (error) {
      this.tellWrong(error as Error);
    }
  }

  /** A view of the weights, one at a time. */
  async #look(): Promise<void> {
    if (this.#isLooking || !this.#isStale) return;
    this.#isLooking = true;
    this.#isStale = false;
    try {
      const view = await this.worker.view(this.#input);
      this.#set({ view });
    } catch {
      // The run was changed meanwhile; the next look is at the new one.
    }
    await new Promise((resolve) => setTimeout(resolve, millisecondsBetweenViews));
    this.#isLooking = false;
    void this.#look();
  }

  #hash(): string {
    return `#${textOf(this.state.opened?.address ?? {})}`;
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
