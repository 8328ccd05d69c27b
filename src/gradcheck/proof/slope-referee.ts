/**
 * The first referee. It lets the parameters move in a direction v and reads off how the loss moves: its slope, which every
 * operation of the field carries along by its own rule, and nothing of TensorFlow.js's gradients is asked. A gradient g is
 * right where Σ gᵢ·vᵢ is that slope; where some gᵢ is wrong, a random v shows it but for one chance in p.
 */
import type { FieldBackend } from '../../backend/field/index.ts';
import { add, multiply } from '../../backend/field/residues.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { tf } from '../../utils/tf.ts';
import { lossAsTensor } from '../../model/total-loss.ts';
import { positionOf } from '../collect.ts';
import { checkDoubt, type ManualGradients } from './manual.ts';
import type { ProofPoint } from './point.ts';
import { Retry } from './retry.ts';
import type { Difference } from './types.ts';

type Found = Omit<Difference, 'point'>;

/** Entries `from … to − 1` of a parameter. */
interface Range {
  name: string;
  from: number;
  to: number;
}

export class SlopeReferee {
  readonly #backend: FieldBackend;
  readonly #model: Model;
  readonly #point: ProofPoint;
  readonly #manual: ManualGradients;
  readonly #random: () => number;

  constructor(
    backend: FieldBackend,
    model: Model,
    point: ProofPoint,
    manual: ManualGradients,
    random: () => number,
  ) {
    this.#backend = backend;
    this.#model = model;
    this.#point = point;
    this.#manual = manual;
    this.#random = random;
  }

  /** The first differing entry of each of these parameters that differs. @throws Retry where the slope is not known */
  differences(names: string[]): Record<string, Found> {
    const ranges = names.map((name) => ({ name, from: 0, to: this.#manual.elements[name].length }));
    const found: Record<string, Found> = {};
    if (!this.#differs(ranges)) return found;
    for (const range of ranges) {
      if (this.#differs([range])) found[range.name] = this.#first(range);
    }
    return found;
  }

  #differs(ranges: Range[]): boolean {
    const { prime } = this.#backend.field;
    const weights = ranges.map(({ from, to }) =>
      Float64Array.from({ length: to - from }, () => Math.floor(this.#random() * prime)),
    );
    const { manual, exact } = this.#along(ranges, weights);
    return manual !== exact;
  }

  /** Halves a range in which something differs until one entry is left. */
  #first({ name, from, to }: Range): Found {
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      if (this.#differs([{ name, from, to: middle }])) to = middle;
      else from = middle;
    }
    const values = this.#along([{ name, from, to }], [Float64Array.of(1)]);
    const position = positionOf(from, this.#point.parameters[name].shape);
    return { index: from, position, ...values, prime: this.#backend.field.prime };
  }

  /** Σ g·v by hand, and the slope of the loss where the parameters move along v. */
  #along(ranges: Range[], directions: Float64Array[]): { manual: number; exact: number } {
    const { field } = this.#backend;
    const moving: Tensors = { ...this.#point.parameters };
    let manual = 0;
    ranges.forEach(({ name, from }, i) => {
      const parameter = this.#point.parameters[name];
      const elements = this.#backend.elementsOf(parameter).slice();
      const gradient = this.#manual.elements[name];
      for (const [j, v] of directions[i].entries()) {
        manual = add(manual, multiply(v, field.value(gradient[from + j]), field.prime), field.prime);
        elements[from + j] = field.moving(elements[from + j], v);
      }
      moving[name] = this.#backend.tensorOf(elements, parameter.shape);
    });
    return { manual, exact: this.#slopeOfLoss(moving) };
  }

  #slopeOfLoss(moving: Tensors): number {
    const { field } = this.#backend;
    const { x, y } = this.#point;
    const slope = tf.tidy(() => {
      const { logits } = this.#model.forward(moving, x);
      const loss = lossAsTensor(this.#model, moving, logits, y);
      return field.slope(this.#backend.elementsOf(loss)[0]);
    });
    checkDoubt(this.#backend);
    const reason = field.reason(slope);
    if (reason !== undefined) throw new Retry(reason);
    return slope;
  }
}
