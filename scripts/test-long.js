/** The tests that `npm test` leaves out for their length: `npm run test:long [-- pattern]`. */
import { spawnSync } from 'node:child_process';

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const patterns = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [...jest, ...(patterns.length > 0 ? patterns : ['long'])], {
  stdio: 'inherit',
  env: { ...process.env, ZOO_LONG_TESTS: '1' },
});
process.exitCode = status ?? 1;
