import { readFileSync } from 'node:fs';

/** Test files in the order that `jest.ts` wants them in. */
export default class {
  /** @param {{ path: string }[]} tests */
  sort(tests) {
    const order = JSON.parse(readFileSync(String(process.env.MUTANTS_ORDER), 'utf8'));
    return [...tests].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }

  /** Jest asks for it; nothing is kept from one run to the next. */
  cacheResults() {}
}
