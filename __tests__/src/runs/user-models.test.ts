/** Models of one's own: which of a file's exports are some, which one is meant, and what is said where it is not to be had. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { models } from '../../../models/index.ts';
import { defaultRecipe } from '../../../src/model/recipe.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/node/files.ts';
import {
  whyNotLoaded,
  chosenFrom,
  definitionNamed,
  definitionOfRecord,
  isModelFile,
  loadUserModels,
  looksLikeFile,
  modelsAmong,
} from '../../../src/runs/user-models.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();

const nothing = () => ({});
const loss = { name: 'loss', reduction: 'mean', tensor: nothing, value: nothing };
const model = (name: string, change: object = {}) => ({
  ...{ name, task: 'binary', initial: nothing, forward: nothing, gradients: nothing },
  ...{ loss, ...change },
});
const definition = (name: string, change: object = {}) => ({
  name,
  dataset: 'points',
  options: {},
  recipe: defaultRecipe,
  create: nothing,
  ...change,
});
const refusal = (message: string) => new InputError(message);

test('what is a file and what a name', () => {
  expect(['mnist', 'm.ts', 'm.mts', 'm.js', 'm.mjs', 'm.ts#b', 'm.py', 'm.json'].map(isModelFile)).toEqual([
    ...[false, true, true, true, true, true, false, false],
  ]);
  expect(['a.ts#b/c', 'a.ts#b/m.ts', 'a#b/m.ts#c'].map(isModelFile)).toEqual([false, true, true]);
  expect(['mnist', 'a/mnist', 'a\\mnist', 'm.ts', 'mnist#b'].map(looksLikeFile)).toEqual([
    ...[false, true, true, true, false],
  ]);
});

describe('among what a file exports', () => {
  test('models and entries are found, each once, and nothing else', () => {
    const [first, second] = [model('a'), definition('b')];
    const exported = {
      first,
      again: first,
      second,
      default: second,
      n: 1,
      none: null,
      create: { create: 1 },
      f: nothing,
    };
    expect(modelsAmong(exported, 'm.ts')).toEqual([{ model: first }, { definition: second }]);
  });

  test.each<[string, object, string]>([
    ['initial', { initial: undefined }, 'has no function initial()'],
    ['forward', { forward: 1 }, 'has no function forward()'],
    ['gradients', { gradients: undefined }, 'has no function gradients()'],
    ['a name', { name: '' }, 'has no name'],
    ['a name that is a text', { name: 5 }, 'has no name'],
    ['a task', { task: 'other' }, 'needs a task: binary, multiclass, regression, next-token'],
  ])('a model without %s is refused', (_, change, problem) => {
    const exported = { good: model('a'), bad: model('b', change) };
    expect(() => modelsAmong(exported, 'm.ts')).toThrow(refusal(`m.ts: export bad ${problem}.`));
  });

  test.each<[string, object, string]>([
    ['no loss', { loss: undefined }, '.loss: expected an object, received nothing'],
    [
      'a loss without tensor()',
      { loss: { ...loss, tensor: 1 } },
      '.loss.tensor: expected a function, received number',
    ],
    ['a loss with an old name', { loss: { ...loss, of: nothing } }, '.loss.of is now called tensor'],
    ['a penalty', { penalty: loss }, '.penalty is now called regularizer'],
  ])('rejects a model with %s', (_, change, problem) => {
    const bad = model('b', change);
    expect(() => modelsAmong({ bad }, 'm.ts')).toThrow(refusal(`m.ts: export bad${problem}.`));
  });

  test('all that is wrong is told; a definition needs name and options; of nothing nothing can be made', () => {
    const two = { one: { forward: 1 }, other: model('', {}) };
    expect(() => modelsAmong(two, 'm.ts')).toThrow(
      refusal('m.ts: export one has no function initial(); export other has no name.'),
    );
    for (const bad of [definition('b', { name: 1 }), definition('b', { options: null })]) {
      expect(() => modelsAmong({ bad }, 'm.ts')).toThrow(
        refusal(
          'm.ts: export bad is not a model definition: it needs name and options; use defineZooModel({ … }).',
        ),
      );
    }
    const advice = 'Export what defineModel({ … }) returns.';
    expect(() => modelsAmong({}, 'm.ts')).toThrow(
      refusal(`m.ts exports no model; its exports: nothing. ${advice}`),
    );
    expect(() => modelsAmong({ a: 1, b: 2 }, 'm.ts')).toThrow(
      refusal(`m.ts exports no model; its exports: a, b. ${advice}`),
    );
  });
});

describe('of several', () => {
  const [bareA, bareB] = [{ model: model('a') as never }, { model: model('b') as never }];
  const [definitionA, definitionC] = [
    { definition: definition('a') as never },
    { definition: definition('c') as never },
  ];

  test('the one that is named is meant, else the only one, or the only definition', () => {
    const chosen = chosenFrom([bareA], 'm.ts');
    expect(chosen).toEqual({
      ...{ name: 'a', title: 'a model of your own', document: 'own', dataset: 'own', options: {} },
      ...{ recipe: defaultRecipe, create: expect.any(Function) },
    });
    expect(chosen.create({} as never)).toBe(bareA.model);
    expect(chosenFrom([bareA, bareB], 'm.ts', 'b').name).toBe('b');
    expect(chosenFrom([bareB, definitionC], 'm.ts')).toBe(definitionC.definition);
    expect(chosenFrom([bareB, definitionC], 'm.ts', 'b').title).toBe('a model of your own');
  });

  test('the user is asked where it is not clear', () => {
    const asked = (name: string | undefined, found: Parameters<typeof chosenFrom>[0], message: string) =>
      expect(() => chosenFrom(found, 'm.ts', name)).toThrow(refusal(message));
    asked('x', [bareA, definitionA, bareB], 'Unknown model "x" in m.ts. Known: a, b.');
    asked(undefined, [bareA, bareB], 'm.ts exports several models, a, b: name one, as in m.ts#a.');
    asked(
      undefined,
      [bareA, definitionC, definitionA],
      'm.ts exports several models, c, a: name one, as in m.ts#c.',
    );
    asked('a', [bareA, definitionA], 'm.ts exports several models, a: name one, as in m.ts#a.');
  });
});

test('a name is a model of the zoo, a file must be there and be a program', async () => {
  expect(await definitionNamed('mnist')).toBe(models.mnist);
  await expect(definitionNamed('./nowhere.ts')).rejects.toThrow(refusal('File not found: ./nowhere.ts'));
  const text = join(directory, 'model.py');
  writeFileSync(text, '');
  await expect(loadUserModels(text)).rejects.toThrow(
    refusal(`${text} is not a TypeScript or JavaScript file (.ts, .mts, .js, .mjs).`),
  );
});

test('a record names its file, which must be what it was, where it was or beside the record', async () => {
  const of = (path: string, hash: string) => ({ model: 'm', modelFile: { path, sha256: hash } });
  expect(await definitionOfRecord({ model: 'mnist' }, undefined, directory)).toBeUndefined();
  expect(await definitionOfRecord(of('gone.ts', ''), 'gate', directory)).toBe(models.gate);
  await expect(definitionOfRecord(of('x/gone.ts#m', ''), undefined, directory)).rejects.toThrow(
    refusal('The model m is in the file x/gone.ts#m, which does not exist. Name it with --model FILE.'),
  );
  const there = join(directory, 'there.ts');
  writeFileSync(there, 'export {};');
  const now = sha256('export {};').slice(0, 12);
  for (const path of [there, 'elsewhere/there.ts#m']) {
    const place = path === there ? there : `${there}#m`;
    await expect(definitionOfRecord(of(path, 'f'.repeat(64)), undefined, directory)).rejects.toThrow(
      refusal(
        `${there} has changed since the model m was trained (SHA-256 ffffffffffff…, now ${now}…). ` +
          `If the model still fits, name it with --model ${place}.`,
      ),
    );
  }
});

describe('a file that does not load: its line and the reason', () => {
  let file: string;
  beforeAll(() => {
    file = join(directory, 'm.js');
    writeFileSync(
      file,
      `const first = 1;\n  const second = nothing(first);\n${'x'.repeat(120)}\nlet = = 3;\n`,
    );
  });
  const thrown = (message: string, stack: string) => Object.assign(new Error(message), { stack });

  test('by the stack', () => {
    expect(
      whyNotLoaded(thrown('it\nfails', `Error: it\n    at f (${file}:2:18)\n at ${file}:3:1`), file),
    ).toBe('line 2: it in "const second = nothing(first);"');
    expect(whyNotLoaded(thrown('it', `file://${file}:3\n`), file)).toBe(`line 3: it in "${'x'.repeat(100)}"`);
    expect(whyNotLoaded(thrown('it', `${file}:99`), file)).toBe('line 99: it in ""');
    expect(whyNotLoaded(thrown('it', `${file}: 2`), file)).toBe(
      'line 2: it in "const second = nothing(first);"',
    );
    expect(whyNotLoaded(thrown('it', `${file}:x`), file)).toBe('it');
    expect(whyNotLoaded(thrown('it\nfails', 'elsewhere:2'), file)).toBe('it');
    expect(whyNotLoaded('words\nand more', file)).toBe('it throws words');
  });

  test('by the program that translates TypeScript, also of another file', () => {
    const told = `Transform failed with 1 error:\n${file}:1:6: ERROR: Expected ";"`;
    expect(whyNotLoaded(new Error(told), file)).toBe('line 1: Expected ";" in "const first = 1;"');
    expect(whyNotLoaded(new Error(told), join(directory, 'other.ts'))).toBe(
      `${relative('', file)}, line 1: Expected ";" in "const first = 1;"`,
    );
  });

  test('by Node.js, where JavaScript is none', () => {
    expect(whyNotLoaded(Object.assign(new SyntaxError('Unexpected'), { stack: '' }), file)).toBe(
      'line 4: Unexpected in "let = = 3;"',
    );
  });
});
