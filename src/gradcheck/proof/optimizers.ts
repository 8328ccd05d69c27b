/**
 * Do the optimisers do what their papers say? A few steps of each in random fields, against the definition.
 *
 * With rates that are sums of few powers of two: TensorFlow.js keeps those of its own optimisers as 32-bit numbers, and
 * 1 − 0.9 rounded is not 1 − (0.9 rounded). What is proved is the formula.
 */
import {
  MeasuringField,
  randomChain,
  reasons,
  shortestChain,
  withField,
  type FieldBackend,
} from '../../backend/field/index.ts';
import { disposeAll } from '../../model/parameters.ts';
import { tf, type Tensor, type Variable } from '../../utils/tf.ts';
import { createOptimizer, TensorFlowOptimizer, type Optimizer } from '../../training/optimizers.ts';
import { chanceToMiss, pointsFor, wantedBound } from './bound.ts';
import { definitions, type Constants } from './optimizer-definitions.ts';
import { freshSeed, randomNumbers } from './randomness.ts';
import type { Verdict } from './types.ts';

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
/** Each root is that of a square at every second draw. */
const mostDraws = 100 * 2 ** (steps * entries);

const exact = { rate: 1 / 8, decay: 7 / 8, secondDecay: 1023 / 1024, epsilon: 2 ** -20, start: 1 / 8 };
const { rate, decay, secondDecay, epsilon, start } = exact;

/** What the zoo trains with; momentum with its own μ, which it keeps in double precision. */
export const optimizersOfZoo: Record<string, { create: () => Optimizer; constants: Constants }> = {
  sgd: { create: () => createOptimizer('sgd', rate), constants: exact },
  momentum: { create: () => createOptimizer('momentum', rate), constants: { ...exact, decay: 0.9 } },
  adam: {
    create: () => new TensorFlowOptimizer(tf.train.adam(rate, decay, secondDecay, epsilon)),
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

/** Two steps of an optimiser with random parameters and gradients, compared with its definition after each. */
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

  while (primes.length < pointsFor(missed()).points && !first && draws++ < mostDraws) {
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
    ...(isUndecided ? { reason: `a root was defined at none of ${mostDraws} points.` } : {}),
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
