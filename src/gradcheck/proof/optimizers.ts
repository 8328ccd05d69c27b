/**
 * Optimizers as their papers define them, for one number w with gradient g, in the arithmetic of a field. Each takes the
 * constants as elements and returns the step, which keeps its moments.
 */
import {
  type Field,
  type FieldBackend,
  MeasuringField,
  randomChain,
  reasons,
  shortestChain,
  withField,
} from '../../backend/field/index.ts';
import { chanceToMiss, pointsFor, wantedBound } from './bound.ts';
import type { Verdict } from './model-proof.ts';
import { freshSeed, randomNumbers } from './points.ts';
import { disposeAll } from '../../model/parameters.ts';
import { createOptimizer, type Optimizer, TensorFlowOptimizer } from '../../training/optimizers.ts';
import { type Tensor, tf, type Variable } from '../../utils/tf.ts';

export type Step = (w: number, g: number) => number;

export interface Constants {
  rate: number;
  /** μ, β₁ or ρ. */
  decay: number;
  /** β₂ */
  secondDecay: number;
  epsilon: number;
  /** Initial sum of squares. */
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

export interface OptimizerProof {
  optimizer: string;
  verdict: Verdict;
  reason?: string;
  /** After which step they differ. */
  first?: { point: number; step: number; entry: number; ours: number; definition: number; prime: number };
  steps: number;
  points: number;
  primes: number[];
  bound: number;
  seed: string;
  seconds: number;
}

const steps = 2;
const entries = 2;
/** Each root exists at every second draw. */
const maxDraws = 100 * 2 ** (steps * entries);

const exact = { rate: 1 / 8, decay: 7 / 8, secondDecay: 1023 / 1024, epsilon: 2 ** -20, start: 1 / 8 };
const { rate, decay, secondDecay, epsilon, start } = exact;

/** What the zoo trains with; momentum with its own μ, which it keeps in double precision. */
export const optimizersOfZoo: Record<string, { create: () => Optimizer; constants: Constants }> = {
  sgd: { create: () => createOptimizer('sgd'), constants: exact },
  momentum: { create: () => createOptimizer('momentum'), constants: { ...exact, decay: 0.9 } },
  adam: {
    create: () => createOptimizer('adam', { beta1: decay, beta2: secondDecay, epsilon, weightDecay: 0 }),
    constants: exact,
  },
  rmsprop: {
    create: () => new TensorFlowOptimizer(tf.train.rmsprop(rate, decay, 0, epsilon)),
    constants: exact,
  },
  adagrad: {
    // It adds the ε of the backend, 10⁻⁷ as a 32-bit number.
    create: () => new TensorFlowOptimizer(tf.train.adagrad(rate, start)),
    constants: { ...exact, epsilon: Math.fround(1e-7) },
  },
};

/** Two steps of an optimizer with random parameters and gradients, compared with its definition after each. */
export function proveOptimizer(
  name: string,
  { create, constants } = optimizersOfZoo[name],
  seed = freshSeed(),
): OptimizerProof {
  const startedAt = performance.now();
  const random = randomNumbers(seed);
  const primes: number[] = [];
  let size = { degree: 0, bits: 0 };
  let first: OptimizerProof['first'];
  let draws = 0;

  /** A root doubles the degree (A + B·√u = 0 means A² = B²·u), and that it exists leaves half of the points. */
  const missed = (): number =>
    chanceToMiss({
      ...size,
      degree: size.degree * 4 ** steps,
      hasKinks: true,
      rows: 1,
      chain: shortestChain,
    });

  while (primes.length < pointsFor(missed()).points && !first && draws++ < maxDraws) {
    const field = new MeasuringField({ primes: randomChain(shortestChain, random) }, random);
    const found = withField(field, (backend) => runSteps(name, backend, create(), constants));
    if (found === 'outside') continue;
    draws = 0;
    primes.push(field.prime);
    size = { degree: Math.max(size.degree, found.degree), bits: Math.max(size.bits, found.bits) };
    if (found.first) first = { point: primes.length, ...found.first };
  }
  const bound = Math.min(1, missed()) ** primes.length;
  const isUndecided = !first && bound > wantedBound;
  return {
    optimizer: name,
    verdict: first ? 'different' : isUndecided ? 'undecided' : 'equal',
    ...(isUndecided ? { reason: `a root was defined at none of ${maxDraws} points.` } : {}),
    ...(first ? { first } : {}),
    steps,
    points: primes.length,
    primes,
    bound,
    seed,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

interface Comparison {
  degree: number;
  bits: number;
  first?: Omit<NonNullable<OptimizerProof['first']>, 'point'>;
}

function runSteps(
  name: string,
  backend: FieldBackend,
  optimizer: Optimizer,
  constants: Constants,
): Comparison | 'outside' {
  const field = backend.field as MeasuringField;
  const asElements = Object.fromEntries(
    Object.entries(constants).map(([key, value]) => [key, field.constant(value as number)]),
  ) as unknown as Constants;
  const draw = (): Float64Array => Float64Array.from({ length: entries }, () => field.variable());

  let expected = draw();
  const defined = Array.from({ length: entries }, () => definitions[name](field, asElements));
  const initial = backend.tensorOf(expected, [entries]);
  const parameters: { w: Variable } = { w: tf.variable(initial, true, `proved#${variablesMade++}`) };
  const result: Comparison = { degree: 0, bits: 0 };
  const gradients: Tensor[] = [];
  try {
    for (let step = 1; step <= steps; step++) {
      const g = draw();
      expected = expected.map((w, entry) => defined[entry](w, g[entry]));
      gradients.push(backend.tensorOf(g, [entries]));
      optimizer.apply(parameters, { w: gradients.at(-1)! }, constants.rate);
      for (const [entry, ours] of backend.elementsOf(parameters.w).entries()) {
        const [left, right] = [field.value(ours), field.value(expected[entry])];
        if ([left, right].some((value) => field.reason(value) === reasons.outside)) return 'outside';
        const { degree, bits } = field.differenceSize(ours, expected[entry]);
        result.degree = Math.max(result.degree, degree);
        result.bits = Math.max(result.bits, Math.ceil(bits));
        if (left !== right) {
          result.first ??= { step, entry, ours: left, definition: right, prime: field.prime };
        }
      }
    }
    return result;
  } finally {
    tf.dispose([initial, ...gradients]);
    disposeAll(parameters);
    optimizer.dispose();
  }
}

let variablesMade = 0;
