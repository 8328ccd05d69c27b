/** What a proof reports, as data and as text; every number follows from the seed. */
import { describe, expect, test } from '@jest/globals';
import { deep, hiddenLayer, line, lineWith } from './toy-models.ts';
import { models } from '../../../../models/index.ts';
import { readFileSync } from 'node:fs';
import { functionsOf } from '../../../../src/backend/field/functions.ts';
import { Field } from '../../../../src/backend/field/index.ts';
import { chanceToMiss, pointsFor, wantedBound } from '../../../../src/gradcheck/proof/bound.ts';
import {
  diagnose,
  expectGradientsProved,
  type ModelProof,
  type OptimizerProof,
  proofText,
  provedLine,
  proveGradients,
  subjectsOf,
} from '../../../../src/gradcheck/proof/index.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';
import { defaultsOf } from '../../../../src/model/definition.ts';
import { constant } from '../../../../src/model/operations.ts';
import { tf } from '../../../../src/utils/tf.ts';

describe('the same seed finds the same', () => {
  /** The last prime hangs on everything that was drawn before it. */
  const found = (model: typeof line, options = {}) => {
    const { primes, seconds: _, parameters, ...proof } = proveGradients(model, { seed: 'ada', ...options });
    const differ = parameters.some(({ first }) => first);
    return { ...proof, ...(differ && { parameters }), primes: [primes.length, primes.at(-1)] };
  };
  const usual = { options: {}, settings: {}, referee: 'slope', redrawn: 0, notes: [], seed: 'ada' };
  const unseen = (chance: string) =>
    `no difference was found, but one would go unseen with a chance of up to ${chance}.`;
  const sizes = { rows: [3, 4, 5], features: 5, classes: 2, chain: 3 };
  const labels = (patterns: number, tried: number) => ({ areVariables: true, patterns, tried, bound: 1 });

  test('of a hidden layer of relus, on five rows', () => {
    const relu = hiddenLayer('relu', tf.relu, tf.step);
    expect(found(relu, { points: 6, rows: 5, size: { features: 3 } })).toEqual({
      ...{
        ...usual,
        ...sizes,
        model: 'relu',
        rows: [5],
        features: 3,
        verdict: 'undecided',
        reason: unseen('8e-9'),
        labels: labels(32, 2),
      },
      ...{ autodiff: { verdict: 'equal', points: 6 }, points: 6, primes: [6, 80235839] },
      bound: expect.closeTo(8.357623920110927e-9, 22),
      size: { degree: 21, bits: 16, comparisons: 75 },
    });
  });

  test('of a line with twice its gradient', () => {
    const first = { point: 1, index: 0, position: [0, 0], manual: 9350996, exact: 4675498, prime: 34475447 };
    const wrong = lineWith((g) => g.mul(2));
    expect(found(wrong, { points: 6 })).toEqual({
      ...{ ...usual, ...sizes, model: 'line', verdict: 'different', reason: unseen('9e-5') },
      labels: labels(16, 2),
      autodiff: { verdict: 'different', points: 6, first: { name: 'weights', ...first } },
      ...{ points: 6, primes: [6, 80235839], bound: expect.closeTo(0.00008569799516706692, 18) },
      size: { degree: 18, bits: 16, comparisons: 40 },
      parameters: [
        { name: 'weights', shape: [5, 1], entries: 5, verdict: 'different', first },
        { name: 'bias', shape: [1], entries: 1, verdict: 'undecided' },
      ],
    });
  });

  test('of exponentials within each other, of which the innermost are drawn', () => {
    expect(found(deep(2), { points: 4 })).toEqual({
      ...{ ...usual, ...sizes, model: 'deep 2', verdict: 'undecided', reason: unseen('2e-4') },
      labels: labels(16, 1),
      ...{
        autodiff: { verdict: 'equal', points: 4 },
        points: 4,
        primes: [4, 55199087],
        redrawn: 1,
      },
      ...{
        bound: expect.closeTo(0.00022707085077158315, 17),
        size: { degree: 84, bits: 47, comparisons: 0 },
      },
    });
  });

  test('no point is begun once it is to stop', () => {
    expect(found(line, { shouldStop: () => true })).toMatchObject({
      verdict: 'undecided',
      points: 0,
      primes: [0, undefined],
    });
  });
});

