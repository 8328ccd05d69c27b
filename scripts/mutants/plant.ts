/**
 * Every mutant of the source, by TypeScript's own parser, and whether one still has its types.
 */
import { relative } from 'node:path';
import ts from 'typescript';
import { changesAt } from './changes.ts';
import type { Mutant } from './types.ts';

/** Made by programs, or holding text alone. */
const isGenerated = (file: string): boolean => /\/assembled-\w+\.ts$/.test(file);

export class Planter {
  readonly #root: string;
  readonly #files: string[];
  readonly #options: ts.CompilerOptions;
  readonly #host: ts.CompilerHost;
  readonly #program: ts.Program;
  #changed?: ts.SourceFile;

  constructor(root: string) {
    this.#root = root;
    const config = ts.getParsedCommandLineOfConfigFile(
      `${root}/tsconfig.build.json`,
      { noEmit: true, incremental: false, noUnusedLocals: false, noUnusedParameters: false },
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    if (!config) throw new Error('tsconfig.build.json cannot be read.');
    this.#files = config.fileNames;
    this.#options = config.options;
    this.#host = ts.createCompilerHost(config.options, true);
    const read = this.#host.getSourceFile.bind(this.#host);
    const known = new Map<string, ts.SourceFile | undefined>();
    this.#host.getSourceFile = (name, version) => {
      if (this.#changed?.fileName === name) return this.#changed;
      if (!known.has(name)) known.set(name, read(name, version));
      return known.get(name);
    };
    this.#program = ts.createProgram(this.#files, this.#options, this.#host);
  }

  /** Files that mutants can be planted in, relative to the project. */
  files(): string[] {
    return this.#files
      .map((file) => relative(this.#root, file).replaceAll('\\', '/'))
      .filter((f) => !isGenerated(f));
  }

  text = (file: string): string => this.#source(file).text;

  /** Every mutant of a file, in the order of its text. */
  mutantsOf(file: string): Mutant[] {
    const source = this.#source(file);
    const checker = this.#program.getTypeChecker();
    const lines = source.text.split('\n');
    const mutants: Mutant[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
      for (const { node: at, replacement, kind } of changesAt(node, checker)) {
        const [start, end] = [at.getStart(source), at.getEnd()];
        const line = source.getLineAndCharacterOfPosition(start).line + 1;
        const original = source.text.slice(start, end);
        const code = lines[line - 1].trim();
        mutants.push({
          file,
          line,
          code,
          start,
          end,
          original,
          replacement,
          kind,
          within: nameOfFunction(at),
        });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return mutants;
  }

  /** Whether the compiler would take the file with the mistake in it. */
  compiles(mutant: Mutant): boolean {
    const name = `${this.#root}/${mutant.file}`;
    this.#changed = ts.createSourceFile(
      name,
      changed(this.text(mutant.file), mutant),
      ts.ScriptTarget.Latest,
      true,
    );
    const program = ts.createProgram(this.#files, this.#options, this.#host, this.#program);
    const faults = [
      ...program.getSyntacticDiagnostics(this.#changed),
      ...program.getSemanticDiagnostics(this.#changed),
    ];
    this.#changed = undefined;
    return faults.length === 0;
  }

  #source(file: string): ts.SourceFile {
    const source = this.#program.getSourceFile(`${this.#root}/${file}`);
    if (!source) throw new Error(`There is no source file ${file}.`);
    return source;
  }
}

/** The text with the mistake in it. */
export const changed = (text: string, { start, end, replacement }: Mutant): string =>
  text.slice(0, start) + replacement + text.slice(end);

/** As the stack of an error would name it. */
function nameOfFunction(node: ts.Node): string | undefined {
  const named = ts.findAncestor(node, (one) => {
    if (!ts.isFunctionLike(one)) return false;
    return nameOf(one) !== undefined;
  });
  return named && nameOf(named);
}

function nameOf(node: ts.Node): string | undefined {
  const { name } = node as ts.FunctionDeclaration;
  if (name && ts.isIdentifier(name)) return name.text;
  const { parent } = node;
  if ((ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && ts.isIdentifier(parent.name))
    return parent.name.text;
  return undefined;
}
