/**
 * Which mutants are planted: drawn by a seed, so many in each part of the project.
 */
import type { RandomState } from '../../src/utils/random.ts';
import type { Planter } from './plant.ts';
import type { Mutant } from './types.ts';

export interface Part {
  name: string;
  /** Of the files that belong to it, unless an earlier part has them. */
  folders: string[];
  /** How many mutants are planted in it when 400 are. */
  mutants: number;
}

/** What a model's numbers come from has most. */
export const parts: Part[] = [
  { name: 'scoring', folders: ['src/evaluation/'], mutants: 40 },
  {
    name: 'core',
    folders: ['src/utils/', 'src/model/', 'src/data/', 'src/training/', 'src/estimator/'],
    mutants: 40,
  },
  { name: 'backend', folders: ['src/backend/'], mutants: 40 },
  { name: 'proof and doctor', folders: ['src/gradcheck/proof/'], mutants: 20 },
  { name: 'gradient check', folders: ['src/gradcheck/'], mutants: 40 },
  { name: 'models', folders: ['models/'], mutants: 40 },
  { name: 'datasets', folders: ['datasets/'], mutants: 40 },
  { name: 'runs', folders: ['src/runs/'], mutants: 40 },
  { name: 'saved', folders: ['src/weights/'], mutants: 20 },
  { name: 'node', folders: ['src/node/'], mutants: 20 },
  { name: 'pictures', folders: ['src/reports/'], mutants: 20 },
  { name: 'studies', folders: ['src/reproduce/'], mutants: 20 },
  { name: 'cli', folders: ['src/cli/'], mutants: 20 },
];

export const partOf = (file: string): Part =>
  parts.find(({ folders }) => folders.some((folder) => file.startsWith(folder))) ?? parts[1];

/** In a mutant these would delete what is not theirs, or end a program of somebody's. */
const dangerous = /\b(rm|rmSync|unlink|unlinkSync|rmdir|kill)\(/;

/**
 * Draws mutants that compile: first a kind of mistake, then one of that kind, so that what is frequent in the text is
 * not all there is.
 */
export function* sample(planter: Planter, { name }: Part, random: RandomState): Generator<Mutant> {
  const byKind = new Map<string, Mutant[]>();
  for (const file of planter.files().filter((file) => partOf(file).name === name)) {
    const lines = planter.text(file).split('\n');
    for (const mutant of planter.mutantsOf(file)) {
      if (dangerous.test(lines[mutant.line - 1])) continue;
      if (!byKind.has(mutant.kind)) byKind.set(mutant.kind, []);
      byKind.get(mutant.kind)!.push(mutant);
    }
  }
  while (byKind.size > 0) {
    const kinds = [...byKind.keys()];
    const kind = kinds[random.randint(0, kinds.length, 1)[0]];
    const left = byKind.get(kind)!;
    const [mutant] = left.splice(random.randint(0, left.length, 1)[0], 1);
    if (left.length === 0) byKind.delete(kind);
    if (planter.compiles(mutant)) yield mutant;
  }
}
