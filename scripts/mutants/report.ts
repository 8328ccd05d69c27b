/**
 * The report of campaigns, as a page of the documents.
 */
import { readFileSync } from 'node:fs';
import { parts, partOf } from './sample.ts';
import { keyOf, type Mutant, type Outcome } from './types.ts';

/** A mutant that no test can notice, for the program does the same. */
interface Equivalent extends Pick<Mutant, 'file' | 'code' | 'original' | 'replacement'> {
  reason: string;
}

const equivalents = JSON.parse(
  readFileSync(new URL('equivalent.json', import.meta.url), 'utf8'),
) as Equivalent[];

const equivalentTo = (mutant: Mutant): Equivalent | undefined =>
  equivalents.find((one) =>
    (['file', 'code', 'original', 'replacement'] as const).every((key) => one[key] === mutant[key]),
  );

export interface Campaign {
  seed: number;
  outcomes: Outcome[];
  /** Of some that lived: with tests that were written after reading them, or that had been left out. */
  again: Outcome[];
}

interface Count {
  name: string;
  planted: number;
  noticed: number;
  equivalent: number;
  survived: number;
}

function countOf(name: string, outcomes: Outcome[]): Count {
  const alive = outcomes.filter(({ verdict }) => verdict === 'survived');
  const equivalent = alive.filter(equivalentTo).length;
  return {
    name,
    planted: outcomes.length,
    noticed: outcomes.length - alive.length,
    equivalent,
    survived: alive.length - equivalent,
  };
}

/** Noticed, of those that can be. */
const share = ({ noticed, planted, equivalent }: Count): string =>
  planted === equivalent ? '–' : `${((100 * noticed) / (planted - equivalent)).toFixed(1)} %`;

const row = (count: Count): string =>
  `| ${count.name} | ${count.planted} | ${count.noticed} | ${count.equivalent} | ${count.survived} | ${share(count)} |`;

function table(
  outcomes: Outcome[],
  what: string,
  nameOf: (outcome: Outcome) => string,
  names: string[],
): string {
  const rows = names.map((name) =>
    countOf(
      name,
      outcomes.filter((outcome) => nameOf(outcome) === name),
    ),
  );
  return [
    `| ${what} | planted | noticed | equivalent | survived | noticed of those that can be |`,
    '| --- | --: | --: | --: | --: | --: |',
    ...rows.filter(({ planted }) => planted > 0).map(row),
    row(countOf('**all**', outcomes)),
  ].join('\n');
}

/** @param isLatest whether those that live are listed: of earlier campaigns they stand on lines that are others by now */
function section({ seed, outcomes, again }: Campaign, isLatest: boolean): string {
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const alive = outcomes.filter(({ verdict }) => verdict === 'survived');
  const tried = alive.filter(({ tests, of }) => tests.length === of).length;
  const since = new Map(again.map((outcome) => [keyOf(outcome), outcome]));
  const noticedSince = again.filter(({ verdict }) => verdict === 'noticed').length;
  const noTest = alive.filter(({ of }) => of === 0).length;
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  return `## Seed ${seed}

${outcomes.length} mutants, ${(seconds / 3600).toFixed(1)} hours of one process on a busy machine. Of the ${alive.length} that lived, ${tried === alive.length ? 'all' : tried} were tried
with every test file that runs their line (of ${noTest} no test runs the line)${
    tried === alive.length
      ? ''
      : ', the others with the nearest: what is noticed by all tests is more than what is counted here'
  }. ${outcomes.filter(({ by }) => by === 'timeout').length} were noticed because a test never ended.${
    again.length > 0
      ? ` ${again.length} of those that lived were tried once more, with tests that had been left out and those written after reading them: ${noticedSince} are noticed now (they count as survived in the tables).`
      : ''
  }

${table(
  outcomes,
  'part',
  ({ file }) => partOf(file).name,
  parts.map(({ name }) => name),
)}

${table(outcomes, 'kind of mistake', ({ kind }) => kind, kinds)}${isLatest ? listOf(alive, since) : ''}`;
}

function listOf(alive: Outcome[], since: Map<string, Outcome>): string {
  const lines = alive
    .filter((outcome) => !equivalentTo(outcome) && since.get(keyOf(outcome))?.verdict !== 'noticed')
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
    .map(({ file, line, original, replacement, tests, of }) => {
      const tried = tests.length === of ? `${of} test files` : `${tests.length} of ${of} test files`;
      return `- \`${file}\`:${line} ${code(original)} → ${code(replacement)} (${of === 0 ? 'no test runs the line' : tried})`;
    });
  return `\n\nThose that live still, and are not known to be equivalent:\n\n${lines.join('\n')}`;
}

const code = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  const short = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  return `\`${short.replaceAll('`', "'")}\``;
};

export const reportText = (campaigns: Campaign[], named: Outcome[]): string => `# Do the tests notice?

\`npm run mutants\` plants small mistakes in the sources, one at a time: another operator, a boundary, a constant, swapped
arguments, a statement left out, one too many, a condition turned round, another variable of the same type. They are drawn by a
seed, so many in each part of the project, and only such that still compile. Each is tried in a copy of the project with
the tests that run its line, in their own process or in one that they start (found out beforehand by V8's coverage), the nearest
first, until one fails; first with those of half a minute, then, if it lives, with all the others. A test that takes ten times as long as it should, and a minute, is run once more; only then does
it count as noticed, because it never ends. Lines that delete files or end processes are left alone, and so is what programs have made
(\`assembled-*.ts\`). Tests with real data are skipped, as they are where there is none.

${named.filter(({ verdict }) => verdict === 'noticed').length} of ${named.length} mistakes that once passed every test are noticed now (\`npm run mutants -- --named\`; the list is in \`scripts/mutants/named.ts\`).

Wanted are nine in ten in scoring, core, backend, gradient check, models, datasets and runs, and three in four elsewhere. A
mutant that lives is read: a test is added that states the law it breaks, the code is made simpler, or it is listed below as
equivalent. Then it is measured anew with a fresh seed.

A seed was drawn when the tests that the ones before asked for were written; it may have some of the parts only.

${campaigns.map((campaign, i) => section(campaign, i >= campaigns.length - 3)).join('\n\n')}

## Equivalent

What changes nothing that anybody could see is no mistake:

${equivalents.map(({ file, code: line, original, replacement, reason }) => `- \`${file}\`: in ${code(line)}, ${code(original)} → ${code(replacement)}: ${reason}`).join('\n')}
`;
