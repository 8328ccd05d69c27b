/**
 * Records the tensors of the traced copies of the model files, with the line that made each.
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

/** Formulas at the head of each model file. */
export const heads = new Map<string, string[]>();

export function headed(model: string, formulas: string[]): void {
  heads.set(model, formulas);
}

let seen: Seen[] = [];
let said = new Map<string, About>();

/** Runs `work` and returns its tensors, and the lines by the names of their values. */
export function listen<T>(work: () => T): { result: T; seen: Seen[]; said: Map<string, About> } {
  seen = [];
  said = new Map();
  const result = work();
  return { result, seen, said };
}

/** Called after a line that made a value, which may be a tensor. */
export function traced({ phase, name, code, formula }: About, value: unknown): void {
  if (!(value instanceof tf.Tensor)) return;
  const tensor = value as Tensor;
  const where = phase === 'forward' ? 'forward' : 'backward';
  const values = Float64Array.from(valuesOf(tensor));
  seen.push({ phase: where, name, shape: tensor.shape, values, code, formula });
}

/** Called before a line that makes the returned value of this name. */
export function described(about: About): void {
  said.set(about.name, about);
}
