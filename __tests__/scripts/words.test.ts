import { afterEach, expect, jest, test } from '@jest/globals';
import { wordsOf } from '../../scripts/words.ts';

const { argv } = process;
const script = new URL('../../scripts/mutants.ts', import.meta.url).href;
afterEach(() => {
  process.argv = argv;
  jest.restoreAllMocks();
});

/** What comes of these words, and what is said. */
function told(...words: string[]) {
  const said: unknown[] = [];
  const hear = (text: unknown) => said.push(text) > 0;
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockImplementation(hear);
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    said.push(code);
    throw new Error('over');
  });
  process.argv = ['node', 'script', ...words];
  try {
    return [wordsOf(script, { repeats: { type: 'string', default: '7' } }), ...said];
  } catch {
    return said;
  }
}

test('options have their values; help is the head of the file; a slip is one sentence', () => {
  expect(told()).toEqual([{ repeats: '7' }]);
  expect(told('--repeats', '3')).toEqual([{ repeats: '3' }]);
  expect(told('--repeat', '3')).toEqual(["Unknown option '--repeat'; --help says what there is.\n", 2]);
  const [help, code] = told('--help');
  expect(help).toMatch(/^Plants small mistakes in the sources[^*]*tests that are new\.\n$/);
  expect(code).toBe(0);
});
