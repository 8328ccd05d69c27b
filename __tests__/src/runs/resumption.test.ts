/** What goes on from a checkpoint, as what, and what is refused. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { manual } from '../../../src/model/gradients.ts';
import { defaultRecipe, type Recipe } from '../../../src/model/recipe.ts';
import { train } from '../../../src/training/train.ts';
import type { TrainingState } from '../../../src/training/types.ts';
import { dataFromRows } from '../../../src/data/data-from-rows.ts';
import { readCheckpoint } from '../../../src/runs/save.ts';
import { resume } from '../../../src/runs/resumption.ts';
import { parseCheckpoint, formatCheckpoint, type Checkpoint } from '../../../src/weights/checkpoint.ts';
import { faultsOf } from '../../helpers/published.ts';
import { clouds } from '../../helpers/toy.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const model = models.softmax.create({ asPrinted: false });
const { inputs, labels } = clouds(20, { features: 2, classes: 3 });
const rows = Array.from({ length: 20 }, (_, row) => Array.from(inputs.subarray(2 * row, 2 * row + 2)));
const dataset = dataFromRows({
  ...{ name: 'clouds', classNames: ['a', 'b', 'c'] },
  train: { inputs: rows, labels: Array.from(labels) },
});
const recipe: Recipe = { ...defaultRecipe, epochs: 9, batchSize: 6, learningRate: 0.1 };
const run: Checkpoint['run'] = {
  ...{ model: 'softmax', options: {}, asPrinted: false, gradients: 'manual', backend: 'wasm', recipe },
  ...{ recordEvery: 1, environment: { zoo: '1', node: '20', tfjs: '4', platform: 'linux' } },
  dataset: { name: 'clouds', source: 'dir', files: [], fingerprint: 'a'.repeat(64) },
};

/** As it is after so many of an epoch's four steps. */
async function stateAfter(steps: number, optimizer: Recipe['optimizer'] = 'sgd'): Promise<TrainingState> {
  let done = 0;
  const { interrupted } = await train(model, dataset, {
    ...{ recipe: { ...recipe, optimizer }, gradients: manual, classes: 3 },
    shouldStop: () => ++done === steps,
  });
  return interrupted!;
}

const from = (state: TrainingState, then = run): Checkpoint => ({
  ...{ format: 'backprop-zoo/checkpoint', version: 1, run: then, data: { data: 'auto' }, state },
});
const withRecipe = (changes: Partial<Recipe>) => ({ ...run, recipe: { ...recipe, ...changes } });
const resumed = (state: TrainingState, now = run, force = false, then = run) =>
  resume(from(state, then), now, model, dataset, force);

beforeAll(() => useBackend('cpu'));

describe('the same run', () => {
  test('goes on with its state, as it reads back from a file', async () => {
    const state = await stateAfter(6);
    expect(resumed(state)).toEqual({ state, notes: [], changes: [] });
    const text = formatCheckpoint(from(state));
    expect(faultsOf('checkpoint', JSON.parse(text))).toEqual([]);
    const read = parseCheckpoint(text, 'checkpoint.json');
    expect(resume(read, run, model, dataset, false).state).toEqual(state);
  });

  test('with other versions goes on and says so', async () => {
    const now = { ...run, environment: { ...run.environment, node: '22' } };
    expect(resumed(await stateAfter(6), now).notes).toEqual([
      'The weights may differ in their last digits, because node was "20" and is "22".',
    ]);
  });

  test('has its parameters in the order of the model', async () => {
    const state = await stateAfter(6);
    const parameters = Object.fromEntries(Object.entries(state.parameters).reverse());
    expect(Object.keys(parameters)).toEqual(['bias', 'weights']);
    expect(Object.keys(resumed({ ...state, parameters }).state.parameters)).toEqual(['weights', 'bias']);
  });
});

