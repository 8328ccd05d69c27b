/**
 * The worker that trains: it receives commands from the page and reports its progress.
 */
import { onBackend, useBackend } from '../backend/index.ts';
import { setWasmPaths } from '../backend/wasm/index.ts';
import type { Examples } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { predict } from '../evaluation/predict.ts';
import { isRegression } from '../evaluation/regression.ts';
import { yieldToEventLoop } from '../utils/event-loop.ts';
import { multiplyAddsPerStep } from '../training/cost.ts';
import type {
  Address,
  DataCard,
  Dropped,
  InsideRequest,
  Invalid,
  Note,
  Opened,
  Prediction,
  SavedInputs,
  TableChoice,
  View,
} from './messages.ts';
import { serve, tell } from './remote.ts';
import {
  addressOf,
  catalogue,
  checkAddress,
  loadModel,
  settingsOf,
  type RunSettings,
} from './worker/catalogue.ts';
import { dataOf, type PageData } from './worker/data.ts';
import { forget, keep, kept } from './worker/saved-state.ts';
import { Session, type Finished, type Until } from './worker/session.ts';
import { predictedOf, networkOf, surfaceOf, tilesOf, unitSurfacesOf } from './worker/views.ts';

const paths = setWasmPaths(new URL('./', location.href).href);

let session: Session;

const record = () => import('./worker/record.ts');
const userFiles = () => import('./worker/user-files.ts');

const hooks = {
  onProgress: (which: Session) => {
    if (which === session) tell(which.progress());
  },
  onState: (state: Parameters<typeof keep>[1]) => keep(addressOf(session.run), state),
  async onFinished(which: Session, finished: Finished) {
    const { hashOf, weightsOf } = await record();
    const { metrics, result } = finished;
    const { train, validation } = rowCounts(which);
    const rows = { train, validation, test: which.data.test.rows };
    const scores = (['train', 'validation', 'test'] as const).flatMap((split) => {
      const score = metrics[split];
      if (!score) return [];
      const { loss, accuracy } = score;
      const ofNumbers = isRegression(score) && { r2: score.r2, rmse: score.rmse };
      return [{ split, rows: rows[split], loss, accuracy, ...ofNumbers }];
    });
    const epoch = result.restoredEpoch ?? result.history.at(-1)?.epoch ?? result.epochs;
    return { hash: hashOf(weightsOf(which, finished)), seconds: result.seconds, epoch, scores };
  },
};

/** The requested backend, or plain JavaScript with a note. */
async function started(run: RunSettings): Promise<{ run: RunSettings; notes: Note[] }> {
  await paths;
  try {
    await useBackend(run.backend);
    return { run, notes: [] };
  } catch (error) {
    if (run.backend === 'cpu') throw error;
    await useBackend('cpu');
    return { run: { ...run, backend: 'cpu' }, notes: [{ key: 'noWasm' }] };
  }
}

/** What can wait until the run is shown: baselines; and rows for training are drawn until the user presses Start. */
async function prepare(which: Session): Promise<void> {
  if (which.data.tokens && which.data.train.labels.length <= maxCountedAtOnce) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (which !== session) return;
    which.baselines();
    tell(which.progress());
  }
  while (which === session && which.status === 'ready' && which.data.drawMore?.()) await yieldToEventLoop();
}

const rowCounts = ({ split: { trainRows, validation } }: Session) => {
  return { train: trainRows.length, validation: validation?.rows.length ?? 0 };
};

/** Counting the tokens of longer texts takes more than a second, and waits for the end of the training. */
const maxCountedAtOnce = 1e6;

function cardOf(which: Session): DataCard {
  const { data, run } = which;
  const { name, train, test, classNames, preprocessing, standIn, tokens } = data;
  const { features } = train;
  const kind = tokens
    ? 'tokens'
    : preprocessing.kind === 'image'
      ? 'image'
      : features === 2
        ? 'plane'
        : 'table';
  const sampled = tokens ? 0 : Math.min(train.rows, kind === 'plane' ? 400 : 60);
  const inputs = Float32Array.from(train.inputs.subarray(0, kind === 'image' ? 0 : sampled * features));
  return {
    name,
    rows: { ...rowCounts(which), test: test.rows },
    features,
    classNames,
    kind,
    origin: run.data !== undefined ? 'user' : standIn === undefined ? 'generated' : 'synthetic',
    sample: { inputs, labels: train.labels.slice(0, sampled) as Uint8Array | Float64Array },
    ...(tokens && {
      tokens: {
        alphabet: alphabetOf({ classNames, preprocessing }),
        context: features,
        texts: tokens.examples,
      },
    }),
  };
}

