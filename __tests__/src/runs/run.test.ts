import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { InputError, WorkError } from '../../../src/utils/errors.ts';
import { silent } from '../../../src/utils/progress.ts';
import { DivergedError } from '../../../src/training/divergence.ts';
import { makeRunDirectory, readCheckpoint } from '../../../src/runs/save.ts';
import { loadRun, run, type RunRequest } from '../../../src/runs/run.ts';
import { loadRunRecord } from '../../../src/runs/load.ts';
import { dataFromRows } from '../../../src/data/data-from-rows.ts';
import { readRun } from '../../../src/runs/verify.ts';
import { exampleRequest } from '../../helpers/example-run.ts';
import { abandon } from '../../helpers/abandon.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
beforeAll(async () => {
  await useBackend('cpu');
});

let runs = 0;
const newOut = (): string => join(directory, String(runs++));
interface Saved {
  state: { step: number };
}
const weightsIn = (out: string): string => readFileSync(join(out, 'weights.json'), 'utf8');
const stopAfter = (steps: number) => {
  let step = 0;
  return { shouldStop: () => ++step === steps };
};
const request = (change: Partial<RunRequest> = {}): RunRequest => ({
  ...exampleRequest('adam'),
  out: newOut(),
  ...change,
});
const recipe = exampleRequest('adam').recipe;
const continued = async (out: string, change: Partial<RunRequest> = {}, force = false) =>
  request({ out, resume: { checkpoint: await readCheckpoint(out, models.gate), force }, ...change });

const files = [
  'decision-boundary.png',
  'decision-boundary.svg',
  'learning-curve.png',
  'learning-curve.svg',
  'report.html',
  'run.json',
  'weights.json',
];

test('a directory of its own is named after the model and the second in which it was made', async () => {
  const before = process.cwd();
  process.chdir(directory);
  try {
    const [one, two] = [await makeRunDirectory('gate'), await makeRunDirectory('gate')];
    expect(basename(one)).toMatch(/^gate-20\d\d-\d\d-\d\dT\d\d-\d\d-\d\d$/);
    expect(two).not.toBe(one);
    await expect(makeRunDirectory('no/such')).rejects.toThrow(
      /^cannot make ".*runs.no.such-20[^"]*": it does not exist$/,
    );
    expect(readdirSync(join(directory, 'runs')).sort()).toEqual([basename(one), basename(two)].sort());
  } finally {
    process.chdir(before);
  }
});

test('a directory that cannot be made is named, and what was to be done with it', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  await expect(makeRunDirectory('gate', join(file, 'new'))).rejects.toThrow(
    new InputError(
      `cannot make the directory "${join(file, 'new')}": a part of the path is a file, not a directory`,
    ),
  );
});

