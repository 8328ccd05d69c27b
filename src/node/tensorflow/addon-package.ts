/** Getting the JavaScript half of tfjs-node, and its addon's source, without running its install script. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../core/errors.ts';
import { runNpm } from './npm.ts';
import { TFJS_NODE_VERSION, addonPackage } from './place.ts';
import { causeOf, type Progress } from './tool.ts';

interface LockFile {
  packages: Record<string, { dependencies?: Record<string, string>; optional?: boolean; dev?: boolean }>;
}

/**
 * Put `@tensorflow/tfjs-node` and what it needs into `directory/node_modules`, from npm's cache where it can.
 * TensorFlow.js itself is left out: two stand-ins take its place, which `src/node/tensorflow/tensorflow.ts`
 * fills with the TensorFlow.js that is already loaded, because two copies would not know each other's tensors.
 */
export async function installAddonPackage(directory: string, progress: Progress): Promise<void> {
  progress(`fetching @tensorflow/tfjs-node ${TFJS_NODE_VERSION} from npm (its cache first)`);
  const root = { name: 'backprop-zoo-native', version: '1.0.0' };
  const dependencies = { '@tensorflow/tfjs-node': TFJS_NODE_VERSION };
  await writeFile(join(directory, 'package.json'), JSON.stringify({ ...root, private: true, dependencies }));
  const lock = await lockOfAddon(root, dependencies);
  if (lock) await writeFile(join(directory, 'package-lock.json'), JSON.stringify(lock));
  const result = await runNpm(
    // The lock knows every checksum, so `npm ci` needs no registry for what the project's own `npm ci` has fetched.
    // prettier-ignore
    [lock ? 'ci' : 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'],
    { cwd: directory, onWait: (seconds) => progress(`still fetching (${seconds} s)`) },
  );
  if (!result.succeeded || !existsSync(addonPackage(directory)))
    throw new InputError(
      `@tensorflow/tfjs-node ${TFJS_NODE_VERSION} is neither in npm's cache nor to be had from its registry ` +
        `(${causeOf(result)}): connect to the network and try again.`,
    );
  for (const name of [
    'tfjs',
    'tfjs-core',
    'tfjs-layers',
    'tfjs-data',
    'tfjs-converter',
    'tfjs-backend-cpu',
    'tfjs-backend-webgl',
  ])
    await rm(join(directory, 'node_modules', '@tensorflow', name), { recursive: true, force: true });
  for (const name of ['tfjs', 'tfjs-core'])
    await writeStandIn(join(directory, 'node_modules', '@tensorflow', name));
}

/** The project's lock file cut down to tfjs-node without TensorFlow.js; undefined when the project has none. */
async function lockOfAddon(root: object, dependencies: Record<string, string>): Promise<object | undefined> {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const file = join(folder, 'package-lock.json');
  if (!existsSync(file)) return undefined;
  const lock = JSON.parse(await readFile(file, 'utf8')) as LockFile;
  const addon = lock.packages['node_modules/@tensorflow/tfjs-node'];
  if (addon === undefined) return undefined;
  delete addon.dependencies?.['@tensorflow/tfjs'];
  lock.packages[''] = { ...root, dependencies };
  // npm passes over an optional package that it cannot fetch; here that has to be an error.
  for (const entry of Object.values(lock.packages)) delete entry.optional;
  return { ...lock, ...root };
}

async function writeStandIn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ version: TFJS_NODE_VERSION, main: 'index.js' }),
  );
  await writeFile(
    join(folder, 'index.js'),
    '// backprop-zoo puts its own TensorFlow.js here before it loads tfjs-node.\n',
  );
}
