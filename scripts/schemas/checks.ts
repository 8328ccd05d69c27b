/**
 * What the checks of gradients print with `--json`.
 */
import * as z from '../../src/core/schema.ts';
import {
  backend,
  byName,
  count,
  form,
  gradients,
  list,
  numberOrNull,
  optional,
  optionValues,
  positive,
  share,
  text,
} from './pieces.ts';

/** Numbers that are no longer finite are told as the largest there is. */
const distance = form({ maxAbsolute: positive, maxRelative: positive, normwise: positive });

const position = { index: count, position: list(count) };

export const gradcheck = form({
  agrees: z.boolean(),
  proved: z.boolean(),
  models: list(
    form({
      model: text,
      backend,
      agrees: z.boolean(),
      seed: count,
      points: list(text),
      sources: list(gradients),
      tolerances: form({ analytic: positive, numeric: positive, floor: positive }),
      loss: form({
        agrees: z.boolean(),
        point: text,
        measured: numberOrNull,
        differentiable: numberOrNull,
      }),
      parameters: list(
        form({
          name: text,
          shape: list(count),
          entries: count,
          sampled: count,
          kinks: count,
          agrees: z.boolean(),
          manualVsAutodiff: optional(distance),
          manualVsNumeric: optional(distance),
          autodiffVsNumeric: optional(distance),
          worst: form({
            ...position,
            point: text,
            manual: numberOrNull,
            autodiff: numberOrNull,
            numeric: numberOrNull,
          }),
          hint: optional(text),
        }),
      ),
      seconds: positive,
    }),
  ),
  trajectories: optional(
    list(
      form({
        model: text,
        backend,
        steps: count,
        agrees: z.boolean(),
        bound: positive,
        largestDifference: positive,
        parameter: text,
        index: count,
      }),
    ),
  ),
});

const verdict = z.enum(['equal', 'different', 'undecided']);

const first = form({
  point: count,
  index: optional(count),
  position: optional(list(count)),
  manual: optional(count),
  exact: optional(count),
  prime: optional(count),
  problem: optional(text),
});

export const prove = form({
  proved: z.boolean(),
  models: list(
    form({
      model: text,
      options: optionValues,
      settings: optionValues,
      verdict,
      reason: optional(text),
      referee: z.enum(['slope', 'autodiff']),
      points: count,
      primes: list(count),
      chain: count,
      bound: share,
      size: byName(positive),
      rows: list(count),
      features: count,
      classes: count,
      redrawn: count,
      notes: list(text),
      seed: text,
      seconds: positive,
      parameters: list(
        form({
          name: text,
          shape: list(count),
          entries: count,
          verdict,
          first: optional(first),
          diagnosis: optional(text),
        }),
      ),
    }),
  ),
  optimizers: optional(
    list(
      form({
        optimizer: text,
        verdict,
        reason: optional(text),
        steps: count,
        points: count,
        primes: list(count),
        bound: share,
        seed: text,
        seconds: positive,
      }),
    ),
  ),
});
