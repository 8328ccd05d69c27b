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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { InputError, WorkError } from '../../../../src/core/errors.ts';
import { findNumPy } from '../../../../src/node/numpy.ts';
import { machineOf, requireThisMachine } from '../../../../src/node/tensorflow/binary.ts';
import { HEADER_PATTERN, findLibrary, placeLibrary } from '../../../../src/node/tensorflow/shared-library.ts';
import { TFJS_NODE_VERSION, nativeDirectory, readManifest } from '../../../../src/node/tensorflow/place.ts';
import { removeNative } from '../../../../src/node/tensorflow/setup.ts';
import { replaceFolder } from '../../../../src/node/tensorflow/staging.ts';
import { causeOf, findProgram, runTool } from '../../../../src/node/tensorflow/tool.ts';
import { anotherArch, libraryHeader, nativeSandbox, wheelLibraries } from '../../../helpers/native.ts';

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

  test('an interruption leaves what was there, and ends the process', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    try {
      await replaceFolder(target(), (folder) => writeFileSync(join(folder, 'round'), 'first'));
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const before = process.listenerCount(signal);
        const work = replaceFolder(target(), (folder) => {
          writeFileSync(join(folder, 'half'), '');
          process.listeners(signal).at(-1)!(signal);
          expect(readdirSync(sandbox.home)).toEqual(['target']);
        });
        await expect(work).rejects.toThrow('ENOENT');
        expect(exit).toHaveBeenLastCalledWith(130);
        expect(process.listenerCount(signal)).toBe(before);
      }
      expect(readFileSync(join(target(), 'round'), 'utf8')).toBe('first');
    } finally {
      exit.mockRestore();
    }
  });

  test('folders that it made for nothing go, those with something in them stay', async () => {
    const deep = join(sandbox.home, 'a/b/target');
    const fail = () => Promise.reject(new Error('stop'));
    await expect(replaceFolder(deep, fail)).rejects.toThrow('stop');
    expect(sandbox.untouched()).toBe(true);
    mkdirSync(sandbox.home, { recursive: true });
    await expect(replaceFolder(deep, fail)).rejects.toThrow('stop');
    expect(readdirSync(sandbox.home)).toEqual([]);
    const busy = replaceFolder(deep, () => {
      writeFileSync(join(sandbox.home, 'a/mine'), '');
      return fail();
    });
    await expect(busy).rejects.toThrow('stop');
    expect(readdirSync(join(sandbox.home, 'a'))).toEqual(['mine']);
  });

  test('does not touch what another process is making', async () => {
    const theirs = `.being-made-${process.ppid}`;
    mkdirSync(join(sandbox.home, theirs), { recursive: true });
    await replaceFolder(target(), () => undefined);
    expect(readdirSync(sandbox.home).sort()).toEqual([theirs, 'target']);
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

  test('is moved where it is ours, copied where it is not, and what a link leads to elsewhere comes along', async () => {
    if (process.platform !== 'linux') return;
    const [main, framework] = wheelLibraries;
    for (const move of [false, true]) {
      const place = `case-${move}`;
      sandbox.file(`${place}/lib/${main}`, libraryHeader());
      const elsewhere = sandbox.file(`${place}/elsewhere/f.so`, libraryHeader());
      if (move) sandbox.file(`${place}/lib/${framework}`, libraryHeader());
      else symlinkSync(elsewhere, join(sandbox.folder, `${place}/lib/${framework}`));
      const [root, deps] = [join(sandbox.folder, place), join(sandbox.folder, `${place}-deps`)];
      sandbox.file(`${place}/include/tensorflow/c/c_api.h`, '');
      const found = await findLibrary(root, 'it');
      expect(found).toEqual({ include: join(root, 'include'), libraries: join(root, 'lib') });
      await placeLibrary(found, deps, move);
      expect(readdirSync(join(root, 'lib'))).toEqual(move ? [] : wheelLibraries);
      expect(readdirSync(join(deps, 'lib')).sort()).toEqual([
        ...['libtensorflow.so', main, 'libtensorflow_framework.so', framework],
      ]);
      expect(lstatSync(join(deps, 'lib', framework)).isFile()).toBe(true);
      expect(readlinkSync(join(deps, 'lib/libtensorflow_framework.so'))).toBe(framework);
      expect(readlinkSync(join(deps, 'lib/libtensorflow.so'))).toBe(main);
    }
  });

  test('says what a folder lacks', async () => {
    const lacking = (name: string) =>
      findLibrary(join(sandbox.folder, name), name).then(
        String,
        (error: unknown) => (error as Error).message,
      );
    sandbox.file('none/readme', '');
    expect(await lacking('none')).toBe(
      'none has no libtensorflow: it needs libtensorflow or libtensorflow_cc, version 2.',
    );
    sandbox.file(`frame/${wheelLibraries[1]}`, libraryHeader());
    expect(await lacking('frame')).toMatch(/^frame has no libtensorflow:/);
    for (const name of wheelLibraries) sandbox.file(`bare/${name}`, libraryHeader());
    sandbox.file('bare/include/c_api.h', '');
    expect(await lacking('bare')).toBe(
      'bare has no headers (include/tensorflow/c/c_api.h): tfjs-node cannot be built with it.',
    );
    for (const name of wheelLibraries) sandbox.file(`other/${name}`, libraryHeader(anotherArch));
    sandbox.file('other/include/tensorflow/c/c_api.h', '');
    expect(await lacking('other')).toMatch(/^libtensorflow\S* was built for/);
  });

  test.each([
    ['tensorflow/c/c_api.h', true],
    ['tensorflow/core/platform/x/y.h', true],
    ['tsl/a.h', true],
    ['xla/tsl/a.h', true],
    ['external/local_tsl/tsl/a.h', true],
    ['external/a/b/tsl/a.h', false],
    ['tensorflow/c/c_api.hpp', false],
    ['tensorflow/core/a.h', false],
    ['my/tsl/a.h', false],
  ])('the header %s is needed: %s', (path, isNeeded) => {
    expect(new RegExp(HEADER_PATTERN).test(path)).toBe(isNeeded);
  });

  test('a library without its framework is not complete', async () => {
    sandbox.file(`half/${wheelLibraries[0]}`, libraryHeader());
    await expect(findLibrary(join(sandbox.folder, 'half'), 'half')).rejects.toThrow(
      /no libtensorflow_framework/,
    );
  });
});

