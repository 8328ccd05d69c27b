/**
 * Is a mistake noticed?
 */
import { reaches, type Reach } from './reach.ts';
import { runTests, type TestRun } from './jest.ts';
import type { Tree } from './tree.ts';
import type { Mutant, Outcome } from './types.ts';

/** Test files that run what the mutant changes: those about its file first, then the quick ones. */
export function testsFor(mutant: Mutant, reach: ReadonlyMap<string, Reach>): string[] {
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

/** Plants the mutant and runs the tests that can notice it, until one does. */
export async function judge(tree: Tree, mutant: Mutant, reach: ReadonlyMap<string, Reach>): Promise<Outcome> {
  const before = performance.now();
  const tests = testsFor(mutant, reach);
  const seconds = (test: string) => reach.get(test)!.seconds;
  const run = await tree.with(mutant, async (): Promise<Omit<TestRun, 'log'>> => {
    if (tests.length === 0) return { tests: 0 };
    const first = await runTests(tree, tests, seconds);
    // Load could have made it slow: what waits in vain does so again.
    const isDoubtful =
      first.failed !== undefined && (first.endless || /Exceeded timeout|in vain/.test(first.log));
    return isDoubtful ? { ...(await runTests(tree, [first.failed!], seconds)), tests: first.tests } : first;
  });
  return {
    ...mutant,
    verdict: run.failed === undefined ? 'survived' : 'noticed',
    by: run.endless ? 'timeout' : run.failed,
    tests: run.tests,
    seconds: Math.round((performance.now() - before) / 100) / 10,
  };
}
