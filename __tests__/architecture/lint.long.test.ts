/** Violations of the architecture are planted, and the linter must reject them. */
import { expect, test } from '@jest/globals';
import { node, program, type Answer } from '../helpers/checks.ts';

/** What ESLint prints for `text` as the content of `file`. */
const lint = (file: string, text: string): Promise<Answer> =>
  node([program('eslint/bin/eslint.js'), '--stdin', '--stdin-filename', file], `${text}\n`);

test.each([
  ['an upward import', 'src/utils/errors.ts', "import '../runs/run.ts';", /no-restricted-paths/],
  [
    'a model that imports past model/index.ts',
    'models/gate.ts',
    "import '../src/model/operations.ts';",
    /no-restricted-paths/,
  ],
  [
    'an import of the benchmarks',
    'src/cli/train.ts',
    "import '../../benchmarks/bench.ts';",
    /no-restricted-paths/,
  ],
  ['an import cycle', 'src/utils/errors.ts', "import './limits.ts';", /no-cycle/],
])('rejects %s', async (_, file, text, rule) => {
  const { code, text: output } = await lint(file, text);
  expect(output).toMatch(rule);
  expect(code).toBe(1);
});

test('accepts a downward import', async () => {
  expect(await lint('src/runs/run.ts', "import '../utils/errors.ts';")).toEqual({ code: 0, text: '' });
});
