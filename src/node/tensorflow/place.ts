/** Where the native TensorFlow lives: outside node_modules, so that no `npm ci` can take it away. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import * as z from '../../core/schema.ts';

/** The version of `@tensorflow/tfjs-node` this project works with, the one package.json names. */
export const TFJS_NODE_VERSION = '4.22.0';

const manifestSchema = z.object({
  format: z.literal('backprop-zoo/native'),
  tfjsNode: z.string(),
  tensorflow: z.string(),
  source: z.string(),
  created: z.string(),
});

/** What `native.json` says about an installed native library. `source` is in words. */
export type NativeManifest = z.infer<typeof manifestSchema>;

/** The folder for every version: `ZOO_NATIVE_DIR`, else `native` in the user's data folder. */
export function nativeHome(): string {
  const named = process.env.ZOO_NATIVE_DIR;
  return named ? resolve(named) : join(envPaths('backprop-zoo', { suffix: '' }).data, 'native');
}

/** The folder of the version that this Node.js on this machine can load. */
export function nativeDirectory(): string {
  return join(nativeHome(), `tfjs-node-${TFJS_NODE_VERSION}-${process.platform}-${process.arch}`);
}

/** The folder in which npm has put, or would put, tfjs-node below `directory`. */
export function addonPackage(directory: string): string {
  return join(directory, 'node_modules', '@tensorflow', 'tfjs-node');
}

/** Read the manifest of an installation; undefined when `directory` holds none that was finished. */
export function readManifest(directory: string): NativeManifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'native.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
