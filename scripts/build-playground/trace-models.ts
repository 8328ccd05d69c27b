/**
 * Instrumented copies of the model files for looking inside a step: the source with calls that report the value of each line and of
 * each part of an expression. Training uses the files themselves.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { formulaOf } from './formula.ts';

const namespace = 'traced';
const listNamespace = 'traced-list';

/** @param root of the checkout */
export const tracedModels = (root: string): Plugin => ({
  name: 'traced-models',
  setup(build) {
    const models = resolve(root, 'models');
    build.onResolve({ filter: /^traced:models$/ }, () => ({ path: models, namespace: listNamespace }));
    build.onResolve({ filter: /^\./, namespace: listNamespace }, ({ path }) => {
      return { path: resolve(models, path), namespace };
    });
    build.onLoad({ filter: /./, namespace: listNamespace }, async () => ({ contents: await listOf(models) }));
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

/** A module that loads each model when it is first asked for. */
async function listOf(folder: string): Promise<string> {
  const files = await readdir(folder);
  const names = await Promise.all(
    files.map(async (file) => nameIn(await readFile(resolve(folder, file), 'utf8'))),
  );
  const loaders = files.flatMap((file, i) =>
    names[i] ? `${JSON.stringify(names[i])}: () => import(${JSON.stringify(`./${file}`)})` : [],
  );
  return `const loaders = { ${loaders.join(', ')} };
export const models = {};
export async function loadModel(name) {
  if (models[name]) return;
  models[name] = Object.values(await loaders[name]()).find((one) => one?.create && one.name === name);
}`;
}

/** @param tracer path of the module that records the tensors */
function traced(source: string, tracer: string): string {
  const file = ts.createSourceFile('model.ts', source, ts.ScriptTarget.Latest, true);
  const insertions: Insertion[] = [];
  const visit = (node: ts.Node): void => {
    const body = bodyOf(node);
    if (body) insertions.push(...callsIn(body, file));
    else ts.forEachChild(node, visit);
  };
  visit(file);
  if (insertions.length === 0) return source;
  let result = '';
  let copied = 0;
  // The sort is stable: what is inserted at one place keeps its order.
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    result += source.slice(copied, at) + text;
    copied = at;
  }
  result += source.slice(copied);
  const formulas = headFormulas(source).map((text) => ({
    formula: formulaOf(text),
    // `q, k, v = …` is of three.
    symbols: (/^(.*?) = /.exec(text)?.[1] ?? '').split(', '),
  }));
  const header = `import { described, headed, part, traced } from ${JSON.stringify(tracer)};\n`;
  return `${header}headed(${JSON.stringify(nameIn(source))}, ${JSON.stringify(formulas)});\n${result}`;
}

/** The name that the file's definition has in the zoo. */
const nameIn = (source: string): string => /defineZooModel\(\{\s*name: '([^']+)'/.exec(source)?.[1] ?? '';

/** The indented lines of the comment at the head of the file: the forward pass as formulas. */
function headFormulas(source: string): string[] {
  const head = source.slice(0, source.indexOf('*/'));
  const lines = Array.from(head.matchAll(/^ \* {3,}(\S.*)$/gm), ([, line]) => line);
  return lines.flatMap((line) => line.split(/\s{3,}/).filter((part) => part.includes(' = ')));
}

/** The body of a model's `forward` or `gradients`. */
function bodyOf(node: ts.Node): ts.ConciseBody | undefined {
  const isMethod = ts.isMethodDeclaration(node);
  if (!isMethod && !ts.isPropertyAssignment(node)) return undefined;
  const name = node.name.getText();
  if (name !== 'forward' && name !== 'gradients') return undefined;
  if (isMethod) return node.body;
  return ts.isArrowFunction(node.initializer) ? node.initializer.body : undefined;
}

interface Insertion {
  at: number;
  text: string;
}

const textOf = (code: ts.Node): string => code.getText().replace(/\s+/g, ' ').replace(/ \./g, '.');

/** A line of the model's file, as the tracer takes it. @param name an expression */
function line(name: string, code: ts.Node, { formula, symbol }: Comment): string {
  const about = `code: ${JSON.stringify(textOf(code))}, formula: ${JSON.stringify(formula)}`;
  return `{ name: ${name}, ${about}${symbol ? `, symbol: ${JSON.stringify(symbol)}` : ''} }`;
}

function callsIn(body: ts.ConciseBody, file: ts.SourceFile): Insertion[] {
  const insertions: Insertion[] = [];
  /** Reports the parts of an expression that are calls, but not itself. */
  const addParts = (expression: ts.Node): void =>
    ts.forEachChild(expression, (child) => {
      if (ts.isFunctionLike(child)) return;
      if (ts.isCallExpression(child) && !ts.isOptionalChain(child)) {
        insertions.push({ at: child.getStart(), text: `part(${JSON.stringify(textOf(child))}, ` });
        addParts(child);
        insertions.push({ at: child.end, text: ')' });
      } else addParts(child);
    });
  /** What describes the entries of a returned object. */
  const describe = (
    object: ts.Expression,
    commentOn = (node: ts.Node) => commentOf(node, file),
  ): string[] => {
    if (!ts.isObjectLiteralExpression(object)) return [];
    const entries = object.properties.filter(ts.isPropertyAssignment);
    entries.forEach((entry) => addParts(entry.initializer));
    return entries.map(
      (entry) =>
        `described(${line(JSON.stringify(entry.name.getText()), entry.initializer, commentOn(entry))})`,
    );
  };
  if (!ts.isBlock(body)) {
    const object = ts.isParenthesizedExpression(body) ? body.expression : body;
    // The comment follows the whole property of the model.
    const calls = describe(object, () => commentOf(body.parent.parent, file));
    insertions.push({ at: body.getStart(), text: `(${calls.map((call) => `${call}, `).join('')}` });
    insertions.push({ at: body.end, text: ')' });
    return insertions;
  }
  const visit = (node: ts.Node): void => {
    if (ts.isVariableStatement(node) || ts.isExpressionStatement(node)) {
      const made = madeBy(node);
      for (const code of new Set(made.map((each) => each.code))) addParts(code);
      const { formula, symbol } = commentOf(node, file);
      // The comment on several values is on none of them alone.
      const comment = { formula, symbol: made.length === 1 ? symbol : undefined };
      for (const { name, code, value } of made) {
        const text = ` traced(${line(name, code, comment)}, ${value});`;
        insertions.push({ at: node.end, text });
      }
    }
    if (ts.isReturnStatement(node) && node.parent === body && node.expression) {
      const calls = describe(node.expression);
      insertions.push({ at: node.getStart(), text: calls.map((call) => `${call}; `).join('') });
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return insertions;
}

interface Made {
  /** Expressions of the traced copy. */
  name: string;
  value: string;
  code: ts.Node;
}

/** The values that a statement names. */
function madeBy(statement: ts.VariableStatement | ts.ExpressionStatement): Made[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name, initializer: code }) =>
      code && !ts.isArrowFunction(code)
        ? namesIn(name).map((each) => ({ name: JSON.stringify(each), code, value: each }))
        : [],
    );
  }
  const { expression } = statement;
  if (ts.isCallExpression(expression)) {
    // `states.push(…)` makes the last of the states.
    const [, list] = /^(\w+)\.push$/.exec(expression.expression.getText()) ?? [];
    const [code] = expression.arguments;
    if (!list) return [];
    return [{ name: `\`${list}[\${${list}.length - 1}]\``, code, value: `${list}.at(-1)` }];
  }
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken)
    return [];
  const { left, right: code } = expression;
  const value = left.getText();
  if (ts.isIdentifier(left)) return [{ name: JSON.stringify(value), code, value }];
  if (ts.isPropertyAccessExpression(left)) return [{ name: JSON.stringify(left.name.text), code, value }];
  if (!ts.isElementAccessExpression(left)) return [];
  // An entry of the returned object, or of a list.
  const key = left.argumentExpression.getText();
  const entry = `\`${left.expression.getText()}[\${${key}}]\``;
  return [{ name: `typeof ${key} === 'number' ? ${entry} : ${key}`, code, value }];
}

const namesIn = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));

interface Comment {
  /** As MathML or text. */
  formula: string;
  /** `a`, if it begins with ∂L/∂a. */
  symbol?: string;
}

/** At the end of a comment; they are shown beside the numbers. */
const shapes = /(?:^|\s)\s*\[[^[\]]*\](?:, \[[^[\]]*\])*(?: each)?\s*$/;

/** The comments above and behind a line. */
function commentOf(node: ts.Node, file: ts.SourceFile): Comment {
  const afterComma = file.text[node.end] === ',' ? node.end + 1 : node.end;
  const ranges = [
    ...(ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(file.text, afterComma) ?? []),
  ];
  const texts = ranges.map(({ pos, end }) => file.text.slice(pos + 2, end).replace(shapes, ''));
  const symbols = texts.flatMap((text) => /^\s*∂L\/∂([^\s=·,]+)(?=,|\s*=|\s*$)/.exec(text)?.[1] ?? []);
  return { formula: texts.map(formulaOf).filter(Boolean).join('<br>'), symbol: symbols.at(-1) };
}