describe('another run', () => {
  test('is refused with what differs, and goes on where that is forced', async () => {
    const state = await stateAfter(6);
    const now = withRecipe({ learningRate: 0.5 });
    expect(() => resumed(state, now)).toThrow('began differently: learningRate was 0.1 and is 0.5. Leave');
    const { state: continued, notes } = resumed(state, now, true);
    expect(notes).toEqual(['Continuing although learningRate was 0.1 and is 0.5.']);
    expect(continued).toEqual(state);
  });

  const modelFile = (main: string, helper?: string): Checkpoint['run']['modelFile'] => ({
    ...{ path: './m.ts', sha256: main.repeat(64) },
    ...(helper !== undefined && { imports: [{ path: 'sub/h.ts', sha256: helper.repeat(64) }] }),
  });
  const [a, b] = ['a', 'b'].map((letter) => `"${letter.repeat(16)}…"`);
  test.each<[string, Partial<Checkpoint['run']>, Partial<Checkpoint['run']>, string]>([
    [
      'an edited model',
      { modelFile: modelFile('a') },
      { modelFile: { ...modelFile('b')!, path: 'x/m.ts' } },
      `./m.ts (SHA-256) was ${a} and is ${b}`,
    ],
    [
      'an edited import',
      { modelFile: modelFile('a', 'a') },
      { modelFile: modelFile('a', 'b') },
      `sub/h.ts (SHA-256) was ${a} and is ${b}`,
    ],
    [
      'a new import',
      { modelFile: modelFile('a') },
      { modelFile: modelFile('a', 'b') },
      `sub/h.ts (SHA-256) was nothing and is ${b}`,
    ],
    [
      'a renamed class',
      { names: { classes: ['a', 'b', 'c'] } },
      { names: { classes: ['a', 'x', 'c'] } },
      'class 2 was "b" and is "x"',
    ],
    [
      'swapped columns',
      { names: { classes: ['a'], columns: ['u', 'v (x, y)'] } },
      { names: { classes: ['a'], columns: ['v (x, y)', 'u'] } },
      'column 1 was "u" and is "v (x, y)"; column 2 was "v (x, y)" and is "u"',
    ],
  ])('with %s is rejected, or recorded if forced', async (_, was, is, told) => {
    const state = await stateAfter(6);
    const [then, now] = [
      { ...run, ...was },
      { ...run, ...is },
    ];
    expect(() => resumed(state, now, false, then)).toThrow(`The run began differently: ${told}. Leave`);
    expect(resumed(state, then, false, then).changes).toEqual([]);
    const { notes, changes } = resumed(state, now, true, { ...then, changes: [earlier] });
    expect(notes).toEqual([`Continuing although ${told}.`]);
    expect(changes[0]).toEqual(earlier);
    expect(changes[1]).toMatchObject({ step: 6, what: expect.stringMatching(/SHA|class|column/) as unknown });
  });
  const earlier = { step: 3, what: 'learningRate', then: '0.1', now: '0.2' };

  test('of an earlier version, which recorded no names, is resumed', async () => {
    const now = { ...run, names: { classes: ['a'] } };
    expect(resumed(await stateAfter(6), now).notes).toEqual([]);
  });

  test('with another optimizer begins without memory', async () => {
    const state = await stateAfter(6, 'momentum');
    expect(Object.keys(state.optimizer)).toHaveLength(2);
    const then = withRecipe({ optimizer: 'momentum' });
    const { state: continued, notes } = resumed(state, run, true, then);
    expect(continued.optimizer).toEqual({});
    expect(notes).toEqual([
      'Continuing although optimizer was "momentum" and is "sgd".',
      'The new optimizer begins without memory of earlier steps.',
    ]);
    expect(resumed(state, then, false, then).state.optimizer).toEqual(state.optimizer);
  });

  test('with another optimizer continues from the Adam of an earlier version, as its refusal says', async () => {
    const state = await stateAfter(6, 'adam');
    const { steps, ...rest } = state.optimizer;
    const ofEarlierVersion = {
      ...state,
      optimizer: { ...rest, iter: steps, accBeta1: steps, accBeta2: steps },
    };
    const { state: continued } = resumed(ofEarlierVersion, run, true, withRecipe({ optimizer: 'adam' }));
    expect(continued).toEqual({ ...state, optimizer: {} });
  });

  test.each<Partial<Recipe>>([{ batchSize: 5 }, { seed: 9 }, { validation: 0.2 }])(
    'with %j begins its epoch anew, where it was in the middle of one',
    async (changes) => {
      const middle = resumed(await stateAfter(6), withRecipe(changes), true);
      expect(middle.state).toMatchObject({ epoch: 1, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0 });
      expect(middle.notes).toEqual([
        expect.stringMatching(/^Continuing although .* was .* and is .*\.$/),
        'Epoch 2 begins anew.',
      ]);
      const end = resumed(await stateAfter(8), withRecipe(changes), true);
      expect(end.notes).toHaveLength(1);
    },
  );

  test('a larger rate does not begin an epoch anew', async () => {
    expect(resumed(await stateAfter(6), withRecipe({ learningRate: 0.5 }), true).state.stepInEpoch).toBe(2);
  });
});

