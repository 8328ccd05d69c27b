/** The zoo. A new model needs its own file and one line in `rows.ts` or `sequences.ts`. */
import type { ModelDefinition } from '../src/model/index.ts';
import { rowModels } from './rows.ts';
import { sequenceModels } from './sequences.ts';

export const models: Record<string, ModelDefinition> = { ...rowModels, ...sequenceModels };
