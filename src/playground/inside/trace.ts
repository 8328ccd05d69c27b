/**
 * Follows a computation: the traced copies of the model files report their values here, with the line that made each, and
 * the float64 backend reports which data was computed from which.
 */
import type { Float64Backend } from '../../backend/float64/backend.ts';
import { tf, type Tensor } from '../../utils/tf.ts';

type DataId = Tensor['dataId'];

/** A line of a model's file. */
export interface Line {
  name: string;
  code: string;
  /** Its comment, as MathML or text. */
  formula?: string;
  /** `a`, where the comment begins with ∂L/∂a. */
  symbol?: string;
}

/** A value that a line made, or, without a name, a part of an expression. */
export interface Traced extends Omit<Line, 'name'> {
  name?: string;
  tensor: Tensor;
}

export interface HeadFormula {
  /** As MathML. */
  formula: string;
  /** The left side. */
  symbols: string[];
}

/** Formulas at the head of each model file. */
export const heads = new Map<string, HeadFormula[]>();

export function headed(model: string, formulas: HeadFormula[]): void {
  heads.set(model, formulas);
}

let values: Traced[] = [];
let lines = new Map<string, Line>();

export interface Listened<T> {
  result: T;
  /** What its lines made. */
  traced: Traced[];
  /** Lines by the names of the values that are returned. */
  lines: Map<string, Line>;
}

export function listen<T>(work: () => T): Listened<T> {
  values = [];
  lines = new Map();
  const result = work();
  return { result, traced: values, lines };
}

/** Called after a line that made a value: a tensor, several, or anything else. */
export function traced(line: Line, value: unknown): void {
  if (value instanceof tf.Tensor) {
    values.push({ ...line, tensor: value as Tensor });
  } else if (Array.isArray(value)) {
    value.forEach((one, i) => {
      if (one instanceof tf.Tensor) traced({ ...line, name: `${line.name}[${i}]` }, one);
    });
  } else if (value && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, one] of Object.entries(value)) {
      if (one instanceof tf.Tensor) traced({ ...line, name: `${line.name}.${key}` }, one);
    }
  }
}

/** Called with the value of a part of an expression, which it returns. */
export function part<T>(code: string, value: T): T {
  if (value instanceof tf.Tensor) values.push({ code, tensor: value as Tensor });
  return value;
}

/** Called before a line that makes the returned value of this name. */
export function described(line: Line): void {
  lines.set(line.name, line);
}

type OnNewData = NonNullable<Float64Backend['onNewData']>;

/** Runs `work` while the float64 backend, which must be active, reports its data. */
export function whileObserved<T>(onNewData: OnNewData, work: () => T): T {
  const backend = tf.backend() as Float64Backend;
  backend.onNewData = onNewData;
  try {
    return work();
  } finally {
    backend.onNewData = undefined;
  }
}

/** Which data was computed from which, in order. */
export class Origins {
  readonly #from = new Map<DataId, DataId[]>();
  /** The number of each data, in order of computation. */
  readonly order = new Map<DataId, number>();

  readonly add: OnNewData = ({ dataId }, inputs) => {
    this.order.set(dataId, this.order.size);
    this.#from.set(
      dataId,
      Object.values(inputs).flatMap((input) => (input ? [input.dataId] : [])),
    );
  };

  /** The nearest of `known` from which the data was computed, in order of computation. */
  of<T>(dataId: DataId, known: Map<DataId, T>): T[] {
    const found = new Set<DataId>();
    const visited = new Set<DataId>();
    const visit = (id: DataId): void => {
      for (const input of this.#from.get(id) ?? []) {
        if (visited.has(input)) continue;
        visited.add(input);
        if (known.has(input)) found.add(input);
        else visit(input);
      }
    };
    visit(dataId);
    return Array.from(known.keys()).flatMap((id) => (found.has(id) ? [known.get(id)!] : []));
  }
}
