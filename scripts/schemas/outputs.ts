/**
 * What each command prints with `--json`.
 */
import * as z from '../../src/core/schema.ts';
import { documentNames } from '../../src/studies/reproduce/types.ts';
import { implementations } from '../../src/studies/bench/protocol.ts';
import {
  allMetrics,
  backend,
  byName,
  count,
  dataset,
  environment,
  form,
  gradients,
  list,
  metrics,
  numberOrNull,
  optional,
  optionValues,
  positive,
  share,
  text,
  timing,
} from './pieces.ts';
import { gradcheck, prove } from './checks.ts';

const size = { rows: count, features: count };
const status = z.enum(['complete', 'interrupted', 'diverged']);

const train = form({
  model: text,
  dataset,
  backend,
  gradients,
  seed: count,
  epochs: count,
  steps: count,
  /** Of training alone. */
  seconds: positive,
  stepsPerSecond: numberOrNull,
  restoredEpoch: optional(count),
  metrics: allMetrics,
  out: text,
  hint: optional(text),
  interrupted: optional(z.literal(true)),
  resume: optional(text),
});

const evaluate = form({ model: text, dataset, metrics: form({ test: metrics }) });

const predict = form({
  model: text,
  predictions: list(
    form({
      input: text,
      label: text,
      probabilities: list(share),
      /** Of a model that predicts numbers. */
      value: optional(z.number()),
      top: optional(list(form({ label: text, probability: share }))),
    }),
  ),
});

const total = { reproduced: count, total: count };

const reproduce = form({
  rows: list(
    form({
      document: z.enum([...documentNames]),
      item: text,
      kind: z.enum(['exact', 'within-spread', 'numpy']),
      printed: z.number(),
      printedDigits: z.int().check(z.minimum(1)),
      ours: numberOrNull,
      digits: numberOrNull,
      reproduced: z.boolean(),
      needsData: optional(text),
      intervals: optional(list(z.tuple([z.number(), z.number()]))),
      consistent: optional(z.boolean()),
      evidence: optional(z.boolean()),
    }),
  ),
  ...total,
  kinds: form({ exact: form(total), 'within-spread': form(total), numpy: form(total) }),
  cannotTell: count,
  findings: list(form({ document: z.enum([...documentNames]), text, holds: z.boolean() })),
  measurements: list(form({ item: text, loops: positive, tensors: positive })),
  draws: optional(byName(list(list(z.number())))),
  backend,
  plots: list(text),
});

const exported = form({
  model: text,
  format: text,
  files: list(form({ path: text, bytes: count })),
  checked: optional(form({ rows: count, maxDifference: positive, by: text })),
});

const imported = form({
  model: text,
  format: text,
  matches: list(form({ parameter: text, array: text, transposed: z.boolean() })),
  options: optionValues,
  out: text,
});

const difference = form({ what: text, then: text, now: text });

const verify = form({
  model: text,
  verified: z.boolean(),
  files: list(form({ path: text, same: z.boolean(), differs: optional(list(difference)) })),
  weights: list(form({ name: text, same: z.boolean(), maxAbsolute: numberOrNull })),
  differences: list(difference),
  environment: list(difference),
});

const implementation = z.enum([...implementations]);
const who = { implementation, backend: text, gradients: optional(z.enum(['manual', 'autodiff'])) };

const bench = form({
  rows: list(
    form({
      workload: text,
      ...who,
      microsecondsPerStep: timing,
      stepsPerSecond: positive,
      repeats: count,
      dtype: z.enum(['float32', 'float64']),
      about: text,
      peakMemoryMebibytes: positive,
    }),
  ),
  ratios: list(form({ workload: text, zoo: form(who), peer: form(who), ratio: positive })),
  speedUps: list(form({ workload: text, backend: text, manualOverAutodiff: positive })),
  agreements: list(
    form({ workload: text, step: count, largestDifference: numberOrNull, agree: z.boolean() }),
  ),
  skipped: list(form({ ...who, workload: optional(text), reason: text })),
  environment,
});

