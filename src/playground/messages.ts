/**
 * The messages between the page and its workers: plain data only.
 */
import type { Creation, OptionValue } from '../model/definition.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { EpochRecord } from '../training/types.ts';

/** One setting of a run as a form shows it, from the declaration of the model or of recipes. */
export interface Field {
  name: string;
  describe: string;
  kind: 'number' | 'numbers' | 'choice' | 'switch';
  /** As in an address. */
  default: string;
  choices?: readonly string[];
  minimum?: number;
  maximum?: number;
  integer?: boolean;
  /** Whether `full` is possible beside numbers. */
  orFull?: boolean;
}

export interface ModelCard {
  name: string;
  title: string;
  document: string;
  /** The name of its data: runs on files of the user fit models of the same. */
  dataset: string;
  /** Empty for a model of sequences until a run of it is opened: ask for the catalogue again then. */
  fields: Field[];
  presets: string[];
}

/** Everything that determines a run, by name and as text: what stands in an address. */
export type Address = Record<string, string>;

/** The invalid settings of an address by name: their texts, and what is wrong with them. */
export type Invalid = Record<string, { text: string; message: string }>;

export interface Catalogue {
  models: ModelCard[];
  /** Settings that every model has. */
  fields: Field[];
}

/** A run that is ready to be trained. */
export interface Opened {
  address: Address;
  model: string;
  /** The backend in use, and a sentence where it is not the one that was asked for. */
  backend: string;
  notes: Note[];
  parameters: { name: string; shape: number[] }[];
  data: DataCard;
  /** Whether it can be paused and looked into while it trains. */
  inSteps: boolean;
  /** Of the whole run; a fraction where it counts steps. */
  epochs: number;
  /** Of the whole run, where its recipe counts steps in place of epochs. */
  steps?: number;
  /** Steps per second with which the run takes some seconds, to be given to `speed`; left out where it takes longer at full speed. */
  speed?: number;
  /** A training row that shows something: the first whose inputs are not all zeros and, of two classes, whose class is 1. */
  firstRow: number;
}

/** The key of a text of the page, or a message of the zoo. */
export type Note = { key: string; values?: Record<string, string | number> } | { text: string };

export interface DataCard {
  name: string;
  rows: { train: number; validation: number; test: number };
  features: number;
  classNames: string[];
  kind: 'plane' | 'image' | 'table' | 'tokens';
  /** `generated` data is the real data of its model; `synthetic` data stands in for real data. */
  origin: 'synthetic' | 'generated' | 'user';
  /** Some training rows: their inputs as the network sees them, and their classes. */
  sample: { inputs: Float32Array; labels: Uint8Array | Float64Array };
  /** Of tokens: their symbols in order without the boundary, how many of them a row has, and some training texts. `sample` is empty then. */
  tokens?: { alphabet: string[]; context: number; texts: string[] };
}

export type Status = 'ready' | 'running' | 'paused' | 'scoring' | 'complete' | 'diverged' | 'failed';

/** A line of a chart; x in epochs. */
export interface Line {
  x: number[];
  y: number[];
}

export interface Progress {
  status: Status;
  step: number;
  stepsPerEpoch: number;
  /** Complete epochs. */
  epoch: number;
  loss?: number;
  stepsPerSecond: number;
  /** Loss of the steps, thinned out. */
  steps: Line;
  /**
   * Of the initial weights, on the first rows of training (so many) and of validation: epoch 0 of both curves. Missing before Start, and
   * for a composed model.
   */
  initial?: Pick<EpochRecord, 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy'> & {
    rows: number;
  };
  /**
   * `loss` and `accuracy` of a record are means over the training rows of the epoch, each measured before the step that used it;
   * `validationLoss` and `validationAccuracy` are those of the validation rows after the epoch.
   */
  records: EpochRecord[];
  /** Steps whose weights `view` and `inside` can go back to, in their order: the first, some between, the latest pause. */
  recorded: number[];
  /** Test losses to compare a model of tokens with, by what people call them; they come a moment after the run was opened. */
  baselines?: Record<string, number>;
  /** Rows that are drawn, where not all are yet. */
  drawing?: { done: number; of: number };
  /** Once it is complete. */
  result?: Result;
  /** Of a failure. */
  message?: string;
}

export interface Result {
  /** SHA-256 of weights.json. */
  hash: string;
  seconds: number;
  /** Complete epochs of the weights, a fraction where the run counts steps; of early stopping, the best one. */
  epoch: number;
  scores: Score[];
}

/** Of the weights of the end, on all rows of a part. */
export interface Score {
  split: 'train' | 'validation' | 'test';
  rows: number;
  loss: number;
  accuracy?: number;
  /** Of a regression: 1 at best, 0 for always predicting the mean; NaN for one row. */
  r2?: number;
  /** Of a regression, in the unit of the target. */
  rmse?: number;
}

