/** A small run of the model `gate`, for examples of the files that a run leaves. */
import { models } from '../../models/index.ts';
import { silent } from '../../src/utils/progress.ts';
import type { RunRequest } from '../../src/runs/run.ts';
import { defaultRecipe, type OptimizerName } from '../../src/model/recipe.ts';

export const exampleRequest = (optimizer: OptimizerName): RunRequest => ({
  definition: models.gate,
  options: { gate: 'and' },
  asPrinted: false,
  recipe: { ...defaultRecipe, epochs: 10, optimizer },
  gradients: 'manual',
  backend: 'cpu',
  data: { data: 'auto', cacheDir: '', seed: 1, options: { gate: 'and' }, progress: silent },
  recordEvery: 1,
});
