/** A small mistake in a source file, of the kind that people make. */
export interface Mutant {
  /** Relative to the project, with slashes. */
  file: string;
  line: number;
  /** The line, without the space around it. */
  code: string;
  /** Characters of the file that are replaced. */
  start: number;
  end: number;
  /** What stands there, and what is put in its place. */
  original: string;
  replacement: string;
  kind: string;
  /** The innermost function with a name that it is in. */
  within?: string;
}

/** `survived`: every test file that was run passed. */
export type Verdict = 'noticed' | 'survived';

export interface Outcome extends Mutant {
  verdict: Verdict;
  /** The test file that failed; `timeout` where the tests never end. */
  by?: string;
  /** Test files that were run, and how many there are that run what is changed. */
  tests: string[];
  of: number;
  seconds: number;
}

/** Where a mutant is, apart from its line: this lasts while other lines change. */
export const keyOf = ({ file, start, original, replacement }: Mutant): string =>
  [file, start, original, replacement].join('\n');
