/** What only the build can give: `scripts/build-playground` says how. */

/** The zoo from traced copies of its files. */
declare module 'traced:models' {
  export const models: (typeof import('../../models/index.ts'))['models'];
}

declare module '*.css';
