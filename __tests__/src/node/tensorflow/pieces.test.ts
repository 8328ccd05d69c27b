import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { machineOf } from '../../../../src/node/tensorflow/binary.ts';
import { findLibrary, placeLibrary } from '../../../../src/node/tensorflow/shared-library.ts';
import { TFJS_NODE_VERSION, nativeDirectory, readManifest } from '../../../../src/node/tensorflow/place.ts';
import { removeNative } from '../../../../src/node/tensorflow/setup.ts';
import { replaceFolder } from '../../../../src/node/tensorflow/staging.ts';
import { causeOf, runTool } from '../../../../src/node/tensorflow/tool.ts';
import { libraryHeader, nativeSandbox, wheelLibraries } from '../../../helpers/native.ts';

let sandbox: ReturnType<typeof nativeSandbox>;
beforeEach(() => {
  sandbox = nativeSandbox();
});
afterEach(() => sandbox.close());

test('the version is the one that package.json names', () => {
  const { optionalDependencies } = createRequire(import.meta.url)('../../../../package.json') as {
    optionalDependencies: Record<string, string>;
  };
  expect(optionalDependencies['@tensorflow/tfjs-node']).toBe(TFJS_NODE_VERSION);
});

describe('replaceFolder', () => {
  const target = () => join(sandbox.home, 'target');

  test('puts a finished folder in place of the former one', async () => {
    for (const round of ['first', 'second'])
      await replaceFolder(target(), (folder) => writeFileSync(join(folder, 'round'), round));
    expect(readFileSync(join(target(), 'round'), 'utf8')).toBe('second');
    expect(readdirSync(sandbox.home)).toEqual(['target']);
  });

  test('leaves no trace of a failure', async () => {
    const failing = replaceFolder(target(), (folder) => {
      writeFileSync(join(folder, 'half'), '');
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(sandbox.untouched()).toBe(true);
  });

  test('clears away what a killed process has left', async () => {
    mkdirSync(join(sandbox.home, '.being-made-999999999'), { recursive: true });
    await replaceFolder(target(), () => undefined);
    expect(readdirSync(sandbox.home)).toEqual(['target']);
  });
});

describe('removeNative', () => {
  test('removes an installation, and says when there is none', async () => {
    const manifest = {
      format: 'backprop-zoo/native',
      tfjsNode: '4.22.0',
      tensorflow: '2',
      source: 'x',
      created: 'y',
    };
    mkdirSync(nativeDirectory(), { recursive: true });
    writeFileSync(join(nativeDirectory(), 'native.json'), JSON.stringify(manifest));
    expect(readManifest(nativeDirectory())).toEqual(manifest);
    expect(await removeNative()).toBe(nativeDirectory());
    expect(existsSync(sandbox.home)).toBe(false);
    expect(await removeNative()).toBeUndefined();
  });

  test("does not touch a folder that is not the zoo's", async () => {
    mkdirSync(nativeDirectory(), { recursive: true });
    writeFileSync(join(nativeDirectory(), 'thesis.txt'), '');
    await expect(removeNative()).rejects.toThrow(/remove it by hand/);
    expect(existsSync(join(nativeDirectory(), 'thesis.txt'))).toBe(true);
  });
});

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('finding and placing a library', () => {
  const plain = process.platform === 'darwin' ? 'libtensorflow.2.dylib' : 'libtensorflow.so';

  test("Python's layout: libraries beside include/, needed headers only, plain names as links", async () => {
    for (const name of wheelLibraries) sandbox.file(`tensorflow/${name}`, libraryHeader());
    sandbox.file('tensorflow/include/tensorflow/c/c_api.h', 'one');
    sandbox.file('tensorflow/include/xla/tsl/c/tsl_status.h', 'two');
    sandbox.file('tensorflow/include/Eigen/Core.h', 'three');
    const found = await findLibrary(join(sandbox.folder, 'tensorflow'), 'it');
    const deps = join(sandbox.folder, 'deps');
    await placeLibrary(found, deps, false);
    expect(readlinkSync(join(deps, 'lib', plain))).toBe(wheelLibraries[0]);
    expect(readFileSync(join(deps, 'include/xla/tsl/c/tsl_status.h'), 'utf8')).toBe('two');
    expect(existsSync(join(deps, 'include/Eigen'))).toBe(false);
  });

  test("the archive's layout, one folder down: links stay links", async () => {
    const versioned = wheelLibraries.map((name) => name.replace('_cc', ''));
    for (const name of versioned) sandbox.file(`top/tf/lib/${name}`, libraryHeader());
    if (process.platform === 'linux')
      symlinkSync('libtensorflow.so.2', join(sandbox.folder, 'top/tf/lib/libtensorflow.so'));
    sandbox.file('top/tf/include/tensorflow/c/c_api.h', '');
    const found = await findLibrary(join(sandbox.folder, 'top'), 'it');
    await placeLibrary(found, join(sandbox.folder, 'deps'), false);
    const lib = join(sandbox.folder, 'deps/lib');
    expect(lstatSync(join(lib, versioned[0])).isFile()).toBe(true);
    if (process.platform === 'linux') expect(readlinkSync(join(lib, plain))).toBe('libtensorflow.so.2');
  });

  test('a library without its framework is not complete', async () => {
    sandbox.file(`half/${wheelLibraries[0]}`, libraryHeader());
    await expect(findLibrary(join(sandbox.folder, 'half'), 'half')).rejects.toThrow(
      /no libtensorflow_framework/,
    );
  });
});

test('machineOf knows this very Node.js', async () => {
  if (process.platform === 'win32') return;
  expect([`${process.platform}-${process.arch}`, 'darwin-universal']).toContain(
    await machineOf(process.execPath),
  );
  expect(await machineOf(sandbox.file('short', 'abc'))).toBeUndefined();
});

describe('tools', () => {
  test('a program that does not exist has failed, with the reason', async () => {
    const result = await runTool('/nowhere/program', []);
    expect(result.succeeded).toBe(false);
    expect(causeOf(result)).toMatch(/ENOENT/);
  });

  test('the cause is the first error, without the frame that tools put around it', () => {
    const lines = [
      'npm warn Unknown user config "x".',
      'npm error code 1',
      'npm error command failed',
      'npm error Error: getaddrinfo ENOTFOUND example.org',
      'npm error A complete log of this run can be found in: /x',
    ];
    expect(causeOf({ succeeded: false, lines })).toBe('Error: getaddrinfo ENOTFOUND example.org');
    expect(causeOf({ succeeded: false, lines: [] })).toBe('it gave no reason');
  });
});