const equal: ModelProof = {
  ...{ model: 'toy', options: {}, settings: {}, verdict: 'equal', referee: 'slope', points: 28, primes: [] },
  ...{ chain: 3, bound: 1.5e-58, size: { degree: 15, bits: 14, comparisons: 15 }, rows: [2, 4], features: 5 },
  labels: { areVariables: true, patterns: 16, tried: 16, bound: 3e-5 },
  ...{ classes: 2, redrawn: 0, notes: [], seed: 'ada', seconds: 1.25 },
  autodiff: { verdict: 'equal', points: 1 },
  parameters: [
    { name: 'weights', shape: [5, 1], entries: 5, verdict: 'equal' },
    { name: 'bias', shape: [], entries: 1, verdict: 'equal' },
  ],
};
const first = { point: 1, index: 3, position: [3, 0], manual: 17, exact: 4, prime: 23 };
const different: ModelProof = {
  ...{ ...equal, verdict: 'different', reason: 'too few points.', points: 1, bound: 0.5, notes: ['A note.'] },
  settings: { asPrinted: true, learningRate: 0.5 },
  labels: { areVariables: false, patterns: 81, tried: 14, bound: 1 },
  autodiff: { verdict: 'undecided', points: 2, first: { name: 'bias', ...first, position: [] } },
  parameters: [
    { ...equal.parameters[0], verdict: 'different', first, diagnosis: 'Its sign is wrong.' },
    { ...equal.parameters[1], verdict: 'undecided' },
  ],
};
const optimizer: OptimizerProof = {
  ...{
    optimizer: 'adam',
    verdict: 'equal',
    steps: 2,
    points: 14,
    primes: [],
    bound: 2e-50,
    seed: 'b',
    seconds: 0.5,
  },
};

describe('the text', () => {
  const ofEqual = `\
toy: equal
  28 points of 2, 4 rows × 5 features, 2 classes; chains of 3, 1.3 s
  chance to miss a difference: below 1e-57 (degree 15, 14 bits)
    for the signs that occurred, and all labels and dropout masks as numbers
    at one of 16 patterns of labels alone: below 1e-4
  parameter         shape       entries
  weights           5×1               5  equal
  bias              scalar            1  equal
  autodiff says the same, at 1 point`;
  const ofDifferent = `\
toy --as-printed --learning-rate 0.5: DIFFERENT
  Undecided: too few points.
  1 point of 2, 4 rows × 5 features, 2 classes; chains of 3, 1.3 s
  chance to miss a difference: below 1e0 (degree 15, 14 bits)
    for the signs, labels and dropout masks that occurred
    14 of 81 patterns of labels occurred
  parameter         shape       entries
  weights           5×1               5  DIFFERENT
    point 1, entry [3, 0]: manual 17, exact 4, modulo 23
    Its sign is wrong.
  bias              scalar            1  UNDECIDED
  autodiff: undecided, at 2 points
    by hand and by autodiff, bias differs: point 1: manual 17, exact 4, modulo
      23
  A note.`;

  test('of proofs, and their sum in the last lines', () => {
    const [explanation, ...parts] = proofText([equal, different]).split('\n\n');
    expect(explanation).toMatch(/^Both gradients are computed in random finite fields/);
    expect(parts).toEqual([
      ofEqual.replace('1.3 s', `${(1.25).toFixed(1)} s`),
      ofDifferent.replace('1.3 s', `${(1.25).toFixed(1)} s`),
      expect.stringMatching(
        /^Formulas that are equal for real numbers may differ here .*\n[^]*write constant\(0\.1\)/,
      ),
      '1 of 2 equal, with a chance of error below 1e-57; 2.5 s\n--seed ada repeats it',
    ]);
  });

  test('of gradients that fail: once, and without false alarms', () => {
    const failed = {
      ...equal.parameters[0],
      first: { point: 1, problem: 'gradients() fails: x (m.ts, line 3)' },
    };
    const proof: ModelProof = {
      ...{ ...different, points: 1, autodiff: undefined },
      parameters: [failed, { ...failed, name: 'bias' }],
    };
    const text = proofText([proof]);
    expect(text.match(/line 3/g)).toHaveLength(1);
    expect(text).not.toMatch(/false alarms|chance to miss/);
    const undecided = proofText([{ ...equal, verdict: 'undecided', reason: 'why.' }]);
    expect(undecided).toMatch('Undecided: why.\n  This says nothing about the gradient');
  });

  test('of what autodiff says of a parameter that is known to differ, and of a problem', () => {
    const { autodiff: _, ...none } = equal;
    expect(proofText([none]).split('\n\n')[1].split('\n').at(-1)).toMatch(/^ {2}bias/);
    const known = {
      ...different,
      autodiff: { verdict: 'equal', points: 1, first: { name: 'weights', ...first } },
    };
    const text = proofText([known as ModelProof]);
    expect(text).toContain('\n  autodiff: equal, at 1 point\n  A note.\n');
    const gone = { ...equal.parameters[0], first: { point: 3, problem: 'It is gone.' } };
    expect(proofText([{ ...equal, parameters: [gone] }])).toContain('  equal\n    point 3: It is gone.\n');
    expect(text).toMatch(/\n0 of 1 equal; 1.\d s\n--seed ada repeats it$/);
  });

  test('of optimizers', () => {
    const wrong: OptimizerProof = {
      ...{ ...optimizer, optimizer: 'sgd', verdict: 'different', reason: 'A reason.', bound: 0 },
      first: { point: 1, step: 2, entry: 0, ours: 5, definition: 6, prime: 23 },
    };
    expect(proofText([], [optimizer, wrong]).split('\n\n').slice(1)).toEqual([
      `\
optimizers, each against its definition
  adam          equal after each of 2 steps at 14 points; below 1e-49
  sgd           DIFFERENT after each of 2 steps at 14 points; below 1e-300
    A reason.
    point 1, step 2: ours 5, its definition 6, modulo 23`,
      '1 of 2 equal, with a chance of error below 1e-49; 1.0 s\n--seed b repeats it',
    ]);
  });

  test('in one line', () => {
    expect(provedLine([equal, equal])).toBe(
      'As formulas (zoo prove): 2 of 2 proved equal to the derivative.',
    );
    expect(provedLine([equal, different, different, { ...equal, model: 'b', verdict: 'undecided' }])).toBe(
      'As formulas (zoo prove): 1 of 4 proved equal to the derivative; toy is\n  different, b is undecided (see zoo prove).',
    );
  });
});

