/** A graph as lines of code of a language with infix operators or without. */
import type { ParameterValues } from '../../core/initial-values.ts';
import type { SavedModel } from '../saved-model.ts';
import type { Graph, Step } from './graph.ts';

/** A piece of code; one with operators outside of brackets goes into brackets where it is an operand. */
export interface Expression {
  text: string;
  isLoose?: boolean;
}

export interface Language {
  /** One step, from its inputs. */
  expression: (step: Step, inputs: Expression[]) => Expression;
  assignment: (name: string, value: string) => string;
}

/** What a file is, in a line that ends no comment. */
export function titleOf({ file, model, features }: SavedModel): string {
  const name = file.model.replace(/[^\w ,.()-]/g, '?');
  const answers = model.task === 'regression' ? 'a number' : `${file.classNames.length} probabilities`;
  return `The model ${name}, trained and written by backprop-zoo: ${features} numbers in, ${answers} out.`;
}

/** Values that the model names get a line of their own, others stand where they are used. */
export function linesOf(graph: Graph, { expression, assignment }: Language): string[] {
  const uses = new Map<string, number>();
  for (const { inputs } of graph.steps)
    for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  const inline = new Map<string, Expression>();
  for (const [name, { shape, values }] of Object.entries(graph.constants))
    if (shape.length === 0) inline.set(name, { text: String(values[0]), isLoose: values[0] < 0 });
  const lines: string[] = [];
  for (const step of graph.steps) {
    const inputs = step.inputs.map((name) => inline.get(name) ?? { text: name });
    const made = expression(step, inputs);
    const isNamed = !/^value(_\d+)?$/.test(step.output);
    if (isNamed || (uses.get(step.output) ?? 0) > 1) lines.push(assignment(step.output, made.text));
    else inline.set(step.output, made);
  }
  return lines;
}

/** Those that are not written as plain numbers. */
export const arraysOf = (graph: Graph): [string, ParameterValues][] =>
  Object.entries(graph.constants).filter(([, { shape }]) => shape.length > 0);

export const fitsSinglePrecision = (values: Float64Array): boolean =>
  values.every((value) => Object.is(Math.fround(value), value));

const lineLength = 100;

/** The numbers' bytes, the lowest first, in base64, in lines that an editor can show. */
export function base64Lines(values: Float64Array): string[] {
  const isSingle = fitsSinglePrecision(values);
  const bytes = new Uint8Array(values.length * (isSingle ? 4 : 8));
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) =>
    isSingle ? view.setFloat32(4 * i, value, true) : view.setFloat64(8 * i, value, true),
  );
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary).match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [''];
}
