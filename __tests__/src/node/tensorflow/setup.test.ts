/** Every way of getting the native library, with programs of a line of shell in place of Node.js, npm and Python. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InputError } from '../../../../src/core/errors.ts';
import { openArchive } from '../../../../src/node/tensorflow/archive.ts';
import { buildAddon, findNodeHeaders, requireBuildTools } from '../../../../src/node/tensorflow/build.ts';
import {
  TFJS_NODE_VERSION,
  addonPackage,
  nativeDirectory,
  readManifest,
} from '../../../../src/node/tensorflow/place.ts';
import { defaultPython, downloadWheel, probePython } from '../../../../src/node/tensorflow/python.ts';
import { megabytesOf, setupNative, type SetupOptions } from '../../../../src/node/tensorflow/setup.ts';
import { verifyNative } from '../../../../src/node/tensorflow/verify.ts';
import { unpackWheel } from '../../../../src/node/tensorflow/wheel.ts';
import {
  anotherArch,
  buildTools,
  fakePython,
  libraryHeader,
  nativeSandbox,
  wheelLibraries,
} from '../../../helpers/native.ts';

const node = process.execPath;
let sandbox: ReturnType<typeof nativeSandbox>;
let said: string[];
const progress = (message: string) => void said.push(message.replaceAll(sandbox.folder, '.'));
beforeEach(() => {
  sandbox = nativeSandbox();
  said = [];
  for (const name of ['npm_config_nodedir', 'CXX', 'MAKE']) delete process.env[name];
});
afterEach(() => {
  process.execPath = node;
  sandbox.close();
});

const works = `echo '{"version": "2.18", "directory": "there", "product": [7, 10, 15, 22], "gradient": [4, 4, 6, 6]}'`;
const addon = 'node_modules/@tensorflow/tfjs-node';

/** What a stand-in for Node.js does when it is to run npm, and to load what was made. */
interface Answers {
  ci?: string;
  exec?: string;
  rebuild?: string;
  /** Loading what a run would take, and what has just been made. */
  present?: string;
  made?: string;
}

function fakes(
  { ci, exec, rebuild, present, made }: Answers = {},
  others: Record<string, string> = {},
): string {
  const unpacked = `/bin/mkdir -p ${addon} && echo '{}' > ${addon}/package.json && /bin/mkdir -p node_modules/@tensorflow/tfjs-layers`;
  const bin = sandbox.onlyPrograms({
    ...buildTools,
    python3: fakePython('exit 1'),
    node: `echo "$@" >> ${sandbox.folder}/calls
case "$*" in
  *npm-cli.js\\ ci*) ${ci ?? unpacked};;
  *npm-cli.js\\ exec*) ${exec ?? '/bin/mkdir -p build/Release && echo addon > build/Release/tfjs_binding.node'};;
  *npm-cli.js\\ rebuild*) ${rebuild ?? 'exit 0'};;
  *verify-child.ts) ${present ?? `echo '{"reason": "none."}'`};;
  *verify-child.ts\\ *) ${made ?? works};;
  *) exit 9;;
esac`,
    ...others,
  });
  process.execPath = join(bin, 'node');
  process.env.npm_execpath = sandbox.file('npm-cli.js', '');
  process.env.npm_package_name = 'not handed on';
  return bin;
}

const calls = () => readFileSync(join(sandbox.folder, 'calls'), 'utf8').trim().split('\n');

/** A TensorFlow as its archive has it. */
function tensorflow(folder = 'tf'): string {
  for (const name of wheelLibraries) sandbox.file(`${folder}/lib/${name}`, libraryHeader());
  sandbox.file(`${folder}/include/tensorflow/c/c_api.h`, 'header');
  return join(sandbox.folder, folder);
}