test('initial weights are accepted if they fit the classes of the data, and refused otherwise', async () => {
  const rows = {
    inputs: [
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    labels: [0, 1, 2],
  };
  const dataset = dataFromRows({ name: 'three', classNames: ['a', 'b', 'c'], train: rows });
  const loadedWith = (classes: number) => {
    const zeros = (...shape: number[]) => ({
      shape,
      values: new Float64Array(shape.reduce((product, length) => product * length)),
    });
    const parameters = { weights: zeros(2, classes), bias: zeros(classes) };
    const start = { file: 'start.json', sha256: '', parameters };
    return loadRun(request({ definition: models.softmax, options: {}, dataset, start }));
  };
  await expect(loadedWith(3)).resolves.toMatchObject({ dataset: { name: 'three' } });
  await expect(loadedWith(2)).rejects.toThrow('the model needs [2, 3]');
});

describe('a run', () => {
  test('leaves the same weights.json byte for byte when repeated, interrupted, and resumed twice', async () => {
    const { out: whole } = await run(request());
    const { out: again } = await run(request());
    expect(weightsIn(again)).toBe(weightsIn(whole));
    expect(readdirSync(whole).sort()).toEqual(files);

    const first = await run(request({ hooks: stopAfter(3) }));
    expect(first.status).toBe('interrupted');
    expect(readdirSync(first.out).sort()).toEqual(['checkpoint.json', ...files]);
    expect(weightsIn(first.out)).not.toBe(weightsIn(whole));
    const second = await run(await continued(first.out, { hooks: stopAfter(4) }));
    expect(second.result.interrupted?.step).toBe(7);
    abandon(join(first.out, 'weights.json'));
    const third = await run(await continued(first.out));
    expect(third.status).toBe('complete');
    expect(readdirSync(first.out).sort()).toEqual(files);
    expect(weightsIn(first.out)).toBe(weightsIn(whole));
    const withoutTime = (history: typeof third.result.history) =>
      history.map(({ loss, epoch }) => [epoch, loss]);
    const { run: recorded } = await readRun(whole);
    expect(withoutTime(third.result.history)).toEqual(withoutTime(recorded.history));
  });

  test('saves its state as often as asked, from which it goes on after a crash', async () => {
    const crashed = newOut();
    const seen: number[] = [];
    await run(
      request({
        out: crashed,
        checkpointEvery: { steps: 3 },
        hooks: {
          onStep() {
            const path = join(crashed, 'checkpoint.json');
            if (!existsSync(path)) return;
            const { state } = JSON.parse(readFileSync(path, 'utf8')) as { state: { step: number } };
            seen.push(state.step);
            if (state.step === 6) throw new Error('crash');
          },
        },
      }),
    ).catch(() => {});
    expect(seen).toEqual([3, 3, 3, 6]);
    expect(readdirSync(crashed)).toEqual(['checkpoint.json']);
    const { out: whole } = await run(request());
    await run(await continued(crashed));
    expect(weightsIn(crashed)).toBe(weightsIn(whole));
  });

  test.each([
    [0, [0, 1, 2, 3]],
    [1000, []],
  ])(
    'saves its state every %i seconds: before the second step and those after it, %j',
    async (seconds, steps) => {
      const out = newOut();
      const seen: number[] = [];
      const onStep = () => {
        const path = join(out, 'checkpoint.json');
        if (existsSync(path)) seen.push((JSON.parse(readFileSync(path, 'utf8')) as Saved).state.step - 1);
      };
      await run(
        request({ out, recipe: { ...recipe, epochs: 5 }, checkpointEvery: { seconds }, hooks: { onStep } }),
      );
      expect(seen).toEqual(steps);
    },
  );

  test.each([
    ['an unfinished', stopAfter(3), 'continue it with --resume, choose another'],
    ['a finished', {}, 'choose another'],
  ])('does not take the place of %s one, except on demand', async (kind, hooks, ways) => {
    const { out } = await run(request({ hooks }));
    const content = () => readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'latin1')]);
    const before = content();
    const refused = run(request({ out, recipe: { ...recipe, epochs: 11 } }));
    await expect(refused).rejects.toThrow(`holds ${kind} run of gate from ${new Date().getFullYear()}-`);
    await expect(refused).rejects.toThrow(`${ways} --out, or replace it with --overwrite.`);
    await expect(refused).rejects.toBeInstanceOf(InputError);
    expect(content()).toEqual(before);
    const { result } = await run(request({ out, recipe: { ...recipe, epochs: 11 }, overwrite: true }));
    expect(result.epochs).toBe(11);
    expect(readdirSync(out).sort()).toEqual(files);
  });

  test('nor does it take the place of what only looks like one, nor of a sweep', async () => {
    for (const [name, text, what] of [
      ['run.json', '{"status":"diverged","model":"\\u001b[31m"}', /holds a diverged run of \?\[31m from/],
      ['run.json', 'null', /holds a finished run from /],
      ['weights.json', '{"model":"mnist"}', /holds a finished run of mnist from /],
      [
        'sweep.json',
        '{"plan":{"definition":{"model":"mnist"}}}',
        /a sweep of mnist from .*: choose another --out\.$/,
      ],
    ] as const) {
      const out = newOut();
      mkdirSync(out);
      writeFileSync(join(out, name), text);
      await expect(run(request({ out }))).rejects.toThrow(what);
      expect(readdirSync(out)).toEqual([name]);
    }
  });

  test('is kept though its pictures cannot be drawn', async () => {
    const notes: string[] = [];
    const progress = { ...silent, note: (note: string) => void notes.push(note) };
    const out = newOut();
    mkdirSync(join(out, 'learning-curve.png', 'in the way'), { recursive: true });
    const { status } = await run(request({ out, data: { ...exampleRequest('adam').data, progress } }));
    expect(status).toBe('complete');
    expect(notes).toEqual([
      expect.stringMatching(/^The run is saved, but not all of its pictures: .*(in the way|director)/),
    ]);
    const { out: whole } = await run(request());
    expect(weightsIn(out)).toBe(weightsIn(whole));
    expect((await readRun(out)).run.status).toBe('complete');
  });

  test('that cannot be saved in its place is saved in another, and says where', async () => {
    const out = newOut();
    const failed = run(
      request({ out, hooks: { onEpoch: () => rmSync(out, { recursive: true, force: true }) } }),
    );
    const error = await failed.catch((e: unknown) => e as WorkError);
    expect(error).toBeInstanceOf(WorkError);
    const { message } = error as WorkError;
    expect(message).toMatch(/was removed.*the trained weights are in .* instead$/);
    const rescued = / are in (.*) instead$/.exec(message)![1];
    const { out: whole } = await run(request());
    expect(weightsIn(rescued)).toBe(weightsIn(whole));
    rmSync(rescued, { recursive: true });
  });

  test('writes nothing more where another process has taken its directory over', async () => {
    const out = newOut();
    const notes: string[] = [];
    const progress = { ...silent, note: (note: string) => void notes.push(note) };
    const lost = run(
      request({
        out,
        data: { ...exampleRequest('adam').data, progress },
        checkpointEvery: { steps: 1 },
        hooks: {
          onStep({ epoch }) {
            if (epoch !== 3) return;
            const holder = JSON.parse(readFileSync(join(out, 'run.lock'), 'utf8')) as object;
            writeFileSync(join(out, 'run.lock'), JSON.stringify({ ...holder, id: 'another' }));
          },
        },
      }),
    );
    const { message } = (await lost.catch((error: unknown) => error)) as WorkError;
    expect(message).toContain('another process has taken it over');
    rmSync(/ are in (.*) instead$/.exec(message)![1], { recursive: true });
    expect(readdirSync(out).sort()).toEqual(['checkpoint.json', 'run.lock']);
    const { state } = await readCheckpoint(out, models.gate);
    expect(state.step).toBe(2);
    expect(notes[0]).toMatch(/^No checkpoint: .*another process has taken it over/);
  });

  test('goes on when a checkpoint cannot be written', async () => {
    const notes: string[] = [];
    const out = newOut();
    mkdirSync(join(out, 'checkpoint.json', 'in the way'), { recursive: true });
    const progress = { ...silent, note: (note: string) => void notes.push(note) };
    const data = { ...exampleRequest('adam').data, progress };
    await expect(run(request({ out, data }))).rejects.toThrow('holds an unfinished run');
    rmSync(out, { recursive: true });
    const inTheWay = {
      onEpoch: () => void mkdirSync(join(out, 'checkpoint.json', 'x'), { recursive: true }),
    };
    await run(request({ out, data, checkpointEvery: { steps: 5 }, hooks: inTheWay })).catch(() => {});
    expect(notes[0]).toMatch(
      /^No checkpoint: cannot write .*checkpoint.json": it is a directory, not a file$/,
    );
    expect(existsSync(join(out, 'weights.json'))).toBe(true);
  });
});

