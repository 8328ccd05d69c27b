/**
 * Listens to the traced copies of the model files: which tensor came of which line.
 */
import { valuesOf } from '../../utils/tensors.ts';
import { tf, type Tensor } from '../../utils/tf.ts';
import type { Seen } from '../messages.ts';

interface About {
  phase: 'forward' | 'gradients';
  name: string;
  code: string;
  formula: string;
}

/** Formulas at the head of each model's file. */
export const heads = new Map<string, string[]>();

export function headed(model: string, formulas: string[]): void {
  heads.set(model, formulas);
}

let seen: Seen[] = [];
let said = new Map<string, About>();

/** What is seen, and what is said of things by their names, while `work` is done. */
export function listen<T>(work: () => T): { result: T; seen: Seen[]; said: Map<string, About> } {
  seen = [];
  said = new Map();
  const result = work();
  return { result, seen, said };
}

/** A line of the file has made a value, which may be a tensor. */
export function traced({ phase, name, code, formula }: About, value: unknown): void {
  if (!(value instanceof tf.Tensor)) return;
  const tensor = value as Tensor;
  const where = phase === 'forward' ? 'forward' : 'backward';
  const values = Float64Array.from(valuesOf(tensor));
  seen.push({ phase: where, name, shape: tensor.shape, values, code, formula });
}

/** A line of the file will make what is returned by this name. */
export function described(about: About): void {
  said.set(about.name, about);
}