describe('what differs', () => {
  const few = { seed: 'ada', points: 2 };

  test('is put beside what gradcheck sees of it', async () => {
    const told = async (factor: number) => {
      const model = lineWith((g) => g.mul(constant(factor)));
      const { parameters } = await diagnose(proveGradients(model, few), { model });
      return parameters.map(({ diagnosis }) => diagnosis);
    };
    expect(await told(1 + 2 ** -52)).toEqual([
      'gradcheck sees no difference above its tolerance: it is smaller than 1e-10 of the gradient, or only where ' +
        'gradcheck does not look.',
      undefined,
    ]);
    expect((await told(3))[0]).toMatch(/^manual differs from both others: the gradient by hand is wrong\./);
    const [unknown] = (
      await diagnose(
        { ...different, parameters: [{ ...different.parameters[0], name: 'other' }] },
        { model: line },
      )
    ).parameters;
    expect(unknown.diagnosis).toBe('gradcheck finds a difference, too.');
    expect(await diagnose(equal, { model: line })).toBe(equal);
  });

  test('inside a test makes it fail with the report', async () => {
    const wrong = lineWith((g) => g.neg());
    await expect(expectGradientsProved(wrong, few)).rejects.toThrow(
      /^The gradients of line are not the derivative\.\n\nBoth gradients[^]*line: DIFFERENT/,
    );
    await expect(expectGradientsProved(line, few)).rejects.toThrow(
      /^The gradients of line could not be proved\.\n\nBoth gradients[^]*line: UNDECIDED/,
    );
    const proof = await expectGradientsProved(line, { seed: 'ada', size: { features: 1 }, rows: 1 });
    expect(proof).toMatchObject({ verdict: 'equal', rows: [1, 4], features: 1 });
  });
});

test('the bound decides the number of points, from 14 to 300', () => {
  const chance = (points: number) => wantedBound ** (1 / points);
  expect(pointsFor(chance(20) * 0.999).points).toBe(20);
  expect(pointsFor(chance(20) * 1.001).points).toBe(21);
  expect(pointsFor(chance(14) * 0.99).points).toBe(14);
  expect(pointsFor(chance(13)).points).toBe(14);
  expect(pointsFor(chance(300) * 0.9999).points).toBe(300);
  expect(pointsFor(chance(301)).points).toBe(300);
  expect(pointsFor(0.5)).toEqual({ points: 100, bound: 2 ** -100 });
  expect(pointsFor(2)).toEqual({ points: 300, bound: 1 });
  expect(pointsFor(NaN)).toEqual({ points: 300, bound: 1 });
});

