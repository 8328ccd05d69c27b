/** How a kernel is told in plain steps. */
import { InputError } from '../../core/errors.ts';
import type { GraphBuilder } from './graph.ts';

/** A kernel with the names of its inputs. */
export interface NamedCall {
  kernel: string;
  inputs: Record<string, string>;
  attributes: Record<string, unknown>;
  /** Shapes of its outputs. */
  shapes: number[][];
}

/** @returns the names of its outputs, as far as they can be had */
export type InSteps = (call: NamedCall, graph: GraphBuilder) => string | string[];

export const refuse = (why: string): never => {
  throw new InputError(
    `The model cannot be exported whole: ${why}; --format json, npz and safetensors hold its parameters.`,
  );
};