/** A view of a network between two steps. */
export interface View {
  step: number;
  /** Of networks of two inputs: for each place of a grid, row by row from the lowest x₂ up, its class and how sure that is. */
  surface?: {
    side: number;
    from: [number, number];
    to: [number, number];
    classes: Uint8Array;
    sure: Float32Array;
  };
  /** Weights as pictures, `[count, height, width]`. */
  tiles?: { count: number; height: number; width: number; values: Float32Array };
  /** Small networks whole, with what one input makes of them. */
  network?: Network;
  /**
   * Of tokens: some texts that the model makes, the same for the same weights. While it trains they are made now and then, and are
   * those of the step `sampledAt`.
   */
  samples?: string[];
  sampledAt?: number;
  /** Of a regression: the first test rows, at most 300; name and unit are those of the target, `DataCard.classNames[0]`. */
  predicted?: { true: Float64Array; predicted: Float64Array };
}

export interface Network {
  /** Units of each layer, the inputs first. */
  layers: number[];
  /** `[from, to]` of each pair of layers. */
  weights: number[][];
  biases: number[][];
  /** Of each unit, for the input that was asked about. */
  activations?: number[][];
  /** Of two inputs: what each unit answers on a grid, row by row from the lowest x₂ up. */
  surfaces?: Float32Array[][];
}

export interface Prediction {
  label: string;
  /** Of the classes; of a regression none. */
  probabilities: number[];
}

/** What the files of the user are. */
export type Dropped =
  | {
      kind: 'weights';
      name: string;
      model: string;
      inputs: number;
      classNames: string[];
      isImage: boolean;
      /** Of a model of a table: what `predictSaved` takes by name. */
      columns?: InputColumn[];
    }
  | { kind: 'table'; name: string; rows: number; columns: TableColumnCard[] }
  | { kind: 'text'; name: string; characters: number; data: string }
  /** `data` is the name by which an address knows them. */
  | { kind: 'digits'; name: string; rows: number; data: string };

/** A column that a trained model takes. */
export interface InputColumn {
  name: string;
  /** A value from training: the mean, or a category. */
  example: string;
  /** Of a categorical column: all values that it takes. */
  categories?: string[];
  /** Whether its cell may be missing. */
  isOptional: boolean;
}

/** The cells of a row in the order of the inputs, or by the names of the columns. */
export type SavedInputs = (number | string)[] | Record<string, number | string>;

/** A column of a dropped table. */
export interface TableColumnCard {
  name: string;
  /** `categorical` as soon as a cell is a text. */
  kind: 'numeric' | 'categorical';
  missing: number;
  /** Whether it is left out unless it is chosen as categorical: it numbers the rows. */
  isIndex: boolean;
}

/** How a table is to be learned, as by the options of the command line. */
export interface TableChoice {
  target: string;
  /** What becomes of missing cells; `refuse` if left out. */
  missing?: 'refuse' | 'mean' | 'drop';
  /** Columns of numbers that are categories. */
  categories?: string[];
  dropColumns?: string[];
  /** Decided from the target if left out. */
  task?: 'classification' | 'regression';
}

/** The computation of one step on some rows, in double precision: see `inside/graph.ts`. */
export interface Graph {
  /** Formulas at the head of the model's file, as MathML. */
  formulas: string[];
  /** In order of computation: x, y and parameters, activations, ŷ, loss. */
  nodes: GraphNode[];
  /** The lines of the hand-written gradients, in order of computation. */
  backward: BackwardLine[];
  loss: number;
}

export interface GraphNode {
  /** Unique in the graph, and the same for every step and every row. */
  id: string;
  /** As in the model's file. */
  name: string;
  /** Other names of the same numbers there, perhaps in another shape. */
  aliases: string[];
  kind: 'input' | 'target' | 'parameter' | 'activation' | 'prediction' | 'loss';
  shape: number[];
  values: Float64Array;
  /** Ids of the nodes from which it is computed directly, through results that are no nodes. */
  inputs: string[];
  /** The expression in the model's file. */
  code?: string;
  /** Its comment, as MathML or text. */
  formula?: string;
  /** ∂L/∂node by autodiff; missing for what the loss does not depend on, for integers and for y. */
  autodiff?: Float64Array;
  /** Index in `backward` of the line that computes its gradient by hand, if there is one. */
  manual?: number;
}

export interface BackwardLine {
  /** As in the model's file. */
  name: string;
  code?: string;
  formula?: string;
  shape: number[];
  values: Float64Array;
  /** Id of the node whose gradient it is. */
  of?: string;
  /** From which it is computed directly: ids of nodes, and indexes of lines before it. */
  inputs: string[];
  lines: number[];
}

/** The gradient of one node in three ways, for some of its entries. */
export interface NodeCheck {
  /** Row-major; all, or a sample of a large one. */
  entries: Uint32Array;
  /** Of these entries, like the next two; missing where no line computes it by hand. */
  manual?: Float64Array;
  autodiff: Float64Array;
  /** Central differences of the loss. */
  numeric: Float64Array;
  agrees: boolean;
  /** What the difference looks like, where there is one. */
  diagnosis?: string;
}

/** A model, its weights and some rows, of which one step is looked into. */
export interface InsideRequest {
  /** The step of training after which the weights were taken. */
  step: number;
  model: string;
  options: Record<string, OptionValue>;
  creation: Creation;
  parameters: ParameterSet;
  /**
   * `[rows, features]` and `[rows, outputs]`, row-major. With `tokens` both are `[rows, T]`: numbers of symbols, to be made int32; y is
   * −1 where nothing is to be predicted.
   */
  x: Float64Array;
  y: Float64Array;
  rows: number;
  /** All symbols, with the boundary. */
  tokens?: { alphabet: string[] };
}
