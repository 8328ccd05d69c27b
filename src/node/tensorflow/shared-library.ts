/** TensorFlow's C library and its headers: found in any of the layouts they come in, laid out as tfjs-node builds. */
import { constants, existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, realpath, rename, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { requireThisMachine } from './binary.ts';

/** The two folders of a TensorFlow: `include` holds `tensorflow/c/c_api.h`, `libraries` the shared libraries. */
export interface LibraryFolders {
  include: string;
  libraries: string;
}

/** Headers that the C API reaches, of the 13 000 that a wheel carries; below `include/`. */
export const HEADER_PATTERN = String.raw`^(external/[^/]+/)?(tensorflow/c|tensorflow/core/platform|tsl|xla/tsl)/.*\.h$`;

const LIBRARY_PATTERN = /^libtensorflow(_cc|_framework)?\.(\d+\.)*(so|dylib)(\.\d+)*$/;

/**
 * Find library and headers below `root`: the official archive (`include/`, `lib/`), the same one folder down,
 * or Python's package (`include/` and the libraries beside it). `name` is what to call `root` in a message.
 * Throws InputError when either is missing or the library is for another machine.
 */
export async function findLibrary(root: string, name: string): Promise<LibraryFolders> {
  const inner = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const roots = [root, ...inner.map((entry) => join(root, entry.name))];
  const folders = roots.flatMap((base) => [join(base, 'lib'), base]);
  const libraries = await firstWith(folders, /^libtensorflow(_cc)?\./);
  if (libraries === undefined)
    throw new InputError(
      `${name} has no libtensorflow: it needs libtensorflow or libtensorflow_cc, version 2.`,
    );
  if (!(await librariesIn(libraries)).some((file) => file.startsWith('libtensorflow_framework.')))
    throw new InputError(
      `${name} has no libtensorflow_framework beside its libtensorflow: it is not complete.`,
    );
  const include = roots
    .map((base) => join(base, 'include'))
    .find((folder) => existsSync(join(folder, 'tensorflow/c/c_api.h')));
  if (include === undefined)
    throw new InputError(
      `${name} has no headers (include/tensorflow/c/c_api.h): tfjs-node cannot be built with it.`,
    );
  for (const file of await librariesIn(libraries))
    await requireThisMachine(await realpath(join(libraries, file)));
  return { include, libraries };
}

/** Copy (or move, where the source is ours to take) into `dependencies/include` and `dependencies/lib`, with the links that tfjs-node's build looks for. */
export async function placeLibrary(
  source: LibraryFolders,
  dependencies: string,
  move: boolean,
): Promise<void> {
  const lib = join(dependencies, 'lib');
  await mkdir(lib, { recursive: true });
  const home = await realpath(source.libraries);
  for (const file of await librariesIn(source.libraries)) {
    const from = join(home, file);
    const target = await realpath(from);
    // A link to another name in the same folder stays a link: the library is hundreds of megabytes.
    if (target !== from && dirname(target) === home) await symlink(basename(target), join(lib, file));
    else if (move) await rename(from, join(lib, file));
    else await copyFile(target, join(lib, file), constants.COPYFILE_FICLONE);
  }
  const header = new RegExp(HEADER_PATTERN);
  for (const entry of await readdir(source.include, { recursive: true })) {
    const path = entry.replaceAll('\\', '/');
    if (header.test(path)) await cp(join(source.include, entry), join(dependencies, 'include', entry));
  }
  await linkPlainNames(lib);
}

/** `libtensorflow.so` beside `libtensorflow_cc.so.2`, and so on: the names that the linker is asked for. */
async function linkPlainNames(lib: string): Promise<void> {
  const files = await librariesIn(lib);
  const wanted = process.platform === 'darwin' ? ['.2.dylib', '.dylib'] : ['.so'];
  for (const ending of wanted) {
    for (const [plain, stems] of [
      ['libtensorflow', ['libtensorflow.', 'libtensorflow_cc.']],
      ['libtensorflow_framework', ['libtensorflow_framework.']],
    ] as const) {
      if (files.includes(plain + ending)) continue;
      const target = stems.map((stem) => files.find((file) => file.startsWith(stem))).find(Boolean);
      if (target) await symlink(target, join(lib, plain + ending));
    }
  }
}

async function librariesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => LIBRARY_PATTERN.test(file)).sort();
}

async function firstWith(folders: string[], pattern: RegExp): Promise<string | undefined> {
  for (const folder of folders) {
    if (existsSync(folder) && (await librariesIn(folder)).some((file) => pattern.test(file))) return folder;
  }
  return undefined;
}