/** A run takes about so many seconds, unless it is slower at full speed. */
const wantedSeconds = 6;

/** How long a run is, and how fast it is to be shown. */
function lengthOf({ run, data, model, split }: Session): Pick<Opened, 'epochs' | 'steps' | 'speed'> {
  const { epochs, steps, batchSize } = run.recipe;
  const rows = split.trainRows.length;
  const perEpoch = batchSize === 'full' ? 1 : Math.ceil(rows / batchSize);
  const all = steps || epochs * perEpoch;
  const size = { rows, features: data.train.features, classes: data.classNames.length };
  // As measured on wasm: a step's own time, and that of its products.
  const seconds = all * (1e-4 + 6e-4 * multiplyAddsPerStep(model, size, run.recipe));
  const isShort = seconds < wantedSeconds / 2 && !run.definition.composition;
  return {
    ...(steps > 0 ? { epochs: steps / perEpoch, steps } : { epochs }),
    ...(isShort && { speed: Math.max(1, Number((all / wantedSeconds).toPrecision(1))) }),
  };
}

/** How many rows are looked through, for some are drawn when they are read. */
const maxLookedThrough = 200;

function firstRowOf({ data: { train, classNames, tokens } }: Session): number {
  if (tokens) return 0;
  const { features, inputs, labels } = train;
  const rows = Array.from({ length: Math.min(train.rows, maxLookedThrough) }, (_, row) => row);
  const hasInputs = (row: number) =>
    inputs.subarray(row * features, (row + 1) * features).some((value) => value !== 0);
  const some = rows.filter(hasInputs);
  return (classNames.length === 2 ? some.find((row) => labels[row] === 1) : undefined) ?? some[0] ?? 0;
}

/** x and y of some training rows. */
function rowsOf({ train, classNames }: PageData, isOneHot: boolean, first: number, rows: number) {
  const { features, divisor, inputs, labels, target = { mean: 0, scale: 1 } } = train;
  const x = Float64Array.from(
    inputs.subarray(first * features, (first + rows) * features),
    (v) => v / divisor,
  );
  const outputs = isOneHot ? classNames.length : 1;
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const label = labels[first + row];
    if (isOneHot) y[row * outputs + label] = 1;
    else y[row] = (label - target.mean) / target.scale;
  }
  return { x, y };
}

/** Tokens of a row that are looked into, or as many as there are before its first target. */
const shownTokens = 8;

/** x and y of the beginnings of some training rows. */
function tokensOf({ features, stride = features, inputs, labels }: Examples, first: number, rows: number) {
  const starts = Array.from({ length: rows }, (_, i) => (first + i) * stride);
  const targets = starts.map((start) => labels.subarray(start, start + features));
  const length = Math.max(
    ...targets.map((row) => {
      const isTarget = (label: number) => label >= 0;
      return Math.max(row.findIndex(isTarget) + 1, Math.min(shownTokens, row.findLastIndex(isTarget) + 1));
    }),
  );
  const taken = (from: ArrayLike<number>) =>
    Float64Array.from(starts.flatMap((start) => Array.from({ length }, (_, t) => from[start + t])));
  return { x: taken(inputs as Int16Array), y: taken(labels) };
}

/** Symbols without the boundary. */
const alphabetOf = ({
  classNames,
  preprocessing,
}: Pick<PageData, 'classNames' | 'preprocessing'>): string[] =>
  classNames.slice(0, preprocessing.kind === 'tokens' ? preprocessing.boundary : undefined);

async function openedBy(which: Session, address: Address, notes: Note[]): Promise<Opened> {
  const { run } = which;
  const parameters = Object.entries((await which.weights()).parameters);
  return {
    address,
    model: run.definition.name,
    backend: run.backend,
    notes,
    parameters: parameters.map(([name, { shape }]) => ({ name, shape })),
    data: cardOf(which),
    inSteps: !run.definition.composition,
    ...lengthOf(which),
    firstRow: firstRowOf(which),
  };
}

