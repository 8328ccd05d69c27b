/**
 * A copy of the project in which a mistake can be planted, with a cache and a temporary folder of its own: what a
 * mutant spoils, it spoils there.
 */
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import { changed } from './plant.ts';
import type { Mutant } from './types.ts';

const notCopied = ['node_modules', 'runs', '.git', 'coverage', 'dist'];

export class Tree {
  readonly #place = mkdtempSync(join(tmpdir(), 'backprop-zoo-mutants-'));
  readonly root = join(this.#place, 'project');
  /** Of programs that the tests start. */
  readonly env: NodeJS.ProcessEnv;
  readonly #scratch = join(this.#place, 'scratch');
  /** The cache as it was before the first mutant. */
  readonly #kept = join(this.#place, 'kept-cache');

  constructor(project: string) {
    mkdirSync(this.root);
    for (const name of readdirSync(project).filter((name) => !notCopied.includes(name)))
      cpSync(join(project, name), join(this.root, name), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(this.root, 'node_modules'));
    const { ZOO_DATA_DIR: _, NODE_OPTIONS: __, ...env } = process.env;
    const place = (name: string) => join(this.#scratch, name);
    this.env = {
      ...env,
      ...{ CI: '1', NO_COLOR: '1', TMPDIR: place('tmp') },
      ...{ ZOO_CACHE_DIR: place('cache') },
    };
    this.#tidy();
    const built = spawnSync('npm', ['run', 'build'], { cwd: this.root });
    if (built.status !== 0) throw new Error(`The project does not compile:\n${String(built.stdout)}`);
  }

  /** From now on the cache is put back to what it is now. */
  keepCache(): void {
    rmSync(this.#kept, { recursive: true, force: true });
    cpSync(this.env.ZOO_CACHE_DIR!, this.#kept, { recursive: true });
  }

  /** Does something while a mistake is planted, in the sources and in what is built of them. */
  async with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const source = join(this.root, mutant.file);
    const built = join(this.root, 'dist', mutant.file.replace(/\.ts$/, '.js'));
    const before = { source: readFileSync(source, 'utf8'), built: readFileSync(built, 'utf8') };
    if (before.source.slice(mutant.start, mutant.end) !== mutant.original)
      throw new Error(`${mutant.file} has changed since the mutant was drawn.`);
    const text = changed(before.source, mutant);
    try {
      this.#write(source, built, text, compiled(text));
      return await work();
    } finally {
      this.#write(source, built, before.source, before.built);
      this.#tidy();
    }
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true, maxRetries: 5 });
  }

  #write(source: string, built: string, text: string, program: string): void {
    writeFileSync(source, text);
    writeFileSync(built, program);
    // Newer than the source: there is nothing to build.
    const soon = new Date(Date.now() + 5000);
    utimesSync(join(this.root, 'dist/.tsbuildinfo'), soon, soon);
  }

  #tidy(): void {
    rmSync(this.#scratch, { recursive: true, force: true });
    for (const name of ['tmp', 'native']) mkdirSync(join(this.#scratch, name), { recursive: true });
    if (existsSync(this.#kept)) linkTree(this.#kept, join(this.#scratch, 'cache'));
    else mkdirSync(join(this.#scratch, 'cache'));
  }
}

/** Files of the cache are replaced, never changed, so that links to them do. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else {
      mkdirSync(dirname(target), { recursive: true });
      linkSync(source, target);
    }
  }
}

const compiled = (text: string): string =>
  ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  }).outputText;
