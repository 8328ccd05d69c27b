/** For which machine a shared library was built, read from its first bytes. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../core/errors.ts';

const ELF = 0x7f454c46; // "\x7fELF", first byte highest
const MACH_O_64 = 0xcffaedfe; // 0xfeedfacf as it lies in a little-endian file
const MACH_O_UNIVERSAL = 0xcafebabe;
const ELF_MACHINES: Record<number, string> = {
  0x03: 'ia32',
  0x28: 'arm',
  0x3e: 'x64',
  0xb7: 'arm64',
  0xf3: 'riscv64',
};
const MACH_MACHINES: Record<number, string> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };

/** `platform-arch` in Node's words, such as `linux-x64`; `darwin-universal` fits every Mac; undefined: no library. */
export async function machineOf(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const header = Buffer.alloc(20);
    const { bytesRead } = await handle.read(header, 0, 20, 0);
    if (bytesRead < 20) return undefined;
    const magic = header.readUInt32BE(0);
    if (magic === ELF) return `linux-${ELF_MACHINES[header.readUInt16LE(18)] ?? 'unknown'}`;
    if (magic === MACH_O_64) return `darwin-${MACH_MACHINES[header.readUInt32LE(4)] ?? 'unknown'}`;
    return magic === MACH_O_UNIVERSAL ? 'darwin-universal' : undefined;
  } finally {
    await handle.close();
  }
}

/** Throws InputError when the library in `file` is not one for this machine. */
export async function requireThisMachine(file: string): Promise<void> {
  const machine = await machineOf(file);
  const here = `${process.platform}-${process.arch}`;
  if (machine === here || (machine === 'darwin-universal' && process.platform === 'darwin')) return;
  throw new InputError(
    machine === undefined
      ? `${basename(file)} is not a shared library: the file is damaged or of another kind.`
      : `${basename(file)} was built for ${machine}, this Node.js is ${here}: get the TensorFlow for ${here}.`,
  );
}
