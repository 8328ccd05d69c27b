/** The documents' reports on invented outcomes of training: nothing is trained here. */
import { describe, expect, test } from '@jest/globals';
import type { ParameterSet } from '../../../src/model/parameters.ts';
import { document000 } from '../../../src/reproduce/document-000.ts';
import { document001 } from '../../../src/reproduce/document-001.ts';
import { document003 } from '../../../src/reproduce/document-003.ts';
import { digitsReport, type DigitsOutcome } from '../../../src/reproduce/document-004-digits.ts';
import printed001 from '../../../src/reproduce/printed/001.json' with { type: 'json' };
import printed000 from '../../../src/reproduce/printed/000.json' with { type: 'json' };
import numpy000 from '../../../src/reproduce/printed/numpy-000.json' with { type: 'json' };
import numpy001 from '../../../src/reproduce/printed/numpy-001.json' with { type: 'json' };
import numpy003 from '../../../src/reproduce/printed/numpy-003.json' with { type: 'json' };
import type { Context } from '../../../src/reproduce/context.ts';
import {
  isReproduced,
  totalLines,
  totals,
  joinReports,
  type ComparedRow,
  type Report,
  type Row,
  formatReport,
} from '../../../src/reproduce/report.ts';
import type { Snapshot, TrainingJob, TrainingOutcome } from '../../../src/reproduce/training-job.ts';

const data: Context['data'] = { data: 'dir', dataDir: 'here', cacheDir: '' };

function contextOf(run: (job: TrainingJob) => TrainingOutcome, more: Partial<Context> = {}) {
  const jobs: TrainingJob[] = [];
  const context: Context = {
    ...{ backend: 'float64', fastBackend: 'wasm', data },
    run: (job) => {
      jobs.push(job);
      return Promise.resolve(run(job));
    },
    runDigits: () => Promise.reject(new Error('nobody asked for digits')),
    runMicrogpt: () => Promise.reject(new Error('nobody asked for microgpt')),
    runTimings: ({ backend }) => Promise.resolve([{ document: '001', item: backend, loops: 1, tensors: 2 }]),
    missingData: () => Promise.resolve(undefined),
    ...more,
  };
  return { context, jobs };
}

const valuesOf = (values: number[], shape = [values.length]) => ({
  shape,
  values: Float64Array.from(values),
});
const measured = (loss: number, accuracy: number, rows = 1, features = 1) => ({
  loss,
  accuracy,
  features,
  logits: new Float64Array(rows),
});
const reproducedOf = ({ rows = [] }: Partial<Report>) => [
  rows.filter(({ reproduced }) => reproduced).length,
  rows.length,
];

type Trace = Exclude<keyof typeof numpy003, 'about'>;
const traceOf = ({ options, asPrinted }: TrainingJob): Trace =>
  `${options!.init === 'ones' ? 'dualLayer' : 'randomInit'}${asPrinted ? 'AsPrinted' : 'Corrected'}`;

/** Weights whose penalty of 0.01/2 · Σw² / 10 rows is the epoch in ten thousandths. */
const penaltyOf = (epoch: number) => epoch / 10_000;
function tumours(
  job: TrainingJob,
  changed: (trace: Trace, parameters: ParameterSet) => void = () => {},
): TrainingOutcome {
  const { loss, validationLoss, validationScore } = numpy003[traceOf(job)] as {
    loss: Record<string, number>;
    validationLoss: Record<string, number>;
    validationScore: number;
  };
  const losses: number[] = [];
  for (const [epoch, value] of Object.entries(loss))
    losses[Number(epoch) - 1] = value + penaltyOf(Number(epoch) - 1) - penaltyOf(Number(epoch));
  const snapshots = Object.fromEntries(
    job.keep.map((epoch): [number, Snapshot] => {
      const half = Math.sqrt((2 * 10 * penaltyOf(epoch)) / 0.01 / 5);
      const parameters = {
        hiddenWeights: valuesOf([half, half, half, half], [2, 2]),
        outputWeights: valuesOf([-half]),
      };
      changed(traceOf(job), parameters);
      return [
        epoch,
        {
          parameters,
          train: measured(0, 0, 10),
          validation: measured(validationLoss[epoch], validationScore),
          test: measured(0, 0),
        },
      ];
    }),
  );
  return { losses, snapshots, history: [{ epoch: 1, loss: 3, validationLoss: 2, seconds: 0 }] };
}