describe('subjects of a definition', () => {
  test('are the model as it is, small, and what its definition wants checked, too', () => {
    for (const definition of Object.values(models)) {
      const values = defaultsOf(definition);
      const subjects = subjectsOf(definition, values, [], false);
      const networks = 1 + (definition.otherClasses?.length ?? 0);
      expect(subjects).toHaveLength(networks * (1 + (definition.alsoChecked?.length ?? 0)));
      const [{ options, settings, otherwise }] = subjects;
      expect(options).toEqual({ ...values, ...definition.provedAt?.options });
      expect(otherwise).toEqual(definition.provedAt?.size ?? definition.size);
      for (const [name, value] of Object.entries(settings))
        expect(String(value)).not.toBe(String(definition.options[name]?.default));
      definition.alsoChecked?.forEach((variant, i) => expect(subjects[i + 1].options).toMatchObject(variant));
    }
  });

  test('are one for each network where options were chosen', () => {
    const definition = models.mnist;
    const [name] = Object.keys(definition.options);
    const values = defaultsOf(definition);
    const [only, ...others] = subjectsOf(definition, values, [name], true);
    expect(others).toHaveLength(definition.otherClasses?.length ?? 0);
    expect(only.options).toEqual({ ...values, asPrinted: true });
    expect(only.settings).toEqual({ asPrinted: true });
  });
});

const usual = { degree: 30, bits: 80, hasKinks: false, rows: 4, chain: 3 };

describe('the chance to miss a difference at one point', () => {
  test('is the sum of what docs/proof.md derives', () => {
    const choices = (2 ** 25 - 1) / 2;
    const expected = 30 / choices + 80 / 25 / 8749 + 60 / 2 ** 23 + 2 ** -25;
    expect(chanceToMiss(usual)).toBeCloseTo(expected, 12);
  });

  test('grows with degree, coefficients, kinks and rows, and where chains are rare', () => {
    const chance = chanceToMiss(usual);
    for (const more of [{ degree: 60 }, { bits: 160 }, { hasKinks: true }, { rows: 8 }, { chain: 4 }]) {
      expect(chanceToMiss({ ...usual, ...more })).toBeGreaterThan(chance);
    }
  });
});

describe('random numbers', () => {
  test('lie in [0, 1), are spread evenly, and depend on every digit of the seed', () => {
    const firstOf = (seed: string): number => randomNumbers(seed)();
    const seeds = Array.from({ length: 32 }, (_, i) => '0'.repeat(i) + '1' + '0'.repeat(31 - i));
    expect(new Set(seeds.map(firstOf)).size).toBe(32);
    const random = randomNumbers('abcdef0123456789');
    const numbers = Array.from({ length: 10_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
  });
});

/** Draws that make the bases 2 = 5² and 5 = 4², and then w = (7, 3, 1). */
const draws = [(5 - 2) / 20, (4 - 2) / 8, 7 / 23, 3 / 11, 1 / 5].map((share) => share + 1e-9);

test('L = log(1 + eʷ) − w and its derivative at w = (7, 3, 1)', () => {
  const field = new Field({ primes: [23, 11, 5] }, () => draws.shift()!);
  const { one, sigmoid, reciprocal, negate, plusOne } = functionsOf(field);
  expect(field.bases).toEqual([2, 5]);
  const w = field.variable();
  expect(field.remainders(w)).toEqual([7, 3, 1]);

  const moving = field.moving(w, 1);
  const e = field.exp(moving);
  expect([field.value(e), field.slope(e)]).toEqual([8, 8]);
  const sum = field.add(one, e);
  expect([field.value(sum), field.slope(sum)]).toEqual([9, 8]);
  const logarithm = field.log(sum);
  expect(field.slope(logarithm)).toBe(6);
  expect(field.slope(field.subtract(logarithm, moving))).toBe(5);

  const gradients = {
    'σ(w) − 1': field.subtract(sigmoid(w), one),
    '−1/(1 + eʷ)': negate(reciprocal(plusOne(field.exp(w)))),
    '1 − σ(w)': field.subtract(one, sigmoid(w)),
    'w − 2': field.subtract(w, field.constant(2)),
  };
  const values = Object.entries(gradients).map(([formula, element]) => [formula, field.value(element)]);
  expect(values).toEqual([
    ['σ(w) − 1', 5],
    ['−1/(1 + eʷ)', 5],
    ['1 − σ(w)', 18],
    ['w − 2', 5],
  ]);
  const page = readFileSync(new URL('../../../../docs/proof.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (.*?) *\| [^|]* \| (\d+) *\| (?:equal|different)/gm)];
  expect(rows.map(([, formula, value]) => [formula, Number(value)])).toEqual(values);
});