describe('machineOf', () => {
  test('knows this very Node.js', async () => {
    if (process.platform === 'win32') return;
    expect([`${process.platform}-${process.arch}`, 'darwin-universal']).toContain(
      await machineOf(process.execPath),
    );
  });

  test('reads the machine from the first twenty bytes', async () => {
    const machine = (write: (header: Buffer) => void, length = 20): Promise<string | undefined> => {
      const header = Buffer.alloc(length);
      write(header);
      return machineOf(sandbox.file('library', header));
    };
    const elf = (number: number) => (header: Buffer) => {
      header.write('\x7fELF', 'latin1');
      header.writeUInt16LE(number, 18);
    };
    const mach = (number: number) => (header: Buffer) => {
      header.writeUInt32LE(0xfeedfacf);
      header.writeUInt32LE(number, 4);
    };
    const known = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64', 8: 'unknown' };
    for (const [number, name] of Object.entries(known))
      expect(await machine(elf(Number(number)))).toBe(`linux-${name}`);
    const [x64, arm64] = [0x01000007, 0x0100000c];
    expect(await machine(mach(x64))).toBe('darwin-x64');
    expect(await machine(mach(arm64))).toBe('darwin-arm64');
    expect(await machine(mach(7))).toBe('darwin-unknown');
    expect(await machine((header) => header.writeUInt32BE(0xcafebabe))).toBe('darwin-universal');
    expect(await machine((header) => header.write('\x7fELG'))).toBeUndefined();
    expect(await machine((header) => header.write('\x7fELF', 'latin1'), 19)).toBeUndefined();
    expect(await machineOf(sandbox.file('short', 'abc'))).toBeUndefined();
  });

  test('a library for another machine is refused in a sentence', async () => {
    if (process.platform === 'win32') return;
    await requireThisMachine(sandbox.file('fine.so', libraryHeader()));
    const here = `${process.platform}-${process.arch}`;
    await expect(requireThisMachine(sandbox.file('a/b.so', libraryHeader(anotherArch)))).rejects.toThrow(
      new InputError(
        `b.so was built for ${process.platform}-${anotherArch}, this Node.js is ${here}: get the TensorFlow for ${here}.`,
      ),
    );
    await expect(requireThisMachine(sandbox.file('c.so', 'x'.repeat(64)))).rejects.toThrow(
      new InputError('c.so is not a shared library: the file is damaged or of another kind.'),
    );
    const universal = Buffer.alloc(20);
    universal.writeUInt32BE(0xcafebabe);
    const outcome = requireThisMachine(sandbox.file('d.so', universal));
    await (process.platform === 'darwin' ? outcome : expect(outcome).rejects.toThrow('darwin-universal'));
  });
});