test('document 003: all is reproduced by a training that goes as NumPy’s', async () => {
  const { context } = contextOf((job) => tumours(job));
  const report = await document003(context);
  expect(report.rows!.filter(({ reproduced }) => !reproduced)).toEqual([]);
  expect(report.rows!.length).toBe(4 + 2 * (7 + 7 + 6 + 6));
  const needs = await document003({ ...context, missingData: () => Promise.resolve('not here') });
  expect(needs.rows!.map(({ item, printed }) => [item, printed])).toEqual(
    report.rows!.map(({ item, printed }) => [item, printed]),
  );
});

test('document 003: units that grow apart are told', async () => {
  const apart = (by: number) =>
    contextOf((job) =>
      tumours(job, (trace, { hiddenWeights }) => {
        if (trace === 'dualLayerAsPrinted') hiddenWeights.values[3] += by;
      }),
    ).context;
  const holds = async (by: number) =>
    (await document003(apart(by))).findings!.map((finding) => finding.holds);
  expect([await holds(0.0009), await holds(-0.0011)]).toEqual([
    [true, true],
    [false, true],
  ]);
});

const cats = (job: TrainingJob): TrainingOutcome => {
  const rate = String(job.recipe!.learningRate);
  const trace = rate in numpy001.cats ? numpy001.cats[rate as keyof typeof numpy001.cats] : undefined;
  const losses: number[] = [];
  for (const [i, cost] of (trace?.costs ?? [0.5, 0.25]).entries()) losses[100 * i] = cost;
  const snapshot = {
    parameters: {
      weights: valuesOf([0.6, -0.8].map((share) => share * (trace?.weightNorm ?? 1))),
      bias: valuesOf([trace?.bias ?? 0]),
    },
    train: measured(0, trace?.trainAccuracy ?? 0, 209, 12288),
    test: measured(0, trace?.testAccuracy ?? 0, 50, 12288),
  };
  return {
    losses: Array.from(losses, (loss) => loss ?? NaN),
    snapshots: { [job.keep[0]]: snapshot },
    history: [],
  };
};

test('document 001: all is reproduced by a training that goes as NumPy’s, each rate where it can be compared', async () => {
  const { context } = contextOf(cats);
  const report = await document001(context);
  expect(report.rows!.filter(({ reproduced, item }) => !reproduced && !item.includes('entry'))).toEqual([]);
  const ofCats = report.rows!.slice(
    -(6 + 20 + 2) - Object.values(numpy001.cats).reduce((sum, { costs }) => sum + costs.length + 4, 0),
  );
  expect(reproducedOf({ rows: ofCats })).toEqual([ofCats.length, ofCats.length]);
  expect(ofCats[0].item).toBe('training pictures');
  expect(report.measurements).toEqual([{ document: '001', item: 'wasm', loops: 1, tensors: 2 }]);
  const [cost, rates] = report.plots!;
  expect(cost).toMatchObject({ name: '001-cost', title: 'Document 001, learning rate 0.005' });
  expect(cost.series).toMatchObject([{ name: 'learning rate 0.005' }]);
  expect(cost.series[0].points).toHaveLength(printed001.costs.length);
  expect(cost.series[0].points[1]).toEqual([1, numpy001.cats['0.005'].costs[1]]);
  expect(rates).toMatchObject({
    ...{ name: '001-learning-rates', document: '001', title: 'Document 001, three learning rates' },
    x: { label: 'iterations (hundreds)', min: 0 },
    y: { label: 'cost', min: 0 },
  });
  expect(rates.series.map(({ name }) => name)).toEqual([
    ...['learning rate 0.01', 'learning rate 0.001', 'learning rate 0.0001'],
  ]);
  const needs = await document001({ ...context, missingData: () => Promise.resolve('not here') });
  expect(needs.rows!.filter(({ needsData }) => needsData).map(({ item }) => item)).toEqual(
    ofCats.map(({ item }) => item),
  );
});

