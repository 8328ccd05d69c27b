/** `zoo setup native`: getting TensorFlow's native library by every way there is, and taking it away again. */
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { installAddonPackage } from './addon-package.ts';
import { openArchive } from './archive.ts';
import { buildAddon, requireBuildTools, type BuildTools } from './build.ts';
import { findLibrary, placeLibrary } from './shared-library.ts';
import { runNpm } from './npm.ts';
import {
  TFJS_NODE_VERSION,
  addonPackage,
  nativeDirectory,
  nativeHome,
  readManifest,
  type NativeManifest,
} from './place.ts';
import { defaultPython, downloadWheel, probePython } from './python.ts';
import { clearLeftovers, replaceFolder } from './staging.ts';
import { causeOf, type Progress } from './tool.ts';
import { verifyNative } from './verify.ts';
import { unpackWheel } from './wheel.ts';

/** By which way to get the library. With none given: keep what works, else the stock install, else Python's. */
export interface SetupOptions {
  /** A folder, a `.tar.gz` file or an http address of TensorFlow's C archive. */
  libtensorflow?: string;
  /** An interpreter or a wheel file; empty for the machine's own Python. */
  fromPython?: string;
}

/** What is installed now. `changed` is false when a working TensorFlow was there already. */
export interface SetupResult {
  changed: boolean;
  tensorflow: string;
  source: string;
  directory: string;
}

/** Install and verify. Throws InputError with the reason when no way worked; then nothing has changed. */
export async function setupNative(options: SetupOptions, progress: Progress): Promise<SetupResult> {
  if (options.libtensorflow !== undefined && options.fromPython !== undefined)
    throw new InputError('--libtensorflow and --from-python exclude each other: give one of them.');
  if (options.libtensorflow !== undefined)
    return install((folder) => fromArchive(options.libtensorflow!, folder, progress), progress);
  if (options.fromPython !== undefined)
    return install((folder) => fromPython(options.fromPython!, folder, progress), progress);

  const present = await verifyNative();
  if (present.works) {
    const source = readManifest(nativeDirectory())?.source ?? 'npm';
    return { changed: false, tensorflow: present.version, source, directory: present.directory };
  }
  progress('trying the stock install of tfjs-node, which downloads its library');
  const failures: string[] = [];
  try {
    return await install((folder) => fromStock(folder, progress), progress);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failures.push(`stock install: ${error.message}`);
    progress(`${error.message} Trying Python's TensorFlow instead`);
  }
  try {
    return await install((folder) => fromPython('', folder, progress), progress);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failures.push(`from Python: ${error.message}`);
  }
  throw new InputError(
    `No way worked. ${failures.join(' ')} (Another way: --libtensorflow with TensorFlow's C archive.)`,
  );
}

/** Remove what `setupNative` has installed. Resolves to the removed folder, or undefined when there was none. */
export async function removeNative(): Promise<string | undefined> {
  const directory = nativeDirectory();
  clearLeftovers(nativeHome());
  if (!existsSync(directory)) return undefined;
  if (readManifest(directory) === undefined && !existsSync(join(directory, 'package.json')))
    throw new InputError(
      `${directory} does not look like our installation (no native.json): remove it by hand.`,
    );
  await rm(directory, { recursive: true });
  if ((await readdir(nativeHome())).length === 0) await rmdir(nativeHome());
  return directory;
}

/** One way of filling the folder; resolves to where the library came from, in words. */
type Way = (folder: string) => Promise<string>;

async function install(way: Way, progress: Progress): Promise<SetupResult> {
  const directory = nativeDirectory();
  const manifest = await replaceFolder(directory, async (folder) => {
    const source = await way(folder);
    const draft = {
      format: 'backprop-zoo/native' as const,
      tfjsNode: TFJS_NODE_VERSION,
      source,
      created: new Date().toISOString(),
    };
    await writeManifest(folder, { ...draft, tensorflow: 'not yet verified' });
    progress('loading it in a process of its own and computing a product and a gradient');
    const outcome = await verifyNative(folder);
    if (!outcome.works) throw new InputError(`What was made of ${source} does not work. ${outcome.reason}`);
    const verified = { ...draft, tensorflow: outcome.version };
    await writeManifest(folder, verified);
    return verified;
  });
  return { changed: true, tensorflow: manifest.tensorflow, source: manifest.source, directory };
}

async function writeManifest(folder: string, manifest: NativeManifest): Promise<void> {
  await writeFile(join(folder, 'native.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function fromStock(folder: string, progress: Progress): Promise<string> {
  await installAddonPackage(folder, progress);
  progress('running its install script (downloads about 250 MB)');
  const onWait = (seconds: number) => progress(`still installing (${seconds} s)`);
  const result = await runNpm(['rebuild', '@tensorflow/tfjs-node'], { cwd: folder, onWait });
  if (!result.succeeded)
    throw new InputError(
      `tfjs-node's install script failed (${causeOf(result)}); its host may be blocked or down.`,
    );
  return "tfjs-node's own install script";
}

async function fromArchive(source: string, folder: string, progress: Progress): Promise<string> {
  const tools = await requireBuildTools();
  const root = await openArchive(source, folder, progress);
  return buildFrom(root, source, folder, tools, progress);
}

async function fromPython(source: string, folder: string, progress: Progress): Promise<string> {
  const tools = await requireBuildTools();
  let wheel = source.endsWith('.whl') ? source : undefined;
  if (wheel === undefined) {
    const python = source ? await probePython(source) : await defaultPython();
    if (python.tensorflow) {
      const name = `the TensorFlow of ${python.program}`;
      progress(`taking ${name}`);
      return buildFrom(python.tensorflow, name, folder, tools, progress);
    }
    wheel = await downloadWheel(python, join(folder, 'download'), progress);
  }
  const root = await unpackWheel(wheel, join(folder, 'unpacked'), tools.python.program, progress);
  return buildFrom(root, `the wheel ${basename(wheel)}`, folder, tools, progress);
}

/** From a folder with library and headers to a finished addon. */
async function buildFrom(
  root: string,
  name: string,
  folder: string,
  tools: BuildTools,
  progress: Progress,
): Promise<string> {
  const library = await findLibrary(root, name);
  await installAddonPackage(folder, progress);
  const addon = addonPackage(folder);
  await placeLibrary(library, join(addon, 'deps'), root.startsWith(folder));
  // Archives and what was unpacked from them are no longer needed.
  for (const scratch of ['download', 'unpacked', 'libtensorflow.tar.gz'])
    await rm(join(folder, scratch), { recursive: true, force: true });
  await buildAddon(addon, tools, progress);
  return name;
}

/** Megabytes on disk below `directory`. */
export async function megabytesOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return Math.round(bytes / 1e6);
}