describe('a checkpoint that cannot be', () => {
  const refused = (state: TrainingState, message: string, now = run) =>
    expect(() => resumed(state, now, false, now)).toThrow(message);

  test('at a step that no epoch has', async () => {
    const state = await stateAfter(6);
    refused({ ...state, stepInEpoch: 4 }, 'checkpoint.json is at step 4 of an epoch that has fewer.');
    expect(resumed({ ...state, stepInEpoch: 3 }).state.stepInEpoch).toBe(3);
  });

  test('with weights of another shape, or too large for single precision', async () => {
    const state = await stateAfter(6);
    const bias = { shape: [2], values: Float64Array.of(1, 2) };
    refused({ ...state, parameters: { ...state.parameters, bias } }, 'bias has shape [2]');
    const huge = { shape: [3], values: Float64Array.of(1, -1e39, 2) };
    const tooLarge = { ...state, parameters: { ...state.parameters, bias: huge } };
    refused(tooLarge, 'bias has a value that is too large for float32');
    const inDouble = { ...run, backend: 'float64' as const };
    expect(resumed(tooLarge, inDouble, false, inDouble).state.parameters.bias).toEqual(huge);
    const best = { epoch: 1, validationLoss: 1, parameters: tooLarge.parameters };
    refused({ ...state, best }, 'bias has a value that is too large');
  });

  test('with the memory of another optimizer', async () => {
    const [sgd, adam] = [await stateAfter(6), await stateAfter(6, 'adam')];
    const message = 'holds a state that is not one of the optimizer';
    const ofAdam = withRecipe({ optimizer: 'adam' });
    refused({ ...sgd, optimizer: adam.optimizer }, `${message} sgd`);
    refused({ ...adam, optimizer: {} }, `${message} adam`, ofAdam);
    refused(
      { ...adam, step: 0, stepInEpoch: 0, optimizer: { steps: adam.optimizer.steps } },
      message,
      ofAdam,
    );
    const beginning = { ...adam, step: 0, epoch: 0, stepInEpoch: 0, optimizer: {} };
    expect(resumed(beginning, ofAdam, false, ofAdam).state.optimizer).toEqual({});
    refused({ ...adam, optimizer: {} }, `${message} momentum`, withRecipe({ optimizer: 'momentum' }));
    const { steps, ...rest } = adam.optimizer;
    refused({ ...adam, optimizer: rest }, message, ofAdam);
    refused({ ...adam, optimizer: { ...rest, steps: { shape: [2], values: [1, 2] } } }, message, ofAdam);
    expect(steps.values).toHaveLength(1);
    const ofEarlierVersion = { ...rest, iter: steps, accBeta1: steps, accBeta2: steps };
    refused({ ...adam, optimizer: ofEarlierVersion }, 'was written by an earlier version', ofAdam);
    expect(resumed(adam, ofAdam, false, ofAdam).state.optimizer).toEqual(adam.optimizer);
  });
});

describe('a directory to resume in', () => {
  let directory: string;
  beforeEach(() => void (directory = temporaryDirectory()));
  const write = (text: string) => writeFileSync(join(directory, 'checkpoint.json'), text);

  test('gives back what was written there', async () => {
    const checkpoint = from(await stateAfter(6));
    write(formatCheckpoint(checkpoint));
    expect(await readCheckpoint(directory, models.softmax)).toEqual(checkpoint);
    await expect(readCheckpoint(directory, models.gate)).rejects.toThrow(
      `The run in ${directory} trains the model softmax, not gate.`,
    );
  });

  test('without a checkpoint, or with a damaged one, says so in its name', async () => {
    await expect(readCheckpoint(directory, models.softmax)).rejects.toThrow(
      `Nothing to resume in ${directory}`,
    );
    write('{"format": "nothing"}');
    await expect(readCheckpoint(directory, models.softmax)).rejects.toThrow(
      /^checkpoint\.json is not a valid checkpoint: at format: /,
    );
    const checkpoint = from(await stateAfter(6));
    write(formatCheckpoint({ ...checkpoint, run: { ...run, options: { hidden: 3 } } }));
    await expect(readCheckpoint(directory, models.softmax)).rejects.toThrow(/checkpoint\.json/);
  });
});
