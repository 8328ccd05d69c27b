/** What a run depends on beside its options. */
import { readFileSync } from 'node:fs';
import type { Environment } from '../weights/run-record.ts';
import { tf } from '../utils/tf.ts';
import { packageRoot } from './package-root.ts';

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