/** The sentence with which work fails. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: unknown) =>
      error instanceof InputError ? error.message.replaceAll(sandbox.folder, '.') : String(error),
  );

const failure = async (options: SetupOptions): Promise<string> => {
  const message = await refusal(setupNative(options, progress));
  expect(sandbox.untouched()).toBe(true);
  return message;
};

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('set up', () => {
  test('from a folder: npm’s package, the library beside it, the addon built, all of it loaded once', async () => {
    fakes();
    const root = tensorflow();
    const result = await setupNative({ libtensorflow: root }, progress);
    expect(result).toEqual({ changed: true, tensorflow: '2.18', source: root, directory: nativeDirectory() });
    expect(said).toEqual([
      `fetching @tensorflow/tfjs-node ${TFJS_NODE_VERSION} from npm (its cache first)`,
      'compiling the addon (about 15 s)',
      'loading it in a process of its own and computing a product and a gradient',
    ]);
    const home = nativeDirectory();
    const manifest = readManifest(home)!;
    expect(manifest).toEqual({
      format: 'backprop-zoo/native',
      tfjsNode: TFJS_NODE_VERSION,
      tensorflow: '2.18',
      source: root,
      created: new Date(manifest.created).toISOString(),
    });
    expect(readFileSync(join(home, 'native.json'), 'utf8')).toMatch(/^\{\n {2}"format": .*\n\}\n$/s);
    const package_ = addonPackage(home);
    expect(readdirSync(package_).sort()).toEqual(['deps', 'lib', 'package.json']);
    expect(readFileSync(join(package_, 'lib/napi-v8/tfjs_binding.node'), 'utf8')).toBe('addon\n');
    expect(readdirSync(join(package_, 'deps'))).toEqual(['lib']);
    expect(readdirSync(join(root, 'lib')).sort()).toEqual(wheelLibraries);
    // Stand-ins for TensorFlow.js; what else npm has put there of it is gone.
    expect(readdirSync(join(home, 'node_modules/@tensorflow')).sort()).toEqual([
      'tfjs',
      'tfjs-core',
      'tfjs-node',
    ]);
    for (const name of ['tfjs', 'tfjs-core']) {
      const folder = join(home, 'node_modules/@tensorflow', name);
      expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toEqual({
        ...{ version: TFJS_NODE_VERSION, main: 'index.js' },
      });
      expect(readFileSync(join(folder, 'index.js'), 'utf8')).toMatch(/^\/\/ .*\n$/);
    }
    const wanted = { '@tensorflow/tfjs-node': TFJS_NODE_VERSION };
    expect(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))).toEqual({
      ...{ name: 'backprop-zoo-native', version: '1.0.0', private: true, dependencies: wanted },
    });
    const lock = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')) as {
      name: string;
      packages: Record<string, { optional?: boolean; dependencies?: object }>;
    };
    expect(lock.name).toBe('backprop-zoo-native');
    expect(lock.packages['']).toEqual({
      name: 'backprop-zoo-native',
      version: '1.0.0',
      dependencies: wanted,
    });
    expect(lock.packages[addon].dependencies).not.toHaveProperty('@tensorflow/tfjs');
    expect(Object.values(lock.packages).filter((entry) => 'optional' in entry)).toEqual([]);
    const [ci, exec, verify] = calls();
    expect(ci).toMatch(/npm-cli\.js ci --ignore-scripts --prefer-offline /);
    expect(exec).toMatch(
      /npm-cli\.js exec --call node-gyp rebuild --module_name=tfjs_binding --module_path=lib.napi-v8 --napi_version=8 --napi_build_version=8/,
    );
    expect(verify).toMatch(/^--import file:\S+ \S+verify-child\.ts \S+being-made-\d+$/);
  });

  test('from an archive, which goes when it has been unpacked and used', async () => {
    fakes();
    process.env.PATH += ':/usr/bin:/bin';
    tensorflow('content/tf');
    const file = join(sandbox.folder, 'tf.tar.gz');
    spawnSync('tar', ['-czf', file, '-C', join(sandbox.folder, 'content'), 'tf']);
    expect((await setupNative({ libtensorflow: file }, progress)).source).toBe(file);
    expect(said[0]).toBe('unpacking tf.tar.gz');
    expect(readdirSync(nativeDirectory()).sort()).toEqual([
      ...['native.json', 'node_modules', 'package-lock.json', 'package.json'],
    ]);
    expect(existsSync(file)).toBe(true);
  });

  test('from a Python that has TensorFlow', async () => {
    const root = tensorflow();
    const bin = fakes({}, { python3: `echo '{"version": "3.11.0", "tensorflow": "${root}"}'` });
    const name = `the TensorFlow of ${bin}/python3`;
    expect((await setupNative({ fromPython: '' }, progress)).source).toBe(name);
    expect(said[0]).toBe('taking the TensorFlow of ./bin/python3');
    expect((await setupNative({ fromPython: join(bin, 'python3') }, progress)).source).toBe(name);
  });

  const asWheel = (root: string) => `case "$*" in
    *pip*) for last; do :; done; echo wheel > "\${12}/\${last}-2.whl";;
    *zipfile*) /bin/mkdir -p "$4" && /bin/cp -r ${root} "$4/tensorflow" && echo 50 && echo 100;;
    *) echo '{"version": "3.11.0", "tensorflow": null}';; esac`;

  test('from a wheel, which is fetched where none is given', async () => {
    fakes({}, { python3: asWheel(tensorflow()) });
    const file = sandbox.file('mine.whl', 'x');
    expect((await setupNative({ fromPython: file }, progress)).source).toBe('the wheel mine.whl');
    expect(said.slice(0, 2)).toEqual(['unpacking mine.whl: 50 %', 'unpacking mine.whl: 100 %']);
    const lib = join(addonPackage(nativeDirectory()), 'deps/lib');
    expect(readdirSync(lib)).toEqual(expect.arrayContaining(wheelLibraries));
    expect((await setupNative({ fromPython: '' }, progress)).source).toBe('the wheel tensorflow-cpu-2.whl');
    expect(said).toContain(
      './bin/python3 has no TensorFlow: downloading the tensorflow-cpu wheel with its pip (about 250 MB)',
    );
    expect(readdirSync(nativeDirectory())).not.toContain('download');
  });

  test('without options: what works stays, else the stock install, else Python’s', async () => {
    fakes({ present: works });
    expect(await setupNative({}, progress)).toEqual({
      ...{ changed: false, tensorflow: '2.18', source: 'npm', directory: 'there' },
    });
    expect([said, sandbox.untouched()]).toEqual([[], true]);

    fakes();
    const stock = "tfjs-node's own install script";
    expect(await setupNative({}, progress)).toMatchObject({ changed: true, source: stock });
    expect(said).toEqual([
      'trying the stock install of tfjs-node, which downloads its library',
      `fetching @tensorflow/tfjs-node ${TFJS_NODE_VERSION} from npm (its cache first)`,
      'running its install script (downloads about 250 MB)',
      'loading it in a process of its own and computing a product and a gradient',
    ]);
    expect(calls().at(-2)).toMatch(/npm-cli\.js rebuild @tensorflow\/tfjs-node$/);
    fakes({ present: works });
    expect((await setupNative({}, progress)).source).toBe(stock);

    const bin = fakes({ rebuild: 'echo "Error: no host" >&2; exit 1' }, {});
    const python = `echo '{"version": "3.11.0", "tensorflow": "${tensorflow()}"}'`;
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${python}\n`);
    said = [];
    expect((await setupNative({}, progress)).source).toBe(`the TensorFlow of ${bin}/python3`);
    expect(said[3]).toBe(
      "tfjs-node's install script failed (Error: no host); its host may be blocked or down. Trying Python's TensorFlow instead",
    );
    expect(said[4]).toBe('taking the TensorFlow of ./bin/python3');
  });

  test('fails in a sentence for every way that was tried', async () => {
    fakes({ rebuild: 'echo "Error: no host" >&2; exit 1' });
    expect(await failure({})).toMatch(
      /^No way worked\. stock install: tfjs-node's install script failed \(Error: no host\); its host may be blocked or down\. from Python: \.\/bin\/python3 \(Python 3\.11\.0\) has no TensorFlow, and its pip offers .* \(Another way: --libtensorflow with TensorFlow's C archive\.\)$/,
    );
    expect(await failure({ libtensorflow: 'a', fromPython: 'b' })).toBe(
      '--libtensorflow and --from-python exclude each other: give one of them.',
    );
    const root = tensorflow();
    fakes({ made: `echo '{"reason": "It is broken."}'` });
    expect(await failure({ libtensorflow: root })).toBe('What was made of ./tf does not work. It is broken.');
    for (const ci of ['echo "npm error no such package" >&2; exit 1', 'echo no such package']) {
      fakes({ ci });
      expect(await failure({ libtensorflow: root })).toBe(
        `@tensorflow/tfjs-node ${TFJS_NODE_VERSION} is neither in npm's cache nor to be had from its registry (no such package): connect to the network and try again.`,
      );
    }
    for (const exec of ['echo "a.cc: error: b" >&2; exit 1', 'echo "a.cc: error: b"']) {
      fakes({ exec });
      expect(await failure({ libtensorflow: root })).toMatch(
        /^The addon could not be compiled: a\.cc: error: b\.$/,
      );
    }
    for (const name of wheelLibraries) sandbox.file(`other/lib/${name}`, libraryHeader(anotherArch));
    sandbox.file('other/include/tensorflow/c/c_api.h', '');
    const here = `${process.platform}-${process.arch}`;
    expect(await failure({ libtensorflow: join(sandbox.folder, 'other') })).toBe(
      `${wheelLibraries[0]} was built for ${process.platform}-${anotherArch}, this Node.js is ${here}: get the TensorFlow for ${here}.`,
    );
  });
});

posix('what was made is loaded by a process of its own', () => {
  test.each([
    [works, { works: true, version: '2.18', directory: 'there' }],
    [`echo '{"reason": "Why not."}'`, { works: false, reason: 'Why not.' }],
    [
      'echo "Error: illegal instruction" >&2; exit 1',
      'the process that loaded it died (Error: illegal instruction)',
    ],
    [`echo '{"version": 3}'`, 'the process that loaded it died ({"version": 3})'],
    [works.replace('22]', '23]'), 'it computes wrongly: [1 2; 3 4]² came out as 7,10,15,23'],
    [works.replace('[4, 4', '[4, 5'), 'it computes wrongly: [1 2; 3 4]² came out as 7,10,15,22'],
  ])('which says %s', async (made, expected) => {
    fakes({ made });
    const outcome = typeof expected === 'string' ? { works: false, reason: expected } : expected;
    expect(await verifyNative('/some/folder')).toEqual(outcome);
    expect(calls()[0]).toMatch(/verify-child\.ts \/some\/folder$/);
  });
});

posix('what a build needs', () => {
  test('is looked for before anything else, and what is missing is said', async () => {
    const bin = fakes();
    const { headers, python } = await requireBuildTools();
    expect(python).toEqual({ program: `${bin}/python3`, version: '3.11.0', tensorflow: null });
    expect(headers).toBeUndefined();
    const advice =
      process.platform === 'darwin' ? "run 'xcode-select --install'" : "for example 'apt install g++ make'";
    process.env.CXX = 'my-compiler -O2';
    expect(await refusal(requireBuildTools())).toBe(
      `No C++ compiler was found (tried my-compiler -O2): ${advice}.`,
    );
    process.env.CXX = 'g++ -O2';
    await requireBuildTools();
    delete process.env.CXX;
    process.env.MAKE = 'my-make';
    expect(await refusal(requireBuildTools())).toBe(`There is no make: ${advice}.`);
    delete process.env.MAKE;
    sandbox.onlyPrograms({ python3: fakePython('exit 1'), make: 'exit 0' });
    expect(await refusal(requireBuildTools())).toBe(
      `No C++ compiler was found (tried g++, c++, clang++): ${advice}.`,
    );
    sandbox.onlyPrograms({ python3: fakePython('exit 1'), 'clang++': 'exit 0' });
    expect(await refusal(requireBuildTools())).toBe(`There is no make: ${advice}.`);
    sandbox.onlyPrograms(buildTools);
    expect(await refusal(requireBuildTools())).toBe(
      'Python 3 was not found (tried python3, python): install it, the build of the addon needs it.',
    );
  });

  test('are headers of this very Node.js', () => {
    const [major] = process.versions.node.split('.');
    const prefix = join(sandbox.folder, 'node');
    process.env.npm_config_nodedir = prefix;
    process.execPath = join(sandbox.folder, 'beside/bin/node');
    expect(findNodeHeaders()).toBeUndefined();
    sandbox.file('node/include/node/node_version.h', `#define X\n#define NODE_MAJOR_VERSION ${major}\n`);
    expect(findNodeHeaders()).toBeUndefined();
    sandbox.file('node/include/node/node_api.h', '');
    expect(findNodeHeaders()).toBe(prefix);
    sandbox.file('beside/include/node/node_version.h', `#define NODE_MAJOR_VERSION ${major}\n`);
    sandbox.file('beside/include/node/node_api.h', '');
    expect(findNodeHeaders()).toBe(prefix);
    sandbox.file('node/include/node/node_version.h', `#define NODE_MAJOR_VERSION ${Number(major) + 1}\n`);
    expect(findNodeHeaders()).toBe(join(sandbox.folder, 'beside'));
  });

  test('where headers cannot be had, that is what is said', async () => {
    fakes({ exec: 'echo "gyp ERR! stack Error: getaddrinfo ENOTFOUND nodejs.org" >&2; exit 1' });
    const python = await defaultPython();
    const folder = join(sandbox.folder, 'addon');
    mkdirSync(folder);
    const cause = 'Error: getaddrinfo ENOTFOUND nodejs.org';
    expect(await refusal(buildAddon(folder, { python, headers: undefined }, progress))).toBe(
      `The headers of Node.js ${process.version} are neither beside ./bin/node nor to be downloaded (${cause}): ` +
        'set npm_config_nodedir to a folder that has include/node.',
    );
    expect(await refusal(buildAddon(folder, { python, headers: '/usr' }, progress))).toBe(
      `The addon could not be compiled: ${cause}.`,
    );
    expect(calls().at(-1)).toMatch(/ --nodedir="\/usr"$/);
  });
});

posix('Python', () => {
  test('is asked what it is', async () => {
    const bin = fakes({}, { broken: 'echo "Traceback"; echo "SyntaxError: no" >&2; exit 1' });
    expect(await refusal(probePython('/nowhere/python3'))).toBe(
      'There is no Python at /nowhere/python3: give an interpreter such as python3, or a wheel file (.whl).',
    );
    expect(await refusal(probePython('broken'))).toBe(
      './bin/broken does not work as a Python 3 interpreter: SyntaxError: no.',
    );
    expect((await probePython('python3')).program).toBe(`${bin}/python3`);
    sandbox.onlyPrograms({ python: `echo "a warning"; echo '{"version": "3.12.1", "tensorflow": "/tf"}'` });
    expect(await defaultPython()).toEqual({ program: `${bin}/python`, version: '3.12.1', tensorflow: '/tf' });
  });

  test('fetches the smaller wheel, else the larger, else says why not', async () => {
    const offers = (name: string) =>
      fakePython(
        `for last; do :; done; [ "$last" = ${name} ] && echo x > "\${12}/$last.whl" && exit 0; echo "ERROR: none of $last" >&2; exit 1`,
      );
    const folder = join(sandbox.folder, 'wheels');
    fakes({}, { python3: offers('tensorflow') });
    expect(await downloadWheel(await defaultPython(), folder, progress)).toBe(join(folder, 'tensorflow.whl'));
    expect(said).toEqual(
      ['tensorflow-cpu', 'tensorflow'].map(
        (name) =>
          `./bin/python3 has no TensorFlow: downloading the ${name} wheel with its pip (about 250 MB)`,
      ),
    );
    const empty = join(sandbox.folder, 'none');
    fakes({}, { python3: offers('neither') });
    const sentence = (cause: string) =>
      `./bin/python3 (Python 3.11.0) has no TensorFlow, and its pip offers no wheel of it (${cause}): ` +
      'install tensorflow there, or download a wheel elsewhere and give --from-python <file.whl>.';
    expect(await refusal(downloadWheel(await defaultPython(), empty, progress))).toBe(
      sentence('ERROR: none of tensorflow-cpu'),
    );
    said = [];
    fakes({}, { python3: fakePython('echo "python3: No module named pip" >&2; exit 1') });
    expect(await refusal(downloadWheel(await defaultPython(), empty, progress))).toBe(
      sentence('python3: No module named pip'),
    );
    expect(said).toHaveLength(1);
  });

  test('unpacks wheels', async () => {
    const bin = fakes(
      {},
      { empty: 'exit 0', broken: 'echo "zipfile.BadZipFile: File is not a zip file" >&2; exit 1' },
    );
    const folder = join(sandbox.folder, 'out');
    const file = sandbox.file('a.whl', '');
    expect(await refusal(unpackWheel('b.whl', folder, join(bin, 'empty'), progress))).toBe(
      'There is no wheel at b.whl.',
    );
    expect(await refusal(unpackWheel(file, folder, join(bin, 'broken'), progress))).toBe(
      'a.whl could not be unpacked: zipfile.BadZipFile: File is not a zip file.',
    );
    expect(await refusal(unpackWheel(file, folder, join(bin, 'empty'), progress))).toBe(
      'a.whl is no TensorFlow wheel: it holds no libtensorflow_cc.',
    );
  });
});

posix('an archive', () => {
  const scratch = () => {
    mkdirSync(join(sandbox.folder, 'scratch'), { recursive: true });
    return join(sandbox.folder, 'scratch');
  };

  test('is a folder, or unpacked by tar', async () => {
    mkdirSync(join(sandbox.folder, 'tf'));
    expect(await openArchive(join(sandbox.folder, 'tf'), scratch(), progress)).toBe(
      join(sandbox.folder, 'tf'),
    );
    expect(said).toEqual([]);
    expect(await refusal(openArchive('/nowhere', scratch(), progress))).toBe(
      'There is nothing at /nowhere: --libtensorflow takes a folder, a .tar.gz file or an address.',
    );
    const text = sandbox.file('text.tar.gz', 'hello');
    expect(await refusal(openArchive(text, scratch(), progress))).toMatch(
      /^\.\/text\.tar\.gz is not a readable \.tar\.gz archive: .+[^.]\.$/,
    );
    sandbox.onlyPrograms({});
    expect(await refusal(openArchive(text, scratch(), progress))).toBe(
      'There is no tar here: unpack the archive yourself and give its folder.',
    );
  });

  test('comes from an address, and how far it is is told at every tenth', async () => {
    sandbox.file('content/file', 'x');
    const file = join(sandbox.folder, 'tf.tar.gz');
    spawnSync('tar', ['-czf', file, '-C', join(sandbox.folder, 'content'), 'file']);
    const content = readFileSync(file);
    const server = createServer(({ url }, response) => {
      if (url === '/no') response.writeHead(403).end();
      else if (url === '/half')
        response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy());
      else if (url === '/unknown') response.writeHead(200).end(content);
      else response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const folder = await openArchive(`${address}/tf.tar.gz`, scratch(), progress);
      expect(folder).toBe(join(sandbox.folder, 'scratch/unpacked'));
      expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('x');
      expect(readFileSync(join(sandbox.folder, 'scratch/libtensorflow.tar.gz'))).toEqual(content);
      expect(said).toEqual([
        `downloading ${address}/tf.tar.gz`,
        'downloaded 0 MB of 0 MB',
        'unpacking tf.tar.gz',
      ]);
      const sentence = (name: string, why: string) =>
        `${address}/${name} could not be downloaded (${why}): download it elsewhere and give the file to --libtensorflow.`;
      expect(await refusal(openArchive(`${address}/no`, scratch(), progress))).toBe(
        sentence('no', 'the server answered 403'),
      );
      expect(await refusal(openArchive(`${address}/half`, scratch(), progress))).toMatch(
        /\/half could not be downloaded/,
      );
      said = [];
      const other = join(sandbox.folder, 'other');
      mkdirSync(other);
      await openArchive(`${address}/unknown`, other, progress);
      expect(said).toEqual([`downloading ${address}/unknown`, 'unpacking unknown']);
    } finally {
      server.close();
    }
  });
});

test('the size on disk is that of all files below, in millions of bytes', async () => {
  sandbox.file('big/a', Buffer.alloc(1_400_000));
  sandbox.file('big/deep/b', Buffer.alloc(200_000));
  expect(await megabytesOf(join(sandbox.folder, 'big'))).toBe(2);
});
