/** What a run depends on beside its options. */
import { readFileSync } from 'node:fs';
import { tf } from './tf.ts';

export interface Environment {
  zoo: string;
  node: string;
  tfjs: string;
  platform: string;
}

/** package.json is beside `src/` in a checkout and beside `dist/` when built. */
export const packageRoot = new URL(
  import.meta.url.includes('/dist/src/') ? '../../' : '../',
  import.meta.url,
);

export function environment(): Environment {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as {
    version: string;
  };
  return {
    zoo: version,
    node: process.versions.node,
    tfjs: tf.version_core,
    platform: `${process.platform} ${process.arch}`,
  };
}
