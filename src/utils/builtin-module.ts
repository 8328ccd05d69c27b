/**
 * What only Node has, for code that also runs without Node.
 */

/** A module of Node itself; undefined in a browser, where this file is read, too. */
export const builtinModule = <Module>(name: string): Module | undefined =>
  (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process?.getBuiltinModule?.(
    name,
  ) as Module | undefined;

interface ModuleOfNode {
  createRequire(from: string): (name: string) => unknown;
}

/** Undefined without Node. */
export const require = builtinModule<ModuleOfNode>('node:module')?.createRequire(import.meta.url);
