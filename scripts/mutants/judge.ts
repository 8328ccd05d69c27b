/**
 * Is a mistake noticed?
 */
import { reaches, type Reach } from './reach.ts';
import { runTests, type TestRun } from './jest.ts';
import type { Tree } from './tree.ts';
import type { Mutant, Outcome } from './types.ts';

/** Test files that run what the mutant changes: those about its file first, then the quick ones. */
function testsFor(mutant: Mutant, reach: ReadonlyMap<string, Reach>): string[] {
  const about = mutant.file.replace(/\.ts$/, '');
  const isAbout = (test: string) => {
    const place = test.replace('__tests__/', '').replace(/(\.\w+)?\.test\.ts$/, '');
    return place === about
      ? 0
      : place.slice(0, place.lastIndexOf('/')) === about.slice(0, about.lastIndexOf('/'))
        ? 1
        : 2;
  };
  return [...reach]
    .filter(([, found]) => found.passed && reaches(found, mutant))
    .sort(([a, x], [b, y]) => isAbout(a) - isAbout(b) || x.seconds - y.seconds)
    .map(([test]) => test);
}

/** As many of them, in this order, as take so many seconds together undisturbed; at least one. */
function within(tests: string[], most: number, seconds: (test: string) => number): string[] {
  let left = most;
  return tests.filter((test, i) => {
    const fits = seconds(test) <= left || i === 0;
    if (fits) left -= seconds(test);
    return fits;
  });
}

/**
 * Plants the mutant and runs the tests that can notice it, until one does.
 *
 * @param most seconds that the tests may take undisturbed; those that are left out can be run later
 * @param passed tests that have let it live already
 */
export async function judge(
  tree: Tree,
  mutant: Mutant,
  { reach, most, passed }: { reach: ReadonlyMap<string, Reach>; most: number; passed: string[] },
): Promise<Outcome> {
  const before = performance.now();
  const all = testsFor(mutant, reach);
  const seconds = (test: string) => reach.get(test)!.seconds;
  const left = all.filter((test) => !passed.includes(test));
  const tests = within(left, most, seconds);
  const run = await tree.with(mutant, async (): Promise<Omit<TestRun, 'log'>> => {
    if (tests.length === 0) return { tests: 0 };
    const first = await runTests(tree, tests, seconds);
    // Load could have made it slow: what waits in vain does so again.
    const isDoubtful =
      first.failed !== undefined && (first.endless || /Exceeded timeout|in vain/.test(first.log));
    if (!isDoubtful) return first;
    return { ...(await runTests(tree, [first.failed!], seconds)), tests: first.tests };
  });
  return {
    ...mutant,
    verdict: run.failed === undefined ? 'survived' : 'noticed',
    by: run.endless ? 'timeout' : run.failed,
    tests: [...all.filter((test) => passed.includes(test)), ...tests.slice(0, run.tests)],
    of: all.length,
    seconds: Math.round((performance.now() - before) / 100) / 10,
  };
}
