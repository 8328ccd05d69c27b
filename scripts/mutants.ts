/**
 * Plants small mistakes in the sources, one at a time, and sees whether a test notices:
 * `npm run mutants -- [--seed 1] [--mutants 400] [--part core] [--jobs 2] [--named] [--report]`.
 *
 * A campaign takes hours and can be ended at any time: called again, it goes on. Each mutant is tried with the tests that
 * run its line, the nearest first: in a first round as far as they take `--seconds 30` undisturbed, in a second one those that
 * live with all the others. `--survivors` tries those that live still with tests that are new.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { globSync } from 'tinyglobby';
import { format } from 'prettier';
import { RandomState } from '../src/utils/random.ts';
import { judge } from './mutants/judge.ts';
import { namedMutants } from './mutants/named.ts';
import { Planter } from './mutants/plant.ts';
import { digestOf, reachOf, type Reach } from './mutants/reach.ts';
import { reportText } from './mutants/report.ts';
import { parts, sample } from './mutants/sample.ts';
import { Lines } from './mutants/state.ts';
import { Tree } from './mutants/tree.ts';
import { keyOf, type Mutant, type Outcome } from './mutants/types.ts';
import { wordsOf } from './words.ts';

const project = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const words = wordsOf(import.meta.url, {
  seed: { type: 'string', default: '1' },
  mutants: { type: 'string', default: '400' },
  part: { type: 'string' },
  jobs: { type: 'string', default: String(Math.min(2, cpus().length)) },
  named: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '30' },
  survivors: { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
});
const seed = Number(words.seed);
const ofPart = words.part === undefined ? '' : `${words.part.replaceAll(' ', '-')}-`;
const file = (name: string) => join(project, 'runs/mutants', name);
const outcomes = new Lines<Outcome>(file(words.named ? 'named.jsonl' : `${ofPart}seed-${seed}.jsonl`));
/** Of those that lived, tried once more. */
const again = new Lines<Outcome>(file(`${ofPart}again-${seed}.jsonl`));

if (words.report) await writeReport();
else await campaign();

async function campaign(): Promise<void> {
  const planter = new Planter(project);
  const chosen = words.named ? namedMutants(planter) : plannedMutants(planter);
  const done = new Map(outcomes.all.map((outcome) => [keyOf(outcome), outcome]));
  const lives = (mutant: Mutant) => done.get(keyOf(mutant))?.verdict === 'survived';
  const first = words.survivors
    ? chosen.filter(lives)
    : chosen.filter((mutant) => words.named || !done.has(keyOf(mutant)));
  console.log(`${chosen.length} mutants, ${first.length} to do`);

  const trees = Array.from({ length: Number(words.jobs) }, () => new Tree(project));
  process.on('exit', () => trees.forEach((tree) => tree.remove()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const reach = await reachOfAll(trees);
  trees.forEach((tree) => tree.keepCache());
  const round = (mutants: Mutant[], most: number) =>
    together(trees, mutants, async (tree, mutant) => {
      const before = words.named ? undefined : done.get(keyOf(mutant));
      const outcome = await judge(tree, mutant, { reach, most, passed: before?.tests ?? [] });
      outcome.seconds += before?.seconds ?? 0;
      (words.survivors ? again : outcomes).add(outcome);
      done.set(keyOf(mutant), outcome);
      console.log(
        `${outcome.verdict} ${mutant.file}:${mutant.line} ${mutant.kind}: ${oneLine(mutant.original)} → ` +
          `${oneLine(mutant.replacement)} (${outcome.by ?? `${outcome.tests.length} of ${outcome.of} test files`}, ${outcome.seconds} s)`,
      );
    });
  if (words.named || words.survivors) return round(first, Infinity);
  await round(first, Number(words.seconds));
  const left = chosen.filter((mutant) => {
    const { tests, of } = done.get(keyOf(mutant))!;
    return lives(mutant) && tests.length < of;
  });
  await round(left, Infinity);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 60);
}

/** Each tree takes the next piece of work when it has done one. */
async function together<T>(
  trees: Tree[],
  work: T[],
  doOne: (tree: Tree, one: T) => Promise<void>,
): Promise<void> {
  const left = [...work];
  const worker = async (tree: Tree) => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await doOne(tree, one);
  };
  await Promise.all(trees.map(worker));
}

/** Drawn once; a campaign that goes on has the mutants that it began with. */
function plannedMutants(planter: Planter): Mutant[] {
  const plan = new Lines<Mutant>(file(`${ofPart}plan-${seed}-${words.mutants}.jsonl`));
  if (plan.all.length === 0) chooseMutants(planter).forEach((mutant) => plan.add(mutant));
  return plan.all;
}

/** So many of each part, in turn, so that a campaign which is ended early has something of every part. */
function chooseMutants(planter: Planter): Mutant[] {
  const random = new RandomState(seed);
  const asked = parts.filter(({ name }) => words.part === undefined || name === words.part);
  const share = Number(words.mutants) / asked.reduce((sum, { mutants }) => sum + mutants, 0);
  const drawn = asked.map((part) => {
    const list: Mutant[] = [];
    const wanted = Math.round(part.mutants * share);
    for (const mutant of sample(planter, part, random)) if (list.push(mutant) >= wanted) break;
    return list;
  });
  const most = Math.max(...drawn.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => drawn.flatMap((list) => list[i] ?? [])).flat();
}

/** What each test file runs, found out anew where it is not known from before. */
async function reachOfAll(trees: Tree[]): Promise<Map<string, Reach>> {
  const known = new Lines<Reach & { test: string }>(file('reach.jsonl'));
  const tests = globSync('__tests__/**/*.test.ts', { cwd: project, ignore: '**/*.long.test.ts' }).sort();
  const reach = new Map<string, Reach>();
  for (const { test, ...found } of known.all)
    if (found.digest === digestOf(project, test, found)) reach.set(test, found);
  const unknown = tests.filter((test) => !reach.has(test));
  await together(trees, unknown, async (tree, test) => {
    const found = await reachOf(tree, test);
    if (!found.passed) console.log(`left out, for it fails without a mutant: ${test}`);
    known.add({ test, ...found });
    reach.set(test, found);
  });
  return new Map([...reach].filter(([test]) => tests.includes(test)));
}

/** Of all campaigns whose outcomes are kept here. */
async function writeReport(): Promise<void> {
  const campaigns = globSync('seed-*.jsonl', { cwd: file('') })
    .map((name) => ({
      seed: Number(/\d+/.exec(name)![0]),
      outcomes: latest(new Lines<Outcome>(file(name)).all),
      again: latest(new Lines<Outcome>(file(name.replace('seed', 'again'))).all),
    }))
    .sort((a, b) => a.seed - b.seed);
  const text = reportText(campaigns, latest(new Lines<Outcome>(file('named.jsonl')).all));
  await writeFile(
    join(project, 'docs/mutants.md'),
    await format(text, { parser: 'markdown', printWidth: 110 }),
  );
}

/** Of each mutant what was found out last. */
function latest(all: Outcome[]): Outcome[] {
  return [...new Map(all.map((outcome) => [keyOf(outcome), outcome])).values()];
}
