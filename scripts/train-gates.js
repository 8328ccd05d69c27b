/** Trains document 004's four gates, one after the other; options are handed on to each. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const zoo = fileURLToPath(new URL('../bin/zoo.js', import.meta.url));
const names = ['and', 'or', 'nand', 'xor'];
const help = process.argv.includes('--help');

for (const name of help ? ['and'] : names) {
  if (!help) process.stderr.write(`\n${name.toUpperCase()}\n`);
  const { status } = spawnSync(
    process.execPath,
    [zoo, 'train', 'gate', '--gate', name, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
