/** Where package.json, `assets/` and `sweeps/` are: beside `src/` in a checkout and beside `dist/` when built. */
export const packageRoot = new URL(
  import.meta.url.includes('/dist/src/') ? '../../../' : '../../',
  import.meta.url,
);
