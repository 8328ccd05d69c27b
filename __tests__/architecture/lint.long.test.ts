/** Violations of the architecture are planted, and the linter must reject them. */
import { beforeAll, expect, test } from '@jest/globals';
import { node } from '../helpers/checks.ts';

const planted = {
  'an upward import': ['src/utils/errors.ts', "import '../runs/run.ts';", 'no-restricted-paths'],
  'a model that imports past model/index.ts': [
    'models/gate.ts',
    "import '../src/model/operations.ts';",
    'no-restricted-paths',
  ],
  'an import of the benchmarks': [
    'src/cli/train.ts',
    "import '../../benchmarks/bench.ts';",
    'no-restricted-paths',
  ],
  'an import cycle': ['src/utils/errors.ts', "import './limits.ts';", 'no-cycle'],
  'a downward import': ['src/runs/run.ts', "import '../utils/errors.ts';", undefined],
} as const;

/** The rules that each planted text violates. One process, because the linter needs long to start. */
let violated: Record<string, string[]>;

beforeAll(async () => {
  const linter = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint();
    const violated = {};
    for (const [name, [filePath, text]] of Object.entries(${JSON.stringify(planted)})) {
      const [{ messages }] = await eslint.lintText(text + '\\n', { filePath });
      violated[name] = messages.map(({ ruleId, message }) => ruleId ?? message);
    }
    console.log(JSON.stringify(violated));`;
  const { code, text } = await node(['--input-type=module', '--eval', linter]);
  expect(code).toBe(0);
  violated = JSON.parse(text) as typeof violated;
}, 120_000);

test.each(Object.entries(planted))('judges %s', (name, [, , rule]) => {
  if (rule) expect(violated[name]).toContainEqual(expect.stringContaining(rule));
  else expect(violated[name]).toEqual([]);
});
