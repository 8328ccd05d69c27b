/**
 * Which test files can notice a mistake: those that run its line, in their own process or in one that they start.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTests } from './jest.ts';
import type { Tree } from './tree.ts';
import type { Mutant } from './types.ts';

export interface Reach {
  /** How long the file took. */
  seconds: number;
  passed: boolean;
  /** By source file: the lines that it runs. */
  lines: Record<string, number[]>;
  /** By source file: the functions that processes run which it starts. */
  started: Record<string, string[]>;
  /** Of the text of all these files: where it has changed, nothing of this is known. */
  digest: string;
}

/** Of a test file and the sources that it runs. */
export function digestOf(project: string, test: string, { lines, started }: Omit<Reach, 'digest'>): string {
  const hash = createHash('sha256');
  // What is built is made of the others.
  const files = [test, ...Object.keys(lines), ...Object.keys(started)].filter(
    (file) => !file.startsWith('dist/'),
  );
  for (const file of [...new Set(files)].sort()) {
    const path = join(project, file);
    hash.update(existsSync(path) ? readFileSync(path) : 'nothing');
  }
  return hash.digest('hex');
}

/** Runs one test file and sees what it runs. */
export async function reachOf(tree: Tree, test: string): Promise<Reach> {
  const [own, theirs] = [join(tree.root, '.coverage'), join(tree.root, '.coverage-started')];
  for (const folder of [own, theirs]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  const before = performance.now();
  // After the start of jest, so that it is for the processes which the tests start.
  const watch = pathToFileURL(join(tree.root, 'scripts/mutants/watch-started.js')).href;
  const run = (...args: string[]) =>
    runTests(tree, [test], () => 60, { args, env: { NODE_OPTIONS: `--import ${watch}` } });
  let { failed } = await run(
    ...['--coverage', '--coverageProvider=v8', '--coverageReporters=json', `--coverageDirectory=${own}`],
  );
  const seconds = (performance.now() - before) / 1000;
  // Some tests do not bear to be watched: of these is known what they start.
  if (failed !== undefined) ({ failed } = await run());
  const passed = failed === undefined;
  const found = { seconds, passed, lines: linesIn(tree, own), started: functionsIn(tree, theirs) };
  return { ...found, digest: digestOf(tree.root, test, found) };
}

/** Whether the test file runs what the mutant changes. */
export function reaches({ lines, started }: Reach, { file, line, within }: Mutant): boolean {
  if (lines[file]?.includes(line)) return true;
  const functions = started[file];
  return functions !== undefined && (within === undefined || functions.includes(within));
}

interface Istanbul {
  [path: string]: { statementMap: Record<string, { start: { line: number } }>; s: Record<string, number> };
}

function linesIn(tree: Tree, folder: string): Reach['lines'] {
  const file = join(folder, 'coverage-final.json');
  if (!existsSync(file)) return {};
  const found = JSON.parse(readFileSync(file, 'utf8')) as Istanbul;
  return Object.fromEntries(
    Object.entries(found).map(([path, { statementMap, s }]) => [
      relative(tree.root, path),
      Object.keys(s)
        .filter((key) => s[key] > 0)
        .map((key) => statementMap[key].start.line),
    ]),
  );
}

interface V8 {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[];
}

function functionsIn(tree: Tree, folder: string): Reach['started'] {
  const root = pathToFileURL(`${tree.root}/`).href;
  const found: Record<string, Set<string>> = {};
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as V8;
    for (const { url, functions } of result) {
      if (!url.startsWith(root) || url.includes('/node_modules/')) continue;
      const file = url
        .slice(root.length)
        .replace(/^dist\//, '')
        .replace(/\.js$/, '.ts');
      found[file] ??= new Set();
      for (const { functionName, ranges } of functions)
        if (ranges[0].count > 0) found[file].add(functionName);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([file, names]) => [file, [...names]]));
}
