/** A reporter whose one line, the last of a run, says which tests were skipped: what was not seen is not proved. */
export default class Skipped {
  /** @param {unknown} _contexts @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, { testResults }) {
    const skipped = testResults.map(({ testFilePath, numPendingTests, skipped, testResults: tests }) => ({
      name: testFilePath.replace(/^.*__tests__[\\/]/, ''),
      count: skipped ? tests.length || 1 : numPendingTests,
    }));
    const some = skipped.filter(({ count }) => count > 0);
    const total = some.reduce((sum, { count }) => sum + count, 0);
    const where = some.map(({ name, count }) => `${name} (${count})`).join(', ');
    // After jest's own summary.
    process.once('exit', () =>
      process.stderr.write(total === 0 ? 'No test was skipped.\n' : `SKIPPED ${total} tests: ${where}\n`),
    );
  }
}
