import { readFileSync } from 'node:fs';
import sequencer from '@jest/test-sequencer';

/** Test files in the order that `jest.ts` wants them in. */
export default class extends sequencer.default {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  sort(tests) {
    const order = JSON.parse(readFileSync(String(process.env.MUTANTS_ORDER), 'utf8'));
    return [...tests].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }
}