const compare = form({
  runs: list(
    form({
      directory: text,
      model: text,
      status,
      settings: byName(text),
      epochs: count,
      steps: count,
      seconds: positive,
      metrics: allMetrics,
    }),
  ),
  differing: list(text),
  out: text,
});

const spread = form({ mean: z.number(), deviation: positive });
const group = {
  varied: optionValues,
  cells: count,
  complete: count,
  accuracy: optional(spread),
  loss: optional(spread),
};
const score = form({ loss: z.number(), accuracy: optional(share), r2: optional(z.number()) });

/** What results.json holds, too. */
export const sweepResults = {
  title: optional(text),
  model: text,
  counts: form({ cells: count, complete: count, diverged: count, failed: count, missing: count }),
  judgedBy: z.enum(['validation', 'test']),
  best: optional(form({ ...group, command: text })),
  groups: list(form(group)),
  cells: list(
    form({
      id: text,
      varied: optionValues,
      status: z.enum(['complete', 'diverged', 'failed', 'missing']),
      message: optional(text),
      backend: optional(backend),
      epochs: optional(count),
      seconds: optional(positive),
      metrics: optional(form({ train: score, validation: optional(score), test: score })),
    }),
  ),
};

const sweep = form({
  ...sweepResults,
  trained: optional(count),
  finishedBefore: optional(count),
  out: text,
});

const listed = form({
  models: list(form({ name: text, title: text, document: text, dataset: text })),
  datasets: list(form({ name: text, title: text, realData: z.enum(['dir', 'cache', 'computed', 'none']) })),
  backends: list(form({ name: backend, available: z.boolean(), note: optional(text) })),
});

const data = form({
  name: text,
  source: z.enum(['dir', 'cache', 'download', 'built-in']),
  standIn: optional(text),
  files: list(form({ name: text, bytes: count, sha256: text })),
  features: count,
  classNames: list(text),
  splits: list(
    form({
      name: z.enum(['train', 'validation', 'test']),
      rows: count,
      perClass: list(count),
      range: form({
        minimum: numberOrNull,
        maximum: numberOrNull,
        mean: numberOrNull,
        deviation: numberOrNull,
      }),
      missing: count,
      constantFeatures: count,
    }),
  ),
  contactSheet: optional(text),
});

const both = <T extends z.ZodMiniType>(value: T) => form({ manual: value, autodiff: value });

const doctor = form({
  healthy: z.boolean(),
  problems: list(text),
  environment,
  backends: list(form({ name: backend, loads: z.boolean() })),
  kernels: byName(list(text)),
  matMulRepair: optional(
    form({ active: z.boolean(), right: z.boolean(), wasm: numberOrNull, cpu: numberOrNull }),
  ),
  models: list(
    form({
      model: text,
      backend,
      missingKernels: list(text),
      parity: optional(
        form({
          agrees: z.boolean(),
          bound: positive,
          loss: numberOrNull,
          manual: numberOrNull,
          autodiff: numberOrNull,
        }),
      ),
      step: optional(form({ rows: size.rows, left: both(z.number()), microseconds: both(timing) })),
      failure: optional(text),
    }),
  ),
});

const error = form({ error: form({ message: text, code: z.union([z.literal(1), z.literal(2)]) }) });

export const outputs = {
  train: ['`zoo train --json`', train],
  evaluate: ['`zoo evaluate --json`', evaluate],
  predict: ['`zoo predict --json`', predict],
  gradcheck: ['`zoo gradcheck --json`', gradcheck],
  prove: ['`zoo prove --json`', prove],
  reproduce: ['`zoo reproduce --json`', reproduce],
  export: ['`zoo export --json`', exported],
  import: ['`zoo import --json`', imported],
  verify: ['`zoo verify --json`', verify],
  bench: ['`zoo bench --json`', bench],
  compare: ['`zoo compare --json`', compare],
  sweep: ['`zoo sweep --json`', sweep],
  list: ['`zoo list --json`', listed],
  data: ['`zoo data --json`', data],
  doctor: ['`zoo doctor --json`', doctor],
  error: ['any command with `--json` that fails', error],
} as const;
