/** Small fakes for the native set-up: programs, libraries and wheels of a few bytes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from '../../src/node/tensorflow/tool.ts';

/** A folder for one test, with `ZOO_NATIVE_DIR` inside it; `close` removes it and puts the environment back. */
export function nativeSandbox() {
  const folder = mkdtempSync(join(tmpdir(), 'zoo-native-test-'));
  const before = { ...process.env };
  const home = join(folder, 'data', 'native');
  process.env.ZOO_NATIVE_DIR = home;
  return {
    folder,
    home,
    /** Whether nothing at all was left of an installation that failed. */
    untouched: () => !existsSync(join(folder, 'data')),
    /** Write a file with its folders. */
    file(path: string, content: string | Buffer): string {
      const place = join(folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
      return place;
    },
    /** Let PATH hold these programs only, each a line of shell. */
    onlyPrograms(programs: Record<string, string>): string {
      const bin = join(folder, 'bin');
      rmSync(bin, { recursive: true, force: true });
      mkdirSync(bin);
      for (const [name, script] of Object.entries(programs)) {
        writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(bin, name), 0o755);
      }
      process.env.PATH = bin;
      return bin;
    },
    close() {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Python that has no TensorFlow and whose pip answers with `pip`, a line of shell. */
export const fakePython = (pip: string): string =>
  `case "$*" in *pip*) ${pip};; *) echo '{"version": "3.11.0", "tensorflow": null}';; esac`;

export const buildTools = { 'g++': 'exit 0', make: 'exit 0' };

const ELF_MACHINES: Record<string, number> = { x64: 0x3e, arm64: 0xb7 };
const MACH_MACHINES: Record<string, number> = { x64: 0x01000007, arm64: 0x0100000c };

/** The first bytes of a shared library for this platform and the given processor. */
export function libraryHeader(arch: string = process.arch): Buffer {
  const header = Buffer.alloc(64);
  if (process.platform === 'darwin') {
    header.writeUInt32BE(0xcffaedfe, 0);
    header.writeUInt32LE(MACH_MACHINES[arch], 4);
  } else {
    header.writeUInt32BE(0x7f454c46, 0);
    header.writeUInt16LE(ELF_MACHINES[arch], 18);
  }
  return header;
}

/** The names that a wheel gives the two libraries on this platform. */
export const wheelLibraries =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

export const anotherArch = process.arch === 'x64' ? 'arm64' : 'x64';

/** The machine's own Python 3, which alone can read wheels; undefined where there is none. */
export const realPython = interpreterOf(findProgram('python3', 'python'));

/** The interpreter itself, where `command` is a slow wrapper that version managers put into PATH. */
function interpreterOf(command: string | undefined): string | undefined {
  if (command === undefined) return undefined;
  const { stdout } = spawnSync(command, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

/** Zip the content of `folder` into `wheel`. */
export function zip(folder: string, wheel: string): void {
  const result = spawnSync(realPython!, ['-m', 'zipfile', '-c', wheel, ...readdirSync(folder)], {
    cwd: folder,
  });
  if (result.status !== 0) throw new Error(String(result.stderr));
}
