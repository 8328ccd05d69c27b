/**
 * Which processes there are on this machine.
 */
import { readFileSync } from 'node:fs';

/**
 * Whether a process runs. One that ended and that its parent has not asked about (a zombie, as in a container whose
 * first process is not an init) keeps its number but does nothing any more.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !/^[ZXx]$/.test(statusOf(pid)?.[0] ?? '');
}

/**
 * When a process began, which tells it from a later one of the same number: ticks of the system's clock, and the boot
 * they are counted from. Undefined where the system does not say.
 */
export function beginningOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    const [ticks] = statusOf(pid)?.slice(19) ?? [];
    return ticks && `${ticks}-${boot}`;
  } catch {
    return undefined;
  }
}

/** Fields 3 (state) and following of Linux's process table; undefined elsewhere. */
function statusOf(pid: number): string[] | undefined {
  try {
    // Field 2 is the program's name in brackets, which may hold spaces and brackets itself.
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
