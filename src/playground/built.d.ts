/** What only the build can give: `scripts/build-playground` says how. */

/** The zoo from traced copies of its files. */
declare module 'traced:models' {
  export { models } from '../../models/index.ts';
}

declare module '*.css';