const { experiments } = printed000;

/** Runs that end near what is printed of each experiment, a hundredth apart. */
function points({ options, recipe, data, keep }: TrainingJob): TrainingOutcome {
  const { rows: _, testRows: __, ...initial } = options!;
  const { trainScore, trained, testCost, varied } = experiments.find(
    (one) =>
      JSON.stringify([one.initial, one.learningRate]) === JSON.stringify([initial, recipe!.learningRate]),
  )!;
  const off = (data.seed - 1007) / 200;
  const near = (texts: string[]) => valuesOf(texts.map((text) => Number(text) + off));
  const parameters = Object.fromEntries(Object.entries(trained).map(([name, texts]) => [name, near(texts)]));
  const accuracy = varied === experiments[11].varied ? 0.5 : varied === experiments[10].varied ? 0.99 : 0.75;
  const snapshot = (loss: number, kept = {}): Snapshot => ({
    parameters: kept,
    train: measured(loss, 0),
    test: measured((Number(testCost) + off) / 100, accuracy),
  });
  return {
    losses: [],
    history: [],
    snapshots: {
      [keep[0]]: snapshot((100 - Number(trainScore) - off) / 100),
      [keep[1]]: snapshot(NaN, parameters),
      [keep[2]]: snapshot(NaN),
    },
  };
}

test('document 000: every printed number stands beside the median and range over eight seeds and does not count', async () => {
  const { context, jobs } = contextOf(points, { backend: 'wasm' });
  const { rows, findings } = await document000(context);
  // Two of the eighteen experiments repeat others.
  expect(jobs).toHaveLength(16 * 8);
  const seeds = [1000, 1002, 1004, 1006, 1008, 1010, 1012, 1014];
  expect([...new Set(jobs.map(({ data }) => data.seed))]).toEqual(seeds);
  const numbers = experiments.map(({ runs }) => 1 + 9 + 1 + runs.length);
  expect(rows).toHaveLength(numbers.reduce((a, b) => a + b));
  expect(totals(rows)).toEqual({ reproduced: 0, total: 0 });
  for (const row of rows.filter(({ item }) => !/of run/.test(item))) {
    expect(row).toMatchObject({
      kind: 'random',
      median: expect.closeTo(row.printed, 9) as unknown,
      range: [-0.035, 0.035].map((off) => expect.closeTo(row.printed + off, 9) as unknown),
    });
    expect(row).not.toHaveProperty('reproduced');
  }
  expect(rows[9].item).toBe(
    `experiment 1 (${experiments[0].group}: ${experiments[0].varied}): trained outputBias, entry 0`,
  );
  expect(findings).toEqual([
    {
      document: '000',
      text: 'Experiment 12, which the document marks as the best, puts 50.0 % of the test points on the right side; experiment 11 puts 99.0 %.',
      holds: true,
    },
  ]);
});

const runOf = ({ options, data }: TrainingJob) =>
  numpy000.runs.findIndex(
    ({ seed, initial }) =>
      seed === data.seed &&
      initial.outputWeights.every(
        (weight, i) => Math.abs((options!.outputWeights as number[])[i] / weight - 1) < 1e-12,
      ) &&
      JSON.stringify(initial.hiddenWeights) === JSON.stringify(options!.hiddenWeights),
  );

function asNumPy(job: TrainingJob, off = 0): TrainingOutcome {
  const { trainCost, testCost, testAccuracy, ...trained } = numpy000.runs[runOf(job)].result;
  const losses: number[] = [];
  for (const [epoch, cost] of Object.entries(trainCost)) losses[Number(epoch) - 1] = cost * (1 + off);
  const parameters = Object.fromEntries(
    Object.entries(trained).map(([name, values]) => [name, valuesOf(values)]),
  );
  return {
    losses,
    history: [],
    snapshots: { 5000: { parameters, train: measured(0, 0), test: measured(testCost, testAccuracy) } },
  };
}
const isOfNumPy = ({ keep }: TrainingJob) => keep.length === 1;

