/** The main job on newer versions of Node.js must write the same weights, byte for byte. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { root } from '../helpers/checks.ts';

let scratch: string;
let expected: Buffer;

/** weights.json of a short training of the main job with this Node.js. */
function trainedBy(node: string, name: string): Buffer {
  const out = join(scratch, name);
  const options = ['--data', 'built-in', '--backend', 'wasm', '--no-report', '--quiet', '--out', out];
  const { status, stderr } = spawnSync(
    node,
    [join(root, 'bin/zoo.js'), 'train', 'mnist', '--epochs', '1', ...options],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', ZOO_CACHE_DIR: join(scratch, 'cache') },
    },
  );
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('zoo:')]);
  return readFileSync(join(out, 'weights.json'));
}

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'zoo-node-'));
  expected = trainedBy(process.execPath, 'this');
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(['22', '24'])(
  'trains to the same bytes on Node.js %s',
  (version) => {
    const name = `node-${process.platform}-${process.arch}`;
    const prefix = join(scratch, `node-${version}`);
    const install = [
      'install',
      '--prefix',
      prefix,
      '--no-save',
      '--no-audit',
      '--no-fund',
      `${name}@${version}`,
    ];
    const { status } = spawnSync('npm', install, { encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) {
      console.info(`SKIPPED: Node.js ${version}: npm cannot install ${name}@${version} here.`);
      return;
    }
    const node = join(prefix, 'node_modules', name, 'bin/node');
    expect(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout).toMatch(`v${version}.`);
    expect(trainedBy(node, version).equals(expected)).toBe(true);
  },
  300_000,
);
