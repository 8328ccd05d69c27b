import { createServer } from 'node:http';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { InputError } from '../../../../src/core/errors.ts';
import { buildAddon, findNodeHeaders } from '../../../../src/node/tensorflow/build.ts';
import { nativeDirectory } from '../../../../src/node/tensorflow/place.ts';
import { probePython } from '../../../../src/node/tensorflow/python.ts';
import { setupNative, type SetupOptions } from '../../../../src/node/tensorflow/setup.ts';
import { findProgram } from '../../../../src/node/tensorflow/tool.ts';
import {
  anotherArch,
  buildTools,
  fakePython,
  libraryHeader,
  nativeSandbox,
  realPython,
  wheelLibraries,
  zip,
} from '../../../helpers/native.ts';

// Python, npm and a compiler take their time on a busy machine.
jest.setTimeout(120_000);

let sandbox: ReturnType<typeof nativeSandbox>;
beforeEach(() => {
  sandbox = nativeSandbox();
});
afterEach(() => sandbox.close());

const offline = { npm_config_registry: 'http://127.0.0.1:2', npm_config_offline: 'false' };

/** The sentence with which this set-up fails; it must be an InputError (exit code 2) and leave nothing behind. */
async function failure(options: SetupOptions): Promise<string> {
  const error = await setupNative(options, () => undefined).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).exitCode).toBe(2);
  expect(sandbox.untouched()).toBe(true);
  return (error as InputError).message;
}

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('what is missing is said in one sentence, and nothing changes', () => {
  test('Python', async () => {
    sandbox.onlyPrograms(buildTools);
    expect(await failure({ fromPython: '' })).toMatch(/^Python 3 was not found/);
  });

  test('a compiler', async () => {
    delete process.env.CXX;
    sandbox.onlyPrograms({ python3: fakePython('exit 1'), make: 'exit 0' });
    expect(await failure({ fromPython: '' })).toMatch(/^No C\+\+ compiler was found \(tried g\+\+/);
  });

  test('make', async () => {
    sandbox.onlyPrograms({ python3: fakePython('exit 1'), 'g++': 'exit 0' });
    expect(await failure({ fromPython: '' })).toMatch(/^There is no make/);
  });

  test('the interpreter that was named', async () => {
    sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1') });
    expect(await failure({ fromPython: '/nowhere/python3.99' })).toMatch(
      /^There is no Python at \/nowhere\/python3\.99/,
    );
  });

  test('an interpreter that is none', async () => {
    const bin = sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1'), other: 'echo hello' });
    expect(await failure({ fromPython: `${bin}/other` })).toMatch(
      /does not work as a Python 3 interpreter: hello\.$/,
    );
  });

  test('pip', async () => {
    sandbox.onlyPrograms({
      ...buildTools,
      python3: fakePython('echo "python3: No module named pip" >&2; exit 1'),
    });
    expect(await failure({ fromPython: '' })).toMatch(
      /has no TensorFlow, and its pip offers .*No module named pip/,
    );
  });

  test('a wheel that pip could offer', async () => {
    const answer = 'echo "ERROR: No matching distribution found for tensorflow-cpu" >&2; exit 1';
    sandbox.onlyPrograms({ ...buildTools, python3: fakePython(answer) });
    expect(await failure({ fromPython: '' })).toMatch(
      /No matching distribution found for tensorflow-cpu.*give --from-python/,
    );
  });

  test('the wheel file', async () => {
    sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1') });
    expect(await failure({ fromPython: 'missing.whl' })).toBe('There is no wheel at missing.whl.');
  });

  test('the archive', async () => {
    sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1') });
    expect(await failure({ libtensorflow: '/nowhere' })).toMatch(/^There is nothing at \/nowhere/);
  });

  test('two ways at once', async () => {
    expect(await failure({ libtensorflow: 'a', fromPython: 'b' })).toMatch(/exclude each other/);
  });
});

const withPython = realPython && process.platform !== 'win32' ? describe : describe.skip;

withPython('wheels (skipped without Python 3)', () => {
  beforeEach(() => {
    process.env.PATH = `${sandbox.onlyPrograms(buildTools)}:${dirname(realPython!)}:/usr/bin:/bin`;
  });

  /** A wheel of these files. */
  function wheel(files: Record<string, string | Buffer>): string {
    for (const [path, content] of Object.entries(files)) sandbox.file(join('content', path), content);
    const file = join(sandbox.folder, 'fake.whl');
    zip(join(sandbox.folder, 'content'), file);
    return file;
  }
  const libraries = (arch?: string) =>
    Object.fromEntries(wheelLibraries.map((name) => [`tensorflow/${name}`, libraryHeader(arch)]));

  test('without headers', async () => {
    expect(await failure({ fromPython: wheel(libraries()) })).toMatch(/fake\.whl has no headers/);
  });

  test('for another processor', async () => {
    const file = wheel({ ...libraries(anotherArch), 'tensorflow/include/tensorflow/c/c_api.h': '' });
    expect(await failure({ fromPython: file })).toMatch(
      new RegExp(`built for \\w+-${anotherArch}, this Node\\.js is`),
    );
  });

  test('with a library that is none', async () => {
    const damaged = Object.fromEntries(wheelLibraries.map((name) => [`tensorflow/${name}`, 'x'.repeat(64)]));
    const file = wheel({ ...damaged, 'tensorflow/include/tensorflow/c/c_api.h': '' });
    expect(await failure({ fromPython: file })).toMatch(/is not a shared library/);
  });

  test('of another package', async () => {
    expect(await failure({ fromPython: wheel({ 'numpy/core.py': '' }) })).toMatch(/is no TensorFlow wheel/);
  });

  test('that are no zip', async () => {
    const file = sandbox.file('text.whl', 'hello');
    expect(await failure({ fromPython: file })).toMatch(/text\.whl could not be unpacked: .*not a zip file/);
  });

  test('fine, but npm offers no tfjs-node: the installation that was there stays', async () => {
    const file = wheel({ ...libraries(), 'tensorflow/include/tensorflow/c/c_api.h': '' });
    Object.assign(process.env, offline, { npm_config_cache: join(sandbox.folder, 'empty-cache') });
    mkdirSync(nativeDirectory(), { recursive: true });
    writeFileSync(join(nativeDirectory(), 'mark'), 'mine');
    const attempt = setupNative({ fromPython: file }, () => undefined);
    await expect(attempt).rejects.toThrow(/neither in npm's cache nor .*ECONNREFUSED/);
    expect(readFileSync(join(nativeDirectory(), 'mark'), 'utf8')).toBe('mine');
  });
});

posix('archives', () => {
  beforeEach(() => {
    const tools = sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1') });
    process.env.PATH = `${tools}:/usr/bin:/bin`;
  });

  test('an empty folder, a file that is no archive, an archive for another processor', async () => {
    mkdirSync(join(sandbox.folder, 'empty'));
    expect(await failure({ libtensorflow: join(sandbox.folder, 'empty') })).toMatch(/has no libtensorflow/);
    const text = sandbox.file('text.tar.gz', 'hello');
    expect(await failure({ libtensorflow: text })).toMatch(/is not a readable \.tar\.gz archive/);
    for (const name of wheelLibraries) sandbox.file(`tf/lib/${name}`, libraryHeader(anotherArch));
    sandbox.file('tf/include/tensorflow/c/c_api.h', '');
    const archive = join(sandbox.folder, 'tf.tar.gz');
    spawnSync('tar', ['-czf', archive, '-C', join(sandbox.folder, 'tf'), '.']);
    expect(await failure({ libtensorflow: archive })).toMatch(/was built for/);
  });

  test('no network, a refusing server, a download that breaks off', async () => {
    expect(await failure({ libtensorflow: 'http://127.0.0.1:2/tf.tar.gz' })).toMatch(
      /could not be downloaded \(connect ECONNREFUSED.*\): download it elsewhere/,
    );
    const server = createServer((request, response) => {
      if (request.url === '/forbidden.tar.gz') response.writeHead(403).end();
      else response.writeHead(200, { 'content-length': 1000 }).write('half', () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await failure({ libtensorflow: `${address}/forbidden.tar.gz` })).toMatch(
        /the server answered 403/,
      );
      expect(await failure({ libtensorflow: `${address}/half.tar.gz` })).toMatch(/could not be downloaded/);
    } finally {
      server.close();
    }
  });
});

const compiler = findProgram('g++', 'c++', 'clang++') && findProgram('make') && realPython;
const withCompiler = compiler && process.platform !== 'win32' ? describe : describe.skip;

withCompiler('compiling (skipped without Python 3, compiler and make)', () => {
  /** A tiny addon; `source` is its only file. */
  function addon(source: string): string {
    sandbox.file(
      'addon/binding.gyp',
      "{'targets': [{'target_name': 'tfjs_binding', 'sources': ['addon.cc']}]}",
    );
    sandbox.file('addon/addon.cc', source);
    return join(sandbox.folder, 'addon');
  }

  const headers = findNodeHeaders();
  const withHeaders = headers ? test : test.skip;

  withHeaders("tells the compiler's first error (skipped without Node's headers)", async () => {
    const folder = addon('#include "tensorflow/c/no_such_header.h"\n');
    const attempt = buildAddon(folder, { python: await probePython(realPython!), headers }, () => undefined);
    await expect(attempt).rejects.toThrow(/^The addon could not be compiled: .*no_such_header\.h/);
  });

  test("says when Node's headers are missing and there is no network", async () => {
    Object.assign(process.env, {
      npm_config_userconfig: sandbox.file('user-npmrc', ''),
      npm_config_globalconfig: sandbox.file('global-npmrc', ''),
      npm_config_devdir: join(sandbox.folder, 'node-gyp'),
      npm_config_disturl: 'http://127.0.0.1:2',
    });
    delete process.env.npm_config_nodedir;
    const tools = { python: await probePython(realPython!), headers: undefined };
    await expect(buildAddon(addon(''), tools, () => undefined)).rejects.toThrow(
      /^The headers of Node\.js v.* are neither beside .* set npm_config_nodedir/,
    );
  });
});

posix('the command', () => {
  test('ends with exit code 2 and one sentence, also as JSON', () => {
    sandbox.onlyPrograms({ ...buildTools, python3: fakePython('exit 1') });
    const main = new URL('../../../../src/cli/main.ts', import.meta.url).href;
    const script = `(await import('${main}')).main(['setup', 'native', '--libtensorflow', '/nowhere', '--json'])`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8', env: process.env },
    );
    const message =
      'There is nothing at /nowhere: --libtensorflow takes a folder, a .tar.gz file or an address.';
    expect(JSON.parse(stdout)).toEqual({ error: { message, code: 2 } });
    expect(stderr).toBe(`zoo: ${message}\n`);
    expect(status).toBe(2);
    expect(sandbox.untouched()).toBe(true);
  });
});