test('document 000 by NumPy: every number of every run, with no run more than that', async () => {
  const { context, jobs } = contextOf((job) => (isOfNumPy(job) ? asNumPy(job) : points(job)));
  const { rows, findings } = await document000(context);
  const byNumPy = rows.filter(({ kind }) => kind === 'numpy');
  const numbers = numpy000.runs.flatMap(({ result: { trainCost, ...others } }) => [
    ...Object.values(trainCost),
    ...Object.values(others).flat(),
  ]);
  expect(reproducedOf({ rows: byNumPy })).toEqual([numbers.length, numbers.length]);
  expect(jobs.filter(isOfNumPy)).toHaveLength(numpy000.runs.length);
  expect(jobs.find(isOfNumPy)).toMatchObject({
    backend: 'float64',
    recipe: { learningRate: 1, epochs: 5000 },
    options: { rows: 10_000, testRows: 10_000 },
  });
  expect(findings).toHaveLength(1);
});

test('document 000 by NumPy: where eight digits depend on rounding, a number is reproduced within the range of runs that differ in rounding', async () => {
  const nudged = (job: TrainingJob) => {
    const weight = numpy000.runs[runOf(job)].initial.outputWeights[0];
    const given = (job.options!.outputWeights as number[])[0];
    return [-10, 0, 5, 10].find((units) => weight * (1 + units * Number.EPSILON) === given)!;
  };
  /** @param apart of NumPy's costs and ours, where ours differ among each other by 2 */
  const of = async (apart: number) => {
    const { context, jobs } = contextOf((job) =>
      isOfNumPy(job) ? asNumPy(job, runOf(job) === 0 ? 1e-6 * (apart + nudged(job) / 10) : 0) : points(job),
    );
    const { rows, findings } = await document000(context);
    expect(jobs.filter((job) => isOfNumPy(job) && runOf(job) === 0).map(nudged)).toEqual([0, -10, 5, 10]);
    return {
      rows: rows.filter(({ kind, group }) => kind === 'numpy' && group === "NumPy's run 1"),
      finding: findings.find(({ text }) => text.startsWith('NumPy')),
    };
  };
  const { rows, finding } = await of(1.5);
  expect(finding).toEqual({
    document: '000',
    text: "NumPy's run 1 depends on rounding: ten units in the last place of its initial output weights change its final cost by 2e-6 of itself, so that fewer than eight of its digits are meaningful.",
    holds: true,
  });
  expect(rows.every(({ reproduced }) => reproduced)).toBe(true);
  expect(rows.filter((row) => row.kind === 'numpy' && row.rounding).map(({ item }) => item)).toEqual(
    rows.filter(({ item }) => item.includes('training cost')).map(({ item }) => item),
  );
  expect((await of(2.5)).rows.filter(({ reproduced }) => !reproduced).map(({ item }) => item)).toEqual(
    rows.filter(({ item }) => item.includes('training cost')).map(({ item }) => item),
  );
});

