/**
 * Instrumented copies of the model files for looking inside a step: the source with a call after each line that reports
 * its tensor. Training uses the files themselves.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { formulaOf } from './formula.ts';

const namespace = 'traced';

/** @param root of the checkout */
export const tracedModels = (root: string): Plugin => ({
  name: 'traced-models',
  setup(build) {
    const models = resolve(root, 'models');
    build.onResolve({ filter: /^traced:models$/ }, () => ({ path: resolve(models, 'index.ts'), namespace }));
    build.onResolve({ filter: /^\./, namespace }, ({ path, importer }) => {
      const file = resolve(dirname(importer), path);
      return { path: file, ...(dirname(file) === models && { namespace }) };
    });
    build.onLoad({ filter: /./, namespace }, async ({ path }) => {
      const contents = traced(await readFile(path, 'utf8'), resolve(root, 'src/playground/inside/trace.ts'));
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
});

/** @param tracer path of the module that records the tensors */
function traced(source: string, tracer: string): string {
  const file = ts.createSourceFile('model.ts', source, ts.ScriptTarget.Latest, true);
  const insertions: Insertion[] = [];
  const visit = (node: ts.Node): void => {
    const [phase, body] = passOf(node) ?? [];
    if (phase && body) insertions.push(...wordsIn(body, phase, file));
    else ts.forEachChild(node, visit);
  };
  visit(file);
  if (insertions.length === 0) return source;
  let result = source;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + text + result.slice(at);
  }
  const formulas = headFormulas(source);
  const header = `import { described, headed, traced } from ${JSON.stringify(tracer)};\n`;
  return `${header}headed(${JSON.stringify(nameIn(source))}, ${JSON.stringify(formulas)});\n${result}`;
}

/** The name that the file's definition has in the zoo. */
const nameIn = (source: string): string => /defineZooModel\(\{\s*name: '([^']+)'/.exec(source)?.[1] ?? '';

/** The indented lines of the comment at the head of the file: the forward pass as formulas. */
function headFormulas(source: string): string[] {
  const head = source.slice(0, source.indexOf('*/'));
  const lines = Array.from(head.matchAll(/^ \* {3}(\S.*)$/gm), ([, line]) => line);
  return lines.flatMap((line) => line.split(/\s{3,}/).filter((part) => part.includes(' = '))).map(formulaOf);
}

/** The body of a model's `forward` or `gradients`. */
function passOf(node: ts.Node): [phase: string, body: ts.ConciseBody] | undefined {
  const isMethod = ts.isMethodDeclaration(node);
  if (!isMethod && !ts.isPropertyAssignment(node)) return undefined;
  const name = node.name.getText();
  if (name !== 'forward' && name !== 'gradients') return undefined;
  if (isMethod) return node.body && [name, node.body];
  return ts.isArrowFunction(node.initializer) ? [name, node.initializer.body] : undefined;
}

interface Insertion {
  at: number;
  text: string;
}

/** A call of the tracer with the name, expression and comment of a value. */
function word(phase: string, name: string, code: ts.Node, formula: string, value?: string): string {
  const text = code.getText().replace(/\s+/g, ' ').replace(/ \./g, '.');
  const about = `{ phase: "${phase}", name: ${name}, code: ${JSON.stringify(text)}, formula: ${JSON.stringify(formula)} }`;
  return value ? `traced(${about}, ${value})` : `described(${about})`;
}

function wordsIn(body: ts.ConciseBody, phase: string, file: ts.SourceFile): Insertion[] {
  const ofObject = (object: ts.ObjectLiteralExpression, said = (node: ts.Node) => commentOf(node, file)) =>
    object.properties
      .filter(ts.isPropertyAssignment)
      .map((one) => word(phase, JSON.stringify(one.name.getText()), one.initializer, said(one)));
  if (!ts.isBlock(body)) {
    const object = ts.isParenthesizedExpression(body) ? body.expression : body;
    if (!ts.isObjectLiteralExpression(object)) return [];
    // The comment follows the whole property of the model.
    const words = ofObject(object, () => commentOf(body.parent.parent, file));
    return [
      { at: body.getStart(), text: `(${words.join(', ')}, ` },
      { at: body.end, text: ')' },
    ];
  }
  const insertions: Insertion[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableStatement(node) || ts.isExpressionStatement(node)) {
      const words = madeBy(node).map(({ name, code, value }) =>
        word(phase, name, code, commentOf(node, file), value),
      );
      insertions.push({ at: node.end, text: words.map((each) => ` ${each};`).join('') });
    }
    if (ts.isReturnStatement(node) && node.parent === body && node.expression) {
      const words = ts.isObjectLiteralExpression(node.expression) ? ofObject(node.expression) : [];
      insertions.push({ at: node.getStart(), text: words.map((each) => `${each}; `).join('') });
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return insertions;
}

/** The values that a statement computes, without those that it only copies. */
function madeBy(
  statement: ts.VariableStatement | ts.ExpressionStatement,
): { name: string; code: ts.Node; value?: string }[] {
  const isMade = (code: ts.Node) =>
    !ts.isPropertyAccessExpression(code) &&
    !ts.isIdentifier(code) &&
    !ts.isElementAccessExpression(code) &&
    !ts.isArrowFunction(code);
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      initializer && isMade(initializer)
        ? namesIn(name).map((each) => ({ name: JSON.stringify(each), code: initializer, value: each }))
        : [],
    );
  }
  const { expression } = statement;
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken)
    return [];
  const { left, right: code } = expression;
  if (ts.isIdentifier(left))
    return isMade(code) ? [{ name: JSON.stringify(left.text), code, value: left.text }] : [];
  // An entry of the returned object.
  return ts.isElementAccessExpression(left) ? [{ name: left.argumentExpression.getText(), code }] : [];
}

const namesIn = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));

/** The comments above and behind a line, as formulas or text. */
function commentOf(node: ts.Node, file: ts.SourceFile): string {
  const afterComma = file.text[node.end] === ',' ? node.end + 1 : node.end;
  const ranges = [
    ...(ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(file.text, afterComma) ?? []),
  ];
  const lines = ranges.map(({ pos, end }) => formulaOf(file.text.slice(pos + 2, end)));
  return lines.filter(Boolean).join('<br>');
}
