/**
 * Data that needs no network: computed, drawn or from files of the user. The rows equal those of the command line.
 */
import type { DigitRows } from '../../../datasets/built-in/digits.ts';
import { logicGates } from '../../../datasets/logic-gates.ts';
import { points } from '../../../datasets/points.ts';
import type { Dataset, LoadedDataset } from '../../data/dataset.ts';
import type { withSamples } from '../../estimator/samples.ts';
import type { Baselines, namedBaselines } from '../../evaluation/ngrams.ts';
import type { OptionValue, ModelDefinition } from '../../model/definition.ts';
import type { Model } from '../../model/model.ts';
import type { ParameterSet } from '../../model/parameters.ts';
import { InputError } from '../../utils/errors.ts';
import { silent } from '../../utils/progress.ts';

/** A dataset of the page. Hashes of drawn data take a while and are computed when a run is saved. */
export interface PageData extends LoadedDataset {
  /** The bytes to hash for each of `files`, in the same order. */
  contents?: () => Iterable<Uint8Array>[];
  /** The number of drawn rows, and of all rows. */
  drawn?: () => { done: number; of: number };
  /** Draws some more rows; returns false if all are drawn. */
  drawMore?: () => boolean;
  /** Of tokens: what only models of sequences need, which are loaded with their data. */
  tokens?: {
    /** Texts of some training rows. */
    examples: string[];
    /** Some texts of a model, the same at every call. */
    samples: (model: Model, parameters: ParameterSet) => string[];
    baselines: () => Baselines;
    namedBaselines: typeof namedBaselines;
    withSamples: typeof withSamples;
  };
}

const standIn = (what: string): string =>
  `SYNTHETIC DATA: ${what}, because the page has no access to the real data.`;

const computed =
  (dataset: Dataset) =>
  (seed: number, options: Record<string, OptionValue>): Promise<PageData> =>
    dataset.load({ data: 'built-in', cacheDir: '', seed, options, progress: silent });

let digits: PageData | undefined;

/** Cached for further runs. */
async function drawnDigits(): Promise<PageData> {
  if (digits) return digits;
  const { DigitRows, mnistFormat } = await import('../../../datasets/built-in/digits.ts');
  const [train, test] = [new DigitRows('train'), new DigitRows('test')];
  const sets = [train, test];
  const bytes = ({ labels, length }: DigitRows) => labels.length + length;
  return (digits = {
    ...mnistFormat,
    source: 'built-in',
    standIn: standIn('handwritten-looking digits drawn by this program'),
    files: [
      { name: 'drawn training digits', bytes: bytes(train), sha256: '' },
      { name: 'drawn test digits', bytes: bytes(test), sha256: '' },
    ],
    contents: () => sets.map((set) => [set.subarray(0), set.labels]),
    drawn: () => ({ done: train.drawn, of: train.labels.length }),
    drawMore: () => train.drawMore() || test.drawMore(),
    train: train.examples,
    test: test.examples,
  });
}

async function syntheticTumors(): Promise<PageData> {
  const { prepare, syntheticTable, wdbcClasses } = await import('../../../datasets/breast-cancer-rows.ts');
  const { table, name, content } = syntheticTable();
  const text = new TextEncoder().encode(content);
  return {
    name: 'breast-cancer',
    source: 'built-in',
    standIn: standIn('random numbers of the same kind, made by this program, which belong to no patient'),
    files: [{ name, bytes: text.length, sha256: '' }],
    contents: () => [[text]],
    classNames: [...wdbcClasses],
    ...prepare(table),
  };
}

type Loader = (seed: number, options: Record<string, OptionValue>) => PageData | Promise<PageData>;

const loaders: Record<string, Loader> = {
  'logic-gates': computed(logicGates),
  points: computed(points),
  'breast-cancer': syntheticTumors,
  mnist: drawnDigits,
  sequences: async (seed, options) => (await import('./sequences.ts')).sequenceData(seed, options, standIn),
};

/** Whether the page offers a model: its data is available there. */
export const isAtHand = ({ dataset }: ModelDefinition): boolean => Object.hasOwn(loaders, dataset);

interface UserData {
  load: Loader;
  isText: boolean;
}

const own = new Map<string, UserData>();

/** Registers data of the user under a name; the seed determines the test rows. */
export function keepUserData(name: string, load: Loader, isText = false): void {
  own.set(name, { load, isText });
}

/** The settings of a run on which its data depends. */
interface DataSettings {
  definition: ModelDefinition;
  data?: string;
  recipe: { seed: number };
  options: Record<string, OptionValue>;
}

/** @throws InputError if the run uses files that were not dropped in this page */
export async function dataOf({ definition, data, recipe, options }: DataSettings): Promise<PageData> {
  if (data === undefined) return loadPart(definition.dataset, options, recipe.seed);
  const found = own.get(data);
  if (!found) throw new InputError(`This run uses your files ${data}. Drop them here again.`);
  if (found.isText !== (definition.dataset === 'sequences')) {
    const what = found.isText ? 'a text, for models of sequences' : 'no text, which models of sequences need';
    throw new InputError(`Your file ${data.split(':')[0]} is ${what}: ${definition.name} cannot learn it.`);
  }
  return found.load(recipe.seed, options);
}

/** The rows of one of the zoo's datasets. */
export const loadPart = async (
  dataset: string,
  options: Record<string, OptionValue>,
  seed: number,
): Promise<PageData> => loaders[dataset](seed, options);
