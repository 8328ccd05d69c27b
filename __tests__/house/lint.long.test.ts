/** Mistakes are planted against the rules of the house, and `npm run lint` must find them. */
import { expect, test } from '@jest/globals';
import { node, program, type Answer } from '../helpers/checks.ts';

/** What ESLint says of `text`, as if it stood in `file`. */
const lint = (file: string, text: string): Promise<Answer> =>
  node([program('eslint/bin/eslint.js'), '--stdin', '--stdin-filename', file], `${text}\n`);

test.each([
  ['an import up the house', 'src/core/errors.ts', "import '../runs/run.ts';", /no-restricted-paths/],
  ['a model past the entry', 'models/gate.ts', "import '../src/core/tf.ts';", /no-restricted-paths/],
  ['a circle of imports', 'src/core/errors.ts', "import './limits.ts';", /no-cycle/],
])('%s is refused', async (_, file, text, why) => {
  const { code, text: said } = await lint(file, text);
  expect(said).toMatch(why);
  expect(code).toBe(1);
});

test('an import down the house is not', async () => {
  expect(await lint('src/runs/run.ts', "import '../core/errors.ts';")).toEqual({ code: 0, text: '' });
});
