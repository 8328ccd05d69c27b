/** The software that a run depends on, and where its own files are. */
import { readFileSync } from 'node:fs';
import { tf } from '../utils/tf.ts';
import type { Environment } from '../weights/run-record.ts';

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

/** Where package.json, `assets/` and `sweeps/` are: beside `src/` in a checkout and beside `dist/` when built. */
export const packageRoot = new URL(
  import.meta.url.includes('/dist/src/') ? '../../../' : '../../',
  import.meta.url,
);