const digits = (accuracy: number): DigitsOutcome => ({
  ...{
    trainShape: [60000, 28, 28],
    testShape: [10000, 28, 28],
    firstLabel: 5,
    firstTarget: [0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
  },
  ...{ largestOfFirst: 1 / 255, smallestOfFirstTest: 0 },
  steps: [
    { loss: 1, trainAccuracy: 0.5, testAccuracy: 0.5 },
    { loss: 1, trainAccuracy: 0.123, testAccuracy: accuracy },
  ],
});

test('the digits of document 004: what is printed of the data, and which of the networks learned', async () => {
  const of = (once: number, right: number) => {
    const { context } = contextOf(
      ({ keep }) => ({
        losses: [],
        history: [],
        snapshots: { [keep[0]]: { parameters: {}, train: measured(0, 0), test: measured(0, right) } },
      }),
      { runDigits: ({ scaledTwice }) => Promise.resolve(digits(scaledTwice ? 0.0999 : once)) },
    );
    return digitsReport(context);
  };
  const { rows, findings } = await of(0.1999, 0.8001);
  expect(rows!.every(({ reproduced }) => reproduced)).toBe(true);
  expect(findings!.map(({ holds }) => holds)).toEqual([true, true, true]);
  expect((await of(0.2, 0.8)).findings!.map(({ holds }) => holds)).toEqual([true, false, false]);
});

const row = (some: Partial<ComparedRow>): ComparedRow => ({
  ...{
    document: '001',
    item: 'a number',
    kind: 'exact',
    printed: 0.25,
    printedDigits: 3,
    ours: 0.25,
    digits: 3,
    reproduced: true,
  },
  ...some,
});

const random: Row = {
  ...{ document: '000', item: 'experiment 1: cost', kind: 'random' },
  ...{ printed: 2.75, printedDigits: 3, ours: 2.5, digits: 1, median: 2.5, range: [2, 1000 / 3] },
};

const formatted = (rows: Row[], more: Partial<Report> = {}) => formatReport(joinReports([{ rows, ...more }]));

describe('a report as text', () => {
  test('shows a number of random data beside the median and range of ours', () => {
    expect(formatted([random])).toMatch(/experiment 1: median \[range\] of 8 seeds\n/);
    expect(formatted([random])).toMatch(/^ {4}cost +2\.75 +2\.500 \[2\.000, 333\.3\]$/m);
    expect(formatted([random])).toMatch(/not counted: 1 numbers\nreproduced 0 of 0$/);
  });

  test('shows a compared number with its digits and whether it is reproduced', () => {
    expect(formatted([row({})])).toMatch(/^ {2}a number +0\.25 +0\.25 +3\/3 ✓$/m);
    expect(formatted([row({ digits: 0, reproduced: false })])).toMatch(/ 0\/3 ✗ DIFFERS$/m);
    expect(formatted([row({ kind: 'numpy' })])).toMatch(/^ {2}a number \[by NumPy\] /m);
  });

  test('shows adjacent reproduced numbers of one group in one line, and those that differ each in its own', () => {
    const entry = (i: number, some: Partial<ComparedRow> = {}) =>
      row({ item: `outer, entry ${i}`, group: 'outer', ...some });
    const text = formatted([entry(0), entry(1), entry(2, { reproduced: false }), entry(3)]);
    expect(text).toContain('\n  outer: 2 numbers ✓\n  outer, entry 2 ');
    expect(text).toContain('\n  outer, entry 3 ');
  });

  test('names missing data once for each document, with the count of numbers', () => {
    const missing = row({ needsData: 'cats: not here', ours: null, digits: null, reproduced: false });
    expect(formatted([missing, missing])).toMatch(
      /^\ndocument 001 needs data: cats: not here \(2 numbers\)$/m,
    );
  });

  test('counts each kind, and exact numbers of one or two digits', () => {
    const rows = [row({ printedDigits: 2 }), row({ reproduced: false }), row({ kind: 'numpy' }), random];
    expect(totalLines(rows)).toEqual([
      "digit by digit, the documents' own numbers: 1 of 2 (1 of 1 or 2 digits)",
      "digit by digit, NumPy's numbers for the same programs: 1 of 1",
      'random data, beside the range of ours, not counted: 1 numbers',
      'reproduced 2 of 3',
    ]);
    expect(totalLines([])).toEqual(['reproduced 0 of 0']);
  });

  test('shows findings that do not hold, and times', () => {
    const text = formatted([], {
      findings: [{ document: '004', text: 'It was so.', holds: false }],
      measurements: [{ document: '001', item: 'dot', printed: 0.123456, loops: 12.3456, tensors: 2 }],
    });
    expect(text).toContain('document 004: It was so. THIS DOES NOT HOLD.');
    expect(text).toMatch(/^dot +0\.123 +12\.3 +2\.00$/m);
  });
});

test('a reproduction succeeds where every counted number is reproduced and every finding holds', () => {
  const found = (holds: boolean) => ({ document: '000' as const, text: '', holds });
  expect(isReproduced({ rows: [row({}), random], findings: [found(true)] })).toBe(true);
  expect(isReproduced({ rows: [row({ reproduced: false })], findings: [] })).toBe(false);
  expect(isReproduced({ rows: [], findings: [found(true), found(false)] })).toBe(false);
});