describe('tools', () => {
  test('a program that does not exist has failed, with the reason', async () => {
    const result = await runTool('/nowhere/program', []);
    expect(result).toEqual({ succeeded: false, lines: ['spawn /nowhere/program ENOENT'] });
    expect(causeOf(result)).toBe('spawn /nowhere/program ENOENT');
  });

  const posixTest = process.platform === 'win32' ? test.skip : test;

  posixTest(
    'a program is run to its end, in its folder and environment, and its last lines kept',
    async () => {
      const heard: string[] = [];
      const print =
        'i=1; while [ $i -le 201 ]; do echo $i; i=$((i+1)); done; echo "$0 $WORD $PWD" >&2; exit $1';
      const run = (code: string) =>
        runTool('/bin/sh', ['-c', print, 'name', code], {
          cwd: '/',
          env: { WORD: 'hello' },
          onLine: (line) => heard.push(line),
        });
      const { succeeded, lines } = await run('0');
      expect(succeeded).toBe(true);
      expect(heard).toEqual(Array.from({ length: 201 }, (_, i) => String(i + 1)));
      expect(lines).toHaveLength(200);
      expect([...lines].sort()).toEqual([...heard.slice(2), 'name hello /'].sort());
      expect((await run('3')).succeeded).toBe(false);
      process.env.WORD = 'inherited';
      expect((await runTool('/bin/sh', ['-c', 'echo $WORD; cat'])).lines).toEqual(['inherited']);
    },
  );

  posixTest('programs are looked for by their names in the order given, in the order of PATH', () => {
    const bin = sandbox.onlyPrograms({ b: '', c: '' });
    sandbox.file('bin/a', 'not to be run');
    const other = dirname(sandbox.file('other/x', ''));
    process.env.PATH = `${other}:${bin}`;
    expect(findProgram('a', 'c', 'b')).toBe(join(bin, 'c'));
    expect(findProgram('a')).toBeUndefined();
    expect(findProgram(join(bin, 'b'))).toBe(join(bin, 'b'));
    expect(findProgram('./b')).toBeUndefined();
    delete process.env.PATH;
    expect(findProgram('b')).toBeUndefined();
  });

  test.each([
    [
      [
        'npm warn Unknown user config "x".',
        'npm error code 1',
        'npm error command failed',
        'npm error Error: getaddrinfo ENOTFOUND example.org',
        'npm error A complete log of this run can be found in: /x',
      ],
      'Error: getaddrinfo ENOTFOUND example.org',
    ],
    [['gyp info it worked', 'gyp ERR! stack Error: no make', 'later: error: too'], 'Error: no make'],
    [['first', 'it failed twice', 'last'], 'it failed twice'],
    [['first', 'No such file', 'last'], 'No such file'],
    [['first', 'access denied'], 'access denied'],
    [['connection refused', 'a fatal error: here'], 'a fatal error: here'],
    [['WARNING: pip is old', 'first', '', ' last. '], 'last'],
    [['npm error path /x', 'npm error code E404'], 'it gave no reason'],
    [[], 'it gave no reason'],
    [['x'.repeat(301)], 'x'.repeat(300)],
  ])('the cause is the first error, without the frame that tools put around it: %j', (lines, cause) => {
    expect(causeOf({ succeeded: false, lines })).toBe(cause);
  });
});

const posixDescribe = process.platform === 'win32' ? describe.skip : describe;

posixDescribe('a Python with NumPy', () => {
  const python = (run: string, found = 'echo "a warning"; echo 2.1.0') =>
    sandbox.onlyPrograms({ python3: `case "$1" in -c) ${found};; *) ${run};; esac` });

  test('is known by its version, and is not there where NumPy is not', async () => {
    python('exit 1');
    expect((await findNumPy())!.name).toBe('NumPy 2.1.0');
    python('exit 1', 'echo "No module named numpy" >&2; exit 1');
    expect(await findNumPy()).toBeUndefined();
    sandbox.onlyPrograms({});
    expect(await findNumPy()).toBeUndefined();
  });

  test('runs a program on rows, a line each, and removes it', async () => {
    process.env.TMPDIR = dirname(sandbox.file('scratch/kept', ''));
    const answers = `echo '{"probabilities": [0.25, 0.75]}'; echo '{"value": 7}'`;
    python(`/bin/cat "$1" > ${sandbox.folder}/program; /bin/cat > ${sandbox.folder}/rows; ${answers}`);
    const numpy = (await findNumPy())!;
    expect(await numpy.run('print(1)', [[1, 'a'], [2]])).toEqual([[0.25, 0.75], [7]]);
    expect(readFileSync(join(sandbox.folder, 'program'), 'utf8')).toBe('print(1)');
    expect(readFileSync(join(sandbox.folder, 'rows'), 'utf8')).toBe('[1,"a"]\n[2]\n');
    python('echo "Traceback" >&2; echo "ValueError: no" >&2; exit 1');
    await expect((await findNumPy())!.run('', [[1]])).rejects.toThrow(
      new WorkError('The exported Python program fails here: ValueError: no'),
    );
    expect(readdirSync(process.env.TMPDIR)).toEqual(['kept']);
  });
});
