/**
 * What the agreement of a number that hangs on unseeded data is worth: would it have been missed, had the program been
 * wrong? `sabotaged-draws.json` holds runs of five programs with a mistake planted; `npm run sabotage` makes it.
 */
import { experiments, keyOf, printedOf, type Experiment } from './experiments.ts';
import type { Draw } from './types.ts';
import { sabotageNames, type SabotageName } from './sabotage.ts';
import sabotaged from './sabotaged-draws.json' with { type: 'json' };
import { liesWithin, predictionIntervals } from './spread.ts';
import type { Interval } from './types.ts';

/** By sabotage, then by {@link keyOf} the experiment, a row for each seed; `null` is a number that is not finite. */
export type SabotagedDraws = Record<string, Record<string, (number | null)[][]>>;

/** Runs of each experiment under each sabotage, made with as many seeds for the judgement and again for its test. */
const { decide, test } = sabotaged.draws as Record<'decide' | 'test', SabotagedDraws>;

/** Draws as they are kept: five digits, which is more than a parameter is printed with or draws have in common. */
export const roundedDraws = (draws: Record<string, (number | null)[][]>): SabotagedDraws[string] =>
  Object.fromEntries(
    Object.entries(draws).map(([key, rows]) => [
      key,
      rows.map((row) => row.map((x) => (x !== null && Number.isFinite(x) ? Number(x.toPrecision(5)) : null))),
    ]),
  );

export interface Verdict {
  /** By place in a {@link Draw}: where one more draw would lie. */
  intervals: Interval[][];
  /** By number of {@link printedOf}: whether it lies where one more draw would. */
  consistent: boolean[];
  /** By number: whether all numbers of its run do, which stand or fall together. */
  together: boolean[];
}

/** @param draws of the experiment, one for each seed */
export function judge(experiment: Experiment, draws: Draw[]): Verdict {
  const numbers = printedOf(experiment);
  const intervals = draws[0].map((_, place) => predictionIntervals(draws.map((draw) => draw[place])));
  const consistent = numbers.map(({ place, text, lastDigit }) =>
    liesWithin(intervals[place], text, lastDigit),
  );
  const together = numbers.map(({ run }) => numbers.every((other, i) => other.run !== run || consistent[i]));
  return { intervals, consistent, together };
}

const verdictUnder = (draws: SabotagedDraws, name: SabotageName, experiment: Experiment): Verdict => {
  const drawn = draws[name][keyOf(experiment)];
  return judge(
    experiment,
    drawn.map((draw) => draw.map((x) => x ?? NaN)),
  );
};

export interface Evidence {
  /** Agreement of this number says something: it counts. */
  counts: boolean;
  /** The mistakes that its run would not have shown. */
  blindTo: SabotageName[];
}

/**
 * For each number of {@link printedOf}. It counts if at least one sabotage alone takes it out of its interval, and every
 * sabotage takes out some number of the run that it belongs to.
 */
export function evidenceOf(experiment: Experiment): Evidence[] {
  const verdicts = sabotageNames.map((name) => verdictUnder(decide, name, experiment));
  return printedOf(experiment).map((_, i) => {
    const blindTo = sabotageNames.filter((_, s) => verdicts[s].together[i]);
    return { counts: blindTo.length === 0 && verdicts.some(({ consistent }) => !consistent[i]), blindTo };
  });
}

/** Of all numbers that count, how many each sabotage would still call reproduced, with seeds that had no say in it. */
export function survivors(): { counting: number; under: Record<SabotageName, number> } {
  const all = experiments.map((experiment) => ({ experiment, evidence: evidenceOf(experiment) }));
  const stillIn = (name: SabotageName): number =>
    all
      .map(({ experiment, evidence }) => {
        const { together } = verdictUnder(test, name, experiment);
        return evidence.filter(({ counts }, i) => counts && together[i]).length;
      })
      .reduce((a, b) => a + b);
  return {
    counting: all.flatMap(({ evidence }) => evidence).filter(({ counts }) => counts).length,
    under: Object.fromEntries(sabotageNames.map((name) => [name, stillIn(name)])) as Record<
      SabotageName,
      number
    >,
  };
}
