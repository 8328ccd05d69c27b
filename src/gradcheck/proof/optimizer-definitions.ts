/**
 * Optimisers as their papers define them, for one number w with gradient g, in the arithmetic of a field. Each takes the
 * constants as elements and returns the step, which remembers its moments.
 */
import type { Field } from '../../backend/field/index.ts';

export type Step = (w: number, g: number) => number;

export interface Constants {
  rate: number;
  /** μ, β₁ or ρ. */
  decay: number;
  /** β₂ */
  secondDecay: number;
  epsilon: number;
  /** What squares are added to in the first step. */
  start: number;
}

export const definitions: Record<string, (field: Field, constants: Constants) => Step> = {
  /** w ← w − η·g */
  sgd:
    (field, { rate }) =>
    (w, g) =>
      field.subtract(w, field.multiply(rate, g)),

  /** v ← μ·v + g, w ← w − η·v. B. Polyak, 1964. */
  momentum(field, { rate, decay }) {
    let v = 0;
    return (w, g) => {
      v = field.add(field.multiply(decay, v), g);
      return field.subtract(w, field.multiply(rate, v));
    };
  },

  /**
   * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
   * D. Kingma and J. Ba, "Adam", 2015, algorithm 1.
   */
  adam(field, { rate, decay, secondDecay, epsilon }) {
    const one = field.constant(1);
    const mean = (before: number, beta: number, now: number): number =>
      field.add(field.multiply(beta, before), field.multiply(field.subtract(one, beta), now));
    let [m, v, powerOfFirst, powerOfSecond] = [0, 0, one, one];
    return (w, g) => {
      m = mean(m, decay, g);
      v = mean(v, secondDecay, field.multiply(g, g));
      powerOfFirst = field.multiply(powerOfFirst, decay);
      powerOfSecond = field.multiply(powerOfSecond, secondDecay);
      const corrected = field.divide(m, field.subtract(one, powerOfFirst));
      const root = field.sqrt(field.divide(v, field.subtract(one, powerOfSecond)));
      return field.subtract(w, field.multiply(rate, field.divide(corrected, field.add(root, epsilon))));
    };
  },

  /** v ← ρ·v + (1 − ρ)·g², w ← w − η·g/√(v + ε). T. Tieleman and G. Hinton, 2012. */
  rmsprop(field, { rate, decay, epsilon }) {
    const rest = field.subtract(field.constant(1), decay);
    let v = 0;
    return (w, g) => {
      v = field.add(field.multiply(decay, v), field.multiply(rest, field.multiply(g, g)));
      const root = field.sqrt(field.add(v, epsilon));
      return field.subtract(w, field.divide(field.multiply(rate, g), root));
    };
  },

  /** s ← s + g², w ← w − η·g/√(s + ε). J. Duchi, E. Hazan and Y. Singer, 2011; s starts above 0. */
  adagrad(field, { rate, epsilon, start }) {
    let s = start;
    return (w, g) => {
      s = field.add(s, field.multiply(g, g));
      const root = field.sqrt(field.add(s, epsilon));
      return field.subtract(w, field.divide(field.multiply(rate, g), root));
    };
  },
};
