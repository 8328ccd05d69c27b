/** Sessions with peers that only pretend to train, so that what they measure is known beforehand. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../../src/core/errors.ts';
import type { Progress } from '../../../../src/core/progress.ts';
import { fieldOf, type Choice } from '../../../../src/studies/bench/contestants.ts';
import { ContestantProcess } from '../../../../src/studies/bench/processes.ts';
import { implementations, type Implementation } from '../../../../src/studies/bench/protocol.ts';
import { measureTogether } from '../../../../src/studies/bench/session.ts';
import { examplesOf, startOf, workloads } from '../../../../src/studies/bench/workloads.ts';
import { zooHere } from '../../../helpers/zoo-here.ts';

const { gates } = workloads;
let directory: string;
let python: string;
const log = () => readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');

/** Speaks for Python: every step of NumPy in double precision takes a millisecond, and so on. */
const pretended = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { basename } = require('node:path');
const [script, ...words] = process.argv.slice(2);
if (script === '-c') {
  console.log('a warning that libraries print');
  console.log(JSON.stringify(words.slice(1).filter((name) => ['keras', 'tensorflow'].includes(name))));
  process.exit(0);
}
const name = [basename(script), ...words].join(' ');
const tell = (text) => appendFileSync('LOG', text + '\\n');
let rounds = -1;
const answer = (steps) => {
  tell(name + ' ' + steps);
  if (name === 'torch_peer.py' && rounds === 6) throw new RangeError('torn');
  const seconds = name.endsWith('float64') ? steps / 1000 : name.endsWith('float32') ? (rounds < 2 ? 1 : 0.002) : 0.064;
  return {
    seconds: name.endsWith('steps') ? steps / 2000 : seconds,
    ...(name.endsWith('steps') && { steps: 2 * steps }),
    loss: name.endsWith('float32') ? null : rounds,
    memory: 2 ** 20 * rounds,
    ...(name.endsWith('float64') && { tensors: 5 * steps }),
  };
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  rounds++;
  if (rounds > 0) return console.log(JSON.stringify(answer(Number(line))));
  if (name === 'keras_peer.py fit') process.exit(3);
  if (name === 'keras_peer.py batch') {
    console.error('Traceback\\n  ModuleNotFoundError: no keras\\nthe end');
    process.exit(1);
  }
  console.log('a line of no interest');
  tell(name + ' ' + line);
  const threads = Object.entries(process.env).filter(([key]) => /NUM_.*THREADS$|^PYTHONDONT|_MAXIMUM_/.test(key));
  console.log(JSON.stringify({ ready: true, about: threads.map((pair) => pair.join('=')).sort().join(' '), dtype: 'float32' }));
});
`;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-session-'));
  python = join(directory, 'python3');
  writeFileSync(python, pretended.replace('LOG', join(directory, 'log')));
  chmodSync(python, 0o755);
});
beforeEach(() => writeFileSync(join(directory, 'log'), ''));
afterAll(() => rmSync(directory, { recursive: true }));

const progressInto = (told: unknown[][]): Progress => ({
  update: (...words) => void told.push(words),
  finish: (...words) => void told.push(['finished', ...words]),
  note: () => {},
});
const contestants = (...names: Implementation[]) =>
  names.map((implementation) => ({ workload: gates, implementation, backend: implementation.split('-')[0] }));

describe('a session', () => {
  test('rounds in an order that rotates, as many steps as fit the time; the first ones warm up', async () => {
    const told: unknown[][] = [];
    const all = contestants('numpy-float64', 'numpy-float32', 'keras-steps');
    const options = { repeats: 3, seconds: 0.1, python, progress: progressInto(told) };
    const { measured, failed } = await measureTogether(all, options);
    expect(failed).toEqual([]);
    expect(measured).toMatchObject([
      {
        contestant: all[0],
        microseconds: [1000, 1000, 1000],
        stepsPerRound: 100,
        firstLoss: 1,
        memory: 7 * 2 ** 20,
        tensorsPerStep: 5,
      },
      // Two steps fit after the slow first round, then fifty times as many, and again, and again.
      { contestant: all[1], microseconds: [0.008, 0.008, 0.008], stepsPerRound: 250_000, firstLoss: NaN },
      // Makes twice the steps that it is asked for, in the time of one half.
      { contestant: all[2], stepsPerRound: 400, firstLoss: 1 },
    ]);
    expect(measured[2].microseconds).toEqual([250, 250, 250]);
    expect(measured[1].tensorsPerStep).toBeUndefined();
    expect(measured[0].ready).toEqual({
      ready: true,
      about:
        'MKL_NUM_THREADS=1 NUMEXPR_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 TF_NUM_INTEROP_THREADS=1 TF_NUM_INTRAOP_THREADS=1 VECLIB_MAXIMUM_THREADS=1',
      dtype: 'float32',
    });
    const words = log()
      .slice(3)
      .map((line) => line.split(' ').slice(1).join(' '));
    const rounds = [words.slice(0, 12), words.slice(12, 15), words.slice(15, 18), words.slice(18)];
    const names = (round: string[]) => [...new Set(round.map((line) => line.split(' ')[0]))];
    expect(rounds.map(names)).toEqual([
      ['steps', 'float64', 'float32'],
      ['float64', 'float32', 'steps'],
      ['float32', 'steps', 'float64'],
      ['steps', 'float64', 'float32'],
    ]);
    expect(rounds[0]).toEqual([
      ...['steps 20', 'steps 400', 'steps 400', 'steps 400'],
      ...['float64 20', 'float64 100', 'float64 100', 'float64 100'],
      ...['float32 20', 'float32 2', 'float32 100', 'float32 5000'],
    ]);
    expect(told[0]).toEqual(['gates', 0, 15]);
    // One by one: three are ready, three are warm, three rounds of three.
    expect(told.slice(1)).toEqual([
      ...Array.from({ length: 15 }, (_, i) => ['gates', i + 1, 15]),
      ['finished', 'gates'],
    ]);
  });

  test('everybody is given the same beginning', async () => {
    const options = { repeats: 1, seconds: 0, python, progress: progressInto([]) };
    const { measured } = await measureTogether(contestants('numpy-float64'), options);
    expect(measured[0]).toMatchObject({ stepsPerRound: 1, microseconds: [1000] });
    const [first] = log();
    const { initial, random } = startOf(gates);
    expect(JSON.parse(first.slice(first.indexOf('{')))).toEqual({
      ...contestants('numpy-float64')[0],
      initial: JSON.parse(
        JSON.stringify(initial, (_, value: unknown) =>
          ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
        ),
      ) as unknown,
      random: JSON.parse(JSON.stringify(random)) as unknown,
    });
  });

  test('who fails is left out with the reason, the others go on', async () => {
    const told: unknown[][] = [];
    const all = contestants('torch', 'keras', 'numpy-float64', 'keras-batch');
    const options = { repeats: 2, seconds: 0, python, progress: progressInto(told) };
    const { measured, failed } = await measureTogether(all, options);
    expect(measured.map(({ contestant }) => contestant)).toEqual([all[2]]);
    expect(measured[0].microseconds).toHaveLength(2);
    expect(failed).toHaveLength(3);
    expect(failed).toEqual(
      expect.arrayContaining([
        { contestant: all[0], reason: 'RangeError: torn' },
        { contestant: all[1], reason: 'its process ended without a word' },
        { contestant: all[3], reason: 'ModuleNotFoundError: no keras' },
      ]),
    );
    expect(told.at(-1)).toEqual(['finished', 'gates']);
  });

  test('what cannot be started says so', async () => {
    const started = ContestantProcess.start(contestants('torch')[0], join(directory, 'no-python'));
    await expect(started).rejects.toThrow(/^spawn .*no-python ENOENT$/);
  });
});

test('the zoo’s own process trains: the loss of step 20 is that of a perceptron worked out here', async () => {
  const zoo = { workload: gates, implementation: 'zoo', backend: 'cpu', gradients: 'manual' } as const;
  const { process: contestant, ready } = await ContestantProcess.start(zoo, python);
  expect(ready).toMatchObject({
    ready: true,
    about: expect.stringMatching(/^TensorFlow\.js \d/) as unknown,
    dtype: 'float32',
  });
  const [first, second] = [await contestant.round(20), await contestant.round(3)];
  contestant.stop();
  const { inputs, labels } = examplesOf(gates).train;
  const { initial } = startOf(gates);
  const [w, b] = Object.values(initial).map(({ values }) => Array.from(values));
  const losses: number[] = [];
  for (let step = 0; step < 23; step++) {
    let loss = 0;
    const [dw, db] = [[0, 0], [0]];
    for (let row = 0; row < 4; row++) {
      const x = inputs.subarray(2 * row, 2 * row + 2);
      const p = 1 / (1 + Math.exp(-(w[0] * x[0] + w[1] * x[1] + b[0])));
      loss -= Math.log(labels[row] === 1 ? p : 1 - p) / 2;
      for (const i of [0, 1]) dw[i] += (x[i] * (p - labels[row])) / 2;
      db[0] += (p - labels[row]) / 2;
    }
    losses.push(loss);
    for (const i of [0, 1]) w[i] -= 0.1 * dw[i];
    b[0] -= 0.1 * db[0];
  }
  expect([first.loss, second.loss]).toEqual([expect.closeTo(losses[19], 4), expect.closeTo(losses[22], 4)]);
  expect(second.tensors! % 3).toBe(0);
  expect(second.tensors).toBeGreaterThan(0);
  expect(second.seconds).toBeGreaterThan(0);
  expect(second.memory).toBeGreaterThan(2 ** 24);
});

describe('who takes part', () => {
  const choice = (more: Partial<Choice>): Choice => ({ implementations, backends: ['cpu'], python, ...more });
  const names = (list: { implementation: string; backend: string; gradients?: string }[]) =>
    list.map(({ implementation, backend, gradients = '' }) =>
      `${implementation} ${backend} ${gradients}`.trim(),
    );

  test('each where it makes sense, but for peers whose modules are missing', async () => {
    const field = await fieldOf(choice({ backends: ['cpu', 'wasm'] }));
    expect(field.python).toBe(python);
    const zoo = ['zoo cpu manual', 'zoo cpu autodiff', 'zoo wasm manual', 'zoo wasm autodiff'];
    const rest = [
      'layers wasm',
      'layers-batch wasm',
      'numpy-float64 numpy',
      'numpy-float32 numpy',
      'torch torch',
    ];
    expect(names(field.of(gates))).toEqual([...zoo, 'naive wasm manual', 'naive wasm autodiff', ...rest]);
    expect(names(field.of(workloads.lenet))).toEqual([...zoo, ...rest]);
    expect(field.of(gates)[0].workload).toBe(gates);
    const reason = (module: string) => `${python} has no module ${module}`;
    expect(field.skipped).toEqual([
      { implementation: 'keras', backend: 'keras', reason: reason('keras') },
      { implementation: 'keras-batch', backend: 'keras', reason: reason('keras') },
      { implementation: 'keras-steps', backend: 'keras', reason: reason('keras') },
    ]);
  });

  test('steps in one call are not measured where rows are held back', async () => {
    const other = join(directory, 'python-with-all');
    writeFileSync(other, '#!/bin/sh\necho "[]"\n');
    chmodSync(other, 0o755);
    const field = await fieldOf(choice({ python: other, implementations: ['keras', 'keras-steps'] }));
    expect(names(field.of(gates))).toEqual(['keras keras', 'keras-steps keras']);
    expect(names(field.of(workloads['breast-cancer']))).toEqual(['keras keras']);
    expect(field.skipped).toEqual([]);
  });

  test('an interpreter that was named must be one; the machine’s own may be missing', async () => {
    const none = fieldOf(choice({ python: join(directory, 'nothing') }));
    await expect(none).rejects.toThrow(
      `There is no Python at ${join(directory, 'nothing')}: give --python an interpreter`,
    );
    const broken = join(directory, 'empty', 'python3');
    mkdirSync(join(directory, 'empty'));
    writeFileSync(broken, '#!/bin/sh\nexit 1\n');
    chmodSync(broken, 0o755);
    await expect(fieldOf(choice({ python: broken }))).rejects.toThrow(
      new InputError(`${broken} does not work as a Python 3 interpreter.`),
    );
    const { PATH } = process.env;
    try {
      for (const place of ['empty', 'nowhere']) {
        process.env.PATH = join(directory, place);
        const { skipped, python: program } = await fieldOf(
          choice({ python: undefined, implementations: ['zoo', 'torch'] }),
        );
        expect(skipped).toEqual([
          { implementation: 'torch', backend: 'torch', reason: 'there is no Python 3 here' },
        ]);
        expect(program).toBe('python3');
      }
    } finally {
      process.env.PATH = PATH;
    }
    // Who wants no peers is not asked for Python.
    const field = await fieldOf(choice({ python: broken, implementations: ['zoo'] }));
    expect(names(field.of(gates))).toEqual(['zoo cpu manual', 'zoo cpu autodiff']);
  });
});

describe('the command', () => {
  const bench = (...words: string[]) =>
    zooHere(['bench', '--workload', 'gates', '--python', python, ...words], directory);

  const quick = (...words: string[]) => bench('--repeats', '1', '--seconds', '0', ...words);

  test('measures, draws and tells', async () => {
    const { code, stdout, stderr } = await quick(
      '--implementation',
      'torch,numpy-float64',
      '--chart',
      'bench.svg',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('measuring gates: 2 → 1, σ; all 4 rows in every step\n');
    expect(stdout).toContain('The losses of step 20 agree: 2 programs differ by at most 0e+0.');
    expect(readFileSync(join(directory, 'bench.svg'), 'utf8')).toContain('>numpy-float64<');
    const { stdout: markdown } = await quick(
      '--implementation',
      'numpy-float64',
      '--markdown',
      '--chart',
      'bench.png',
    );
    expect(markdown).toContain('### gates\n\n2 → 1');
    expect(readFileSync(join(directory, 'bench.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('has failed where the losses differ', async () => {
    const { code, stdout } = await quick('--implementation', 'numpy-float32,numpy-float64', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      agreements: [{ agree: false }],
      rows: [{ workload: 'gates' }, { workload: 'gates' }],
    });
  });

  test.each([
    [
      ['--implementation', 'zoo,tensorflow'],
      `There is no implementation "tensorflow"; choose among ${implementations.join(', ')}.`,
    ],
    [['--backend', 'gpu'], 'There is no backend "gpu"; choose among '],
    [['--chart', 'bench.jpg'], '--chart takes the name of an .svg or .png file, not "bench.jpg".'],
    [['--repeats', '0'], '--repeats takes a whole number from 1 to 1000, not 0.'],
    [['--seconds', '3601'], '--seconds takes a number from 0 to 3600, not 3601.'],
    [['--implementation', 'keras'], `Nothing can be measured: `],
    [
      ['--implementation', 'naive', '--backend', 'cpu'],
      'Nothing can be measured: none of these implementations runs on these backends.',
    ],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await bench(...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^zoo: ${message.replace(/[.?"]/g, '\\$&')}`));
  });
});

test.each(Object.values(workloads))('$name: what its title says is what is measured', (workload) => {
  const { title, rows, validationRows, batchSize, features, hidden, filters, outputs } = workload;
  const numbers = title
    .replace(/(?<=\d)\s(?=\d{3}\b)/g, '')
    .match(/\d+/g)!
    .map(Number);
  const batch = batchSize === 'full' ? [] : [batchSize];
  const network = filters ? [...filters, outputs] : [features, ...(hidden ? [hidden] : []), outputs];
  for (const number of [rows, ...batch, ...network, ...(validationRows ? [validationRows] : [])])
    expect(numbers).toContain(number);
});
