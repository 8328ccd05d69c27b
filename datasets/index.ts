/** Every dataset of the zoo, by name. */
import type { DataRequest, Dataset } from '../src/data/dataset.ts';
import { InputError } from '../src/utils/errors.ts';
import { breastCancer } from './breast-cancer.ts';
import { cats } from './cats.ts';
import { logicGates } from './logic-gates.ts';
import { mnist } from './mnist.ts';
import { userData } from './user/index.ts';
import { points } from './points.ts';
import { addition, copy, names, sequences, text } from './sequences.ts';

const all = [logicGates, points, cats, breastCancer, mnist, sequences, names, text, addition, copy];

export const datasets: Record<string, Dataset> = Object.fromEntries(
  all.map((dataset) => [dataset.name, dataset]),
);

/**
 * The data that a model is trained on: the user's own where the request names some, else the model's dataset.
 *
 * @throws InputError for a model that has none
 */
export function datasetFor(
  { name, dataset }: { name: string; dataset: string },
  { own }: Pick<DataRequest, 'own'>,
): Dataset {
  if (own && dataset !== sequences.name) return userData;
  if (Object.hasOwn(datasets, dataset)) return datasets[dataset];
  throw new InputError(
    `The zoo has no dataset "${dataset}" for the model ${name}: give its data (--data-file FILE --target COLUMN).`,
  );
}
