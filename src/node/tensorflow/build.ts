/** Compiling tfjs-node's addon against a TensorFlow C library. */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { runNpm } from './npm.ts';
import { defaultPython, type Python } from './python.ts';
import { causeOf, findProgram, runTool, type Progress } from './tool.ts';

/** The Node-API version that node-pre-gyp picks in every Node.js this project runs on. */
const NODE_API_VERSION = 8;

/** What a build needs besides a TensorFlow. `headers` is undefined where node-gyp has to fetch or know Node's headers itself. */
export interface BuildTools {
  python: Python;
  headers: string | undefined;
}

/** Find Python, a compiler and make, before anything is downloaded. Throws InputError naming the one that is missing. */
export async function requireBuildTools(): Promise<BuildTools> {
  if (process.platform === 'win32')
    throw new InputError('On Windows only the stock install is supported: run setup native without options.');
  const advice =
    process.platform === 'darwin' ? "run 'xcode-select --install'" : "for example 'apt install g++ make'";
  const python = await defaultPython();
  const compiler = process.env.CXX
    ? findProgram(process.env.CXX.split(' ')[0])
    : findProgram('g++', 'c++', 'clang++');
  if (compiler === undefined)
    throw new InputError(
      `No C++ compiler was found (tried ${process.env.CXX ?? 'g++, c++, clang++'}): ${advice}.`,
    );
  if (findProgram(process.env.MAKE ?? 'make') === undefined)
    throw new InputError(`There is no make: ${advice}.`);
  return { python, headers: findNodeHeaders() };
}

/** The folder whose `include/node` belongs to this Node.js: most installations carry it beside the program. */
export function findNodeHeaders(): string | undefined {
  const prefixes = [process.env.npm_config_nodedir, resolve(dirname(process.execPath), '..')];
  return prefixes.find(
    (prefix) => prefix && nodeMajor(join(prefix, 'include/node')) === process.versions.node.split('.')[0],
  );
}

function nodeMajor(folder: string): string | undefined {
  const file = join(folder, 'node_version.h');
  if (!existsSync(file) || !existsSync(join(folder, 'node_api.h'))) return undefined;
  return /^#define NODE_MAJOR_VERSION (\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
}

/**
 * Compile the addon in `addon`, a copy of the tfjs-node package with `deps/include` and `deps/lib` in place,
 * and clear away what only the build needed. Throws InputError with the compiler's reason.
 */
export async function buildAddon(addon: string, tools: BuildTools, progress: Progress): Promise<void> {
  progress('compiling the addon (about 15 s)');
  const target = join('lib', `napi-v${NODE_API_VERSION}`);
  const nodeGyp = [
    'node-gyp rebuild',
    `--module_name=tfjs_binding --module_path=${target}`,
    `--napi_version=${NODE_API_VERSION} --napi_build_version=${NODE_API_VERSION}`,
    tools.headers ? `--nodedir="${tools.headers}"` : '',
  ].join(' ');
  // npm knows its own node-gyp and puts it into the PATH of what it runs.
  const result = await runNpm(['exec', '--call', nodeGyp], {
    cwd: addon,
    onWait: (seconds) => progress(`still compiling (${seconds} s)`),
  });
  const built = join(addon, 'build', 'Release', 'tfjs_binding.node');
  if (!result.succeeded || !existsSync(built)) throw new InputError(reasonOf(causeOf(result), tools));
  await mkdir(join(addon, target), { recursive: true });
  await copyFile(built, join(addon, target, 'tfjs_binding.node'));
  if (process.platform === 'darwin')
    // A wheel's libraries are looked for by @rpath, which tfjs-node's own build never sets on a Mac.
    await runTool('install_name_tool', [
      '-add_rpath',
      '@loader_path/../../deps/lib',
      join(addon, target, 'tfjs_binding.node'),
    ]);
  await rm(join(addon, 'build'), { recursive: true });
  await rm(join(addon, 'deps', 'include'), { recursive: true });
}

function reasonOf(cause: string, { headers }: BuildTools): string {
  const fetching = /ENOTFOUND|EAI_AGAIN|ECONN|ENET|ETIMEDOUT|fetch|node_api\.h/i;
  return headers === undefined && fetching.test(cause)
    ? `The headers of Node.js ${process.version} are neither beside ${process.execPath} nor to be downloaded (${cause}): ` +
        'set npm_config_nodedir to a folder that has include/node.'
    : `The addon could not be compiled: ${cause}.`;
}
