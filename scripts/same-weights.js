/**
 * Do two checkouts train to the same weights? Every model, on wasm and in double precision, by hand and by autodiff, a
 * few epochs each; the weights.json of both are compared byte for byte. Both must be built.
 *
 *   node scripts/same-weights.js ../before .
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [before, after] = process.argv.slice(2).map((path) => resolve(path));
if (after === undefined) throw new Error('Name two checkouts: node scripts/same-weights.js BEFORE AFTER');

const epochs = { gate: 50, 'xor-composed': 50, xor: 50, points: 20, cats: 10, 'breast-cancer': 50, mnist: 1 };
const scratch = mkdtempSync(join(tmpdir(), 'same-weights-'));
let different = 0;
try {
  for (const [model, count] of Object.entries(epochs)) {
    for (const backend of ['wasm', 'float64']) {
      for (const gradients of ['manual', 'autodiff']) {
        /** @param {string} checkout @param {string} name */
        const weightsOf = (checkout, name) => {
          const out = join(scratch, `${model}-${backend}-${gradients}-${name}`);
          const words = ['train', model, '--epochs', count, '--backend', backend, '--gradients', gradients];
          const rest = ['--seed', 7, '--out', out, '--quiet', '--no-report'];
          execFileSync(process.execPath, [join(checkout, 'bin/zoo.js'), ...words, ...rest].map(String), {
            stdio: ['ignore', 'ignore', 'inherit'],
          });
          return readFileSync(join(out, 'weights.json'));
        };
        const same = weightsOf(before, 'before').equals(weightsOf(after, 'after'));
        if (!same) different++;
        process.stdout.write(`${same ? 'same     ' : 'DIFFERENT'}  ${model}, ${backend}, ${gradients}\n`);
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = different > 0 ? 1 : 0;
