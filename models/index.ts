/** The zoo. A new model needs its own file and one line here. */
import type { ZooEntry } from '../src/zoo.ts';
import { mnist } from './mnist.ts';

export const models: Record<string, ZooEntry> = { mnist };
