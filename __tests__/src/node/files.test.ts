import { describe, expect, jest, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError, WorkError } from '../../../src/utils/errors.ts';
import {
  fileError,
  makeDirectory,
  readLimited,
  removeAbandonedFiles,
  sha256,
  temporaryBeside,
  writeFileAtomically,
} from '../../../src/node/files.ts';
import { abandon } from '../../helpers/abandon.ts';
import { temporaryDirectory, temporaryDisk } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();

describe('writeFileAtomically', () => {
  test('writes text and views of bytes, replaces, and leaves nothing else behind', async () => {
    const folder = join(directory, 'written');
    mkdirSync(folder);
    const path = join(folder, 'a');
    await writeFileAtomically(path, 'text');
    expect(readFileSync(path, 'utf8')).toBe('text');
    await writeFileAtomically(path, new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    expect([...readFileSync(path)]).toEqual([2, 3]);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('many writers at once leave one whole file', async () => {
    const path = join(directory, 'contended');
    await Promise.all([...'abcdefgh'].map((letter) => writeFileAtomically(path, letter.repeat(100_000))));
    expect(readFileSync(path, 'utf8')).toMatch(/^(a+|b+|c+|d+|e+|f+|g+|h+)$/);
    expect(readFileSync(path)).toHaveLength(100_000);
  });

  test.each([
    ['missing/a', 'it does not exist'],
    ['file/a', 'a part of the path is a file, not a directory'],
    ['x'.repeat(300), 'the name is too long'],
    ['nul\0byte', 'this is not a possible path'],
  ])('says why it cannot write %j', async (name, reason) => {
    writeFileSync(join(directory, 'file'), '');
    const path = join(directory, name);
    const failure = writeFileAtomically(path, 'text');
    await expect(failure).rejects.toThrow(new InputError(`cannot write ${JSON.stringify(path)}: ${reason}`));
    await expect(failure).rejects.toBeInstanceOf(InputError);
  });

  const full = process.platform === 'linux' ? test : test.skip;
  full('a directory in its place is refused', async () => {
    const path = join(directory, 'folder');
    mkdirSync(path);
    await expect(writeFileAtomically(path, 'text')).rejects.toThrow(/it is a directory, not a file/);
    expect(readdirSync(directory).filter((name) => name.startsWith('folder'))).toEqual(['folder']);
  });
});

describe('fileError', () => {
  test('a full disk is failed work, a read-only one wrong input, a bug stays a bug', () => {
    const failed = (code: string) => fileError(Object.assign(new Error('raw'), { code }), 'write', 'a');
    expect(failed('ENOSPC')).toEqual(new WorkError('cannot write "a": the disk is full'));
    expect(failed('ENOSPC')).toBeInstanceOf(WorkError);
    expect(failed('EROFS')).toEqual(new InputError('cannot write "a": the disk is read-only'));
    expect(failed('EROFS')).toBeInstanceOf(InputError);
    expect(failed('EACCES')).toBeInstanceOf(InputError);
    const bug = new TypeError('bug');
    expect(fileError(bug, 'write', 'a')).toBe(bug);
  });
});

test('makeDirectory makes what is missing and says what is in the way', async () => {
  expect(await makeDirectory(join(directory, 'b', 'c'))).toBe(join(directory, 'b'));
  expect(await makeDirectory(join(directory, 'b', 'c'))).toBeUndefined();
  expect(await makeDirectory(join(directory, 'b', 'd'))).toBe(join(directory, 'b', 'd'));
  writeFileSync(join(directory, 'b', 'file'), '');
  await expect(makeDirectory(join(directory, 'b', 'file'))).rejects.toThrow(
    /a file of that name is in the way/,
  );
});

test('makeDirectory gives up where the file system makes nothing, and passes over links to directories', async () => {
  symlinkSync(directory, join(directory, 'link'));
  await makeDirectory(join(directory, 'link', 'd'));
  expect(statSync(join(directory, 'd')).isDirectory()).toBe(true);
  symlinkSync(join(directory, 'nowhere'), join(directory, 'broken'));
  await expect(makeDirectory(join(directory, 'broken', 'x'))).rejects.toThrow(
    /a file of that name is in the way/,
  );
  writeFileSync(join(directory, 'plain'), '');
  await expect(makeDirectory(join(directory, 'plain', 'x', 'y'))).rejects.toThrow(
    /a part of the path is a file, not a directory/,
  );
  // Relative paths, and those above the root's own directory.
  await makeDirectory('.');
  await makeDirectory('/');
});

(existsSync('/proc/self') ? test : test.skip)(
  'makeDirectory does not try for ever below /proc',
  () => {
    // In a process of its own, for a call that never ends could not be ended here.
    const file = (name: string) => JSON.stringify(new URL(`../../../src/${name}`, import.meta.url).href);
    const script = `
    const { makeDirectory } = await import(${file('node/files.ts')});
    const { makeRunDirectory } = await import(${file('runs/save.ts')});
    const tell = ({ name, message }) => console.log(name, message);
    await makeDirectory('/proc/none/deeper').catch(tell);
    await makeRunDirectory('gate', '/proc/none/deeper').catch(tell);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const limits = { timeout: 20_000, killSignal: 'SIGKILL' } as const;
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', ...limits });
    const told =
      'InputError cannot make the directory "/proc/none": this file system lets nobody make one there\n';
    expect(stdout).toBe(told + told);
  },
  30_000,
);

describe('readLimited', () => {
  test('reads up to the limit and refuses one byte more', async () => {
    const path = join(directory, 'ten');
    writeFileSync(path, '0123456789');
    expect(Buffer.from(await readLimited(path, 10)).toString()).toBe('0123456789');
    await expect(readLimited(path, 9)).rejects.toThrow(
      new InputError(`cannot read ${JSON.stringify(path)}: its 10 bytes are more than the 9 allowed`),
    );
  });

  test('an empty file has no bytes', async () => {
    const path = join(directory, 'empty');
    writeFileSync(path, '');
    expect(await readLimited(path, 0)).toHaveLength(0);
  });

  test('a file that the system returns in parts, and that has become shorter, is read to its end', async () => {
    const path = join(directory, 'parts');
    writeFileSync(path, '0123456789');
    const handle = await open(path);
    await handle.close();
    const parts = ['012', '345', ''];
    const reading = jest
      .spyOn(Object.getPrototypeOf(handle) as { read: (...given: unknown[]) => unknown }, 'read')
      .mockImplementation((buffer, offset) => {
        const part = parts.shift();
        if (part === undefined) throw new Error('read after the end');
        (buffer as Uint8Array).set(Buffer.from(part), offset as number);
        return Promise.resolve({ bytesRead: part.length });
      });
    try {
      expect(Buffer.from(await readLimited(path, 10)).toString()).toBe('012345');
    } finally {
      reading.mockRestore();
    }
  });

  test('missing files and directories are wrong input', async () => {
    await expect(readLimited(join(directory, 'none'), 9)).rejects.toThrow(/it does not exist/);
    await expect(readLimited(directory, 1e9)).rejects.toThrow(/it is a directory, not a file/);
  });

  const onUnix = process.platform === 'win32' ? test.skip : test;
  onUnix('a pipe that nobody writes to is refused, not waited for', async () => {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    await expect(readLimited(path, 9)).rejects.toThrow(/it is not a regular file/);
    await expect(readLimited('/dev/zero', 9)).rejects.toThrow(/it is not a regular file/);
  });
});

(existsSync('/proc/self/fd') ? test : test.skip)('files that are refused are closed', async () => {
  const path = join(directory, 'closed');
  writeFileSync(path, '0123456789');
  mkdirSync(join(directory, 'in the way'));
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let i = 0; i < 5; i++) {
    await expect(readLimited(path, 9)).rejects.toThrow();
    await expect(readLimited(directory, 1e9)).rejects.toThrow();
    await expect(writeFileAtomically(path, 5 as never)).rejects.toThrow();
    await expect(writeFileAtomically(join(directory, 'in the way'), 'text')).rejects.toThrow();
  }
  expect(open()).toBe(before);
});

test('sha256 equals the published digest of "abc"', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

describe('a full disk', () => {
  /** A disk of 64 KiB, where this process may mount one. */
  const place = temporaryDisk('64k');

  (place ? test : test.skip)('leaves the old file, whole, and nothing half-written', async () => {
    const path = join(place!, 'a');
    await writeFileAtomically(path, 'old');
    for (const data of ['x'.repeat(100_000), Buffer.alloc(100_000)]) {
      await expect(writeFileAtomically(path, data)).rejects.toThrow(
        new WorkError(`cannot write ${JSON.stringify(path)}: the disk is full`),
      );
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(place!)).toEqual(['a']);
    }
  });
});

describe('removeAbandonedFiles', () => {
  test('takes what killed writers left and nothing else, of a directory that only this process writes to', async () => {
    const folder = join(directory, 'abandoned');
    mkdirSync(folder);
    for (const name of ['.zoo-notes', 'weights.json', '.zoo-1-2.tmp']) writeFileSync(join(folder, name), '');
    abandon(join(folder, 'a'));
    writeFileSync(temporaryBeside(join(folder, 'a')), '');
    await removeAbandonedFiles(folder);
    expect(readdirSync(folder).sort()).toEqual(['.zoo-1-2.tmp', '.zoo-notes', 'weights.json']);
  });

  test('leaves alone what is being written, in a directory that others write to', async () => {
    const folder = join(directory, 'shared');
    mkdirSync(folder);
    const path = join(folder, 'a');
    const mine = temporaryBeside(path);
    // The dead process was on another machine, so it need not be dead there.
    const elsewhere = abandon(path).replace(/\.zoo-.{8}/, '.zoo-00000000');
    const old = elsewhere.replace('.tmp', '').replace(/.{12}$/, '0123456789ab.tmp');
    for (const file of [mine, elsewhere, old]) writeFileSync(file, '');
    utimesSync(old, 0, Date.now() / 1000 - 4000);
    await removeAbandonedFiles(folder, { shared: true });
    expect(readdirSync(folder).sort()).toEqual([mine, elsewhere].map((file) => basename(file)).sort());
  });

  test('of no directory there is nothing to remove', async () => {
    await removeAbandonedFiles(join(directory, 'never made'));
  });
});
