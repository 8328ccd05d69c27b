/**
 * Throws hostile inputs at every reader of the zoo and counts: `npm run fuzz -- [inputs] [seconds] [seed]`.
 * The defaults are 20 000 inputs in all and at most 900 seconds.
 */
import { useBackend } from '../src/backend/index.ts';
import { judge, type Verdict } from './fuzz/judge.ts';
import { createReaders } from './fuzz/readers.ts';

const [inputs = 20_000, seconds = 900, seed = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const passed = (): number => (performance.now() - startedAt) / 1000;

const total = (of: Verdict[]): number => of.reduce((sum, verdict) => sum + verdict.inputs, 0);

await useBackend('cpu');
const readers = await createReaders();
const verdicts: Verdict[] = [];
for (const [i, reader] of readers.entries()) {
  // What one reader leaves of its share, of inputs or of time, goes to those after it.
  const readersLeft = readers.length - i;
  const until = passed() + (seconds - passed()) / readersLeft;
  const share = Math.ceil((inputs - total(verdicts)) / readersLeft);
  const verdict = await judge(reader, share, seed + i, () => passed() > until);
  verdicts.push(verdict);
  const { accepted, refused, slowestMilliseconds, failures } = verdict;
  console.log(
    `${reader.name.padEnd(28)} ${String(verdict.inputs).padStart(6)} inputs: ${accepted} accepted, ${refused} refused, ` +
      `slowest ${slowestMilliseconds.toFixed(0)} ms, ${failures.length} failures`,
  );
  for (const { problem, input } of failures.slice(0, 5)) console.log(`  ${problem}\n  input: ${input}`);
}
const failures = verdicts.reduce((sum, verdict) => sum + verdict.failures.length, 0);
console.log(
  `${total(verdicts)} inputs in ${passed().toFixed(0)} s, ${failures} failures, ` +
    `largest memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, seed ${seed}`,
);
process.exitCode = failures > 0 ? 1 : 0;