describe('a run that diverges', () => {
  test.each([undefined, { steps: 1 }])(
    'keeps its last good state with checkpoints %p, and goes on from there with another rate',
    async (checkpointEvery) => {
      const out = newOut();
      const wild = { ...recipe, optimizer: 'momentum' as const, learningRate: 1e6 };
      const rows = {
        inputs: [
          [1e17, 0],
          [0, 1e17],
        ],
        labels: [0, 1],
      };
      const dataset = dataFromRows({ name: 'far out', classNames: ['0', '1'], train: rows, test: rows });
      const error = await run(request({ out, recipe: wild, dataset, checkpointEvery })).catch(
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(DivergedError);
      expect((error as DivergedError).message).toMatch(/They are saved in .*; --resume with --force-resume/);
      const { state } = await readCheckpoint(out, models.gate);
      const largest = Math.max(...state.parameters.weights.values.map(Math.abs));
      expect(largest).toBeLessThan(10);
      const record = await loadRunRecord(out);
      expect(record).toMatchObject({
        status: 'diverged',
        steps: state.step,
      });
      const tame = { ...wild, learningRate: 1e-17 };
      const { result, metrics } = await run(await continued(out, { recipe: tame, dataset }, true));
      expect(result.steps).toBe(10);
      expect(metrics.train.loss).toBeLessThan(record.metrics.train.loss);
    },
  );
});

describe('resuming', () => {
  test('refuses other options and says which; forced, it goes on and says so', async () => {
    const { out } = await run(request({ hooks: stopAfter(3) }));
    const change = { recipe: { ...recipe, learningRate: 0.2, optimizer: 'momentum' as const } };
    await expect(continued(out, change).then(run)).rejects.toThrow(
      'The run began differently: optimizer was "adam" and is "momentum"; learningRate was 0.1 and is 0.2.',
    );
    const notes: string[] = [];
    const progress = { ...silent, note: (note: string) => void notes.push(note) };
    const data = { ...exampleRequest('adam').data, progress };
    const forced = await run(await continued(out, { ...change, data }, true));
    expect(forced.result.steps).toBe(10);
    expect(notes).toEqual([
      'Continuing although optimizer was "adam" and is "momentum"; learningRate was 0.1 and is 0.2.',
      'The new optimizer begins without memory of earlier steps.',
    ]);
  });

  test('refuses other data, another model, and says so where nothing is to resume', async () => {
    const { out } = await run(request({ hooks: stopAfter(3) }));
    const data = { ...exampleRequest('adam').data, options: { gate: 'or' } };
    await expect(continued(out, { data }).then(run)).rejects.toThrow(
      /began differently: data \(SHA-256\) was/,
    );
    await expect(readCheckpoint(out, models.points)).rejects.toThrow('trains the model gate, not points');
    await expect(readCheckpoint(directory, models.gate)).rejects.toThrow(/^Nothing to resume in/);
  });

  test.each([
    ['another shape', /"shape": \[2,1\]/, '"shape": [1,2]', /shape \[1, 2\]/],
    [
      'a step beyond the epoch',
      /"stepInEpoch": 0/,
      '"stepInEpoch": 1',
      /is at step 1 of an epoch that has fewer/,
    ],
    ['half an optimizer', /"steps": \{/, '"moments": {', /not one of the optimizer adam/],
    [
      'an option that is none',
      /"gate": "and"/,
      '"gate": "or", "x": 1',
      /option x that the model gate does not know/,
    ],
  ])('refuses a checkpoint with %s', async (_, from, to, message) => {
    const { out } = await run(request({ hooks: stopAfter(3) }));
    const path = join(out, 'checkpoint.json');
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
    const failed = continued(out).then(run);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toBeInstanceOf(InputError);
  });
});