const methods = {
  catalogue,

  async check(address: Address): Promise<{ address: Address; invalid: Invalid }> {
    await loadModel(address);
    return checkAddress(address);
  },

  /** Makes a run ready, as far as it was when the page was last closed. @param afresh from its beginning */
  async open(address: Address, afresh = false): Promise<Opened> {
    await loadModel(address);
    const asked = settingsOf(address);
    await session?.cancel();
    const { run, notes } = await started(asked);
    const data = await dataOf(run);
    const itsAddress = addressOf(run);
    if (afresh) await forget();
    const state = run.definition.composition ? undefined : await kept(itsAddress);
    session = new Session(run, data, hooks, state);
    tell(session.progress());
    void prepare(session);
    const why = run.definition.cannotLearn?.(run.options);
    if (why) notes.push({ text: why });
    if (state) notes.push({ key: 'restored', values: { step: state.step } });
    return openedBy(session, itsAddress, notes);
  },

  /**
   * Lets a complete run go on to more epochs, as the run of the returned address would have come there: call `go` next.
   *
   * @throws InputError where that would be another run: why, in one sentence
   */
  async extend(epochs: number): Promise<Opened> {
    session = session.extended(epochs);
    tell(session.progress());
    return openedBy(session, addressOf(session.run), []);
  },

  go: (until: Until) => session.go(until),
  pause: () => session.pause(),
  speed: (maxStepsPerSecond: number) => session.limitSpeed(maxStepsPerSecond),

  /**
   * @param input of the row that goes through the network
   * @param asked for one of the recorded steps, or what is recorded before it; the present one if left out
   */
  async view(input?: Float64Array, asked?: number): Promise<View> {
    const which = session;
    const { model, data } = which;
    const weights = await which.weights(asked);
    const { step, parameters: set } = weights;
    return onBackend('any', {}, () => {
      if (data.tokens) return { step, ...which.texts(weights, asked === undefined) };
      const network = networkOf(model, set, data.train.features, input);
      return {
        step,
        surface: surfaceOf(model, set, data),
        tiles: tilesOf(set, data),
        predicted: predictedOf(model, set, data),
        ...(network && { network: { ...network, surfaces: unitSurfacesOf(model, set, data, network) } }),
      };
    });
  },

  /** What the network answers to one row of raw numbers, as the data's preparation takes them. */
  async predict(values: Float64Array): Promise<Prediction> {
    const { model, data } = session;
    const { parameters: set } = await session.weights();
    const { classNames, train } = data;
    const [answer] = await onBackend('any', {}, () =>
      predict(model, set, values, train.features, { classNames, target: train.target }),
    );
    return answer;
  },

  /** The 784 bytes that the network sees of a picture. */
  async digit(picture: {
    data: Uint8ClampedArray;
    width: number;
    height: number;
  }): Promise<Uint8Array | undefined> {
    return (await import('../data/digit-picture.ts')).digitFromPicture(picture);
  },

  /** What is needed to look into one step on some rows. @param asked as for `view` */
  async inside(first: number, count: number, asked?: number): Promise<InsideRequest> {
    const { data, model, run } = session;
    const { rows: all } = data.train;
    if (first < 0 || first >= all) throw new InputError(`Unknown row. The training rows are 1 to ${all}.`);
    const rows = Math.min(count, all - first);
    const { definition, options, asPrinted } = run;
    const creation = { asPrinted, classes: data.classNames.length };
    const { step, parameters } = await session.weights(asked);
    const common = { step, model: definition.name, options, creation, parameters, rows };
    if (data.tokens)
      return { ...common, ...tokensOf(data.train, first, rows), tokens: { alphabet: data.classNames } };
    return { ...common, ...rowsOf(data, model.task === 'multiclass', first, rows) };
  },

  drop: async (files: File[]): Promise<Dropped> => (await userFiles()).readFiles(files),
  /** Registers the dropped table. @returns the name of the data in an address @throws InputError naming file and column */
  useTable: async (choice: TableChoice): Promise<string> => (await userFiles()).useTable(choice),
  predictSaved: async (values: SavedInputs): Promise<Prediction> => (await userFiles()).predictSaved(values),

  /** The files that a finished run leaves. */
  async files(): Promise<{ weights: string; run: string }> {
    if (!session.finished) throw new InputError('The run is not complete yet.');
    return (await record()).filesOf(session, session.finished);
  },
};

export type TrainingWorker = typeof methods;

serve(methods);
