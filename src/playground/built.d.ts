/** Modules and values that the build provides, see `scripts/build-playground.ts`. */

/** The models from traced copies of their files, each after it was loaded. */
declare module 'traced:models' {
  export const models: (typeof import('../../models/index.ts'))['models'];
  export const loadModel: (name: string) => Promise<void>;
}

declare module '*.css';

/** The version of this package. */
declare const __VERSION__: string;
