/**
 * The mistakes that can be made at a node of the syntax tree. Only such that change what a program does and keep its
 * types, as far as a glance tells; the compiler judges the rest.
 */
import ts from 'typescript';

export interface Change {
  node: ts.Node;
  replacement: string;
  kind: string;
}

const { SyntaxKind } = ts;

const arithmetic = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.PlusToken, '-'],
  [SyntaxKind.MinusToken, '+'],
  [SyntaxKind.AsteriskToken, '/'],
  [SyntaxKind.SlashToken, '*'],
  [SyntaxKind.PercentToken, '*'],
  [SyntaxKind.AsteriskAsteriskToken, '*'],
  [SyntaxKind.AmpersandToken, '|'],
  [SyntaxKind.BarToken, '&'],
  [SyntaxKind.LessThanLessThanToken, '>>'],
  [SyntaxKind.GreaterThanGreaterThanToken, '<<'],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, '<<'],
  [SyntaxKind.PlusEqualsToken, '-='],
  [SyntaxKind.MinusEqualsToken, '+='],
  [SyntaxKind.AsteriskEqualsToken, '/='],
  [SyntaxKind.SlashEqualsToken, '*='],
]);

const logical = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.AmpersandAmpersandToken, '||'],
  [SyntaxKind.BarBarToken, '&&'],
]);

const comparisons = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.LessThanToken, '<='],
  [SyntaxKind.LessThanEqualsToken, '<'],
  [SyntaxKind.GreaterThanToken, '>='],
  [SyntaxKind.GreaterThanEqualsToken, '>'],
  [SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [SyntaxKind.ExclamationEqualsEqualsToken, '==='],
]);

/** Methods that are taken for each other. */
const siblings: Record<string, string> = {
  ...{ min: 'max', max: 'min', floor: 'ceil', ceil: 'floor', some: 'every', every: 'some' },
  ...{ add: 'sub', sub: 'add', mul: 'div', div: 'mul', sum: 'mean', mean: 'sum' },
  ...{ startsWith: 'endsWith', endsWith: 'startsWith', push: 'unshift', sqrt: 'abs' },
};

/** All the mistakes that can be made at exactly this node. */
export function changesAt(node: ts.Node, checker: ts.TypeChecker): Change[] {
  return [
    ...operators(node, checker),
    ...conditions(node),
    ...constants(node),
    ...swaps(node, checker),
    ...drops(node),
    ...otherVariables(node, checker),
  ];
}

function operators(node: ts.Node, checker: ts.TypeChecker): Change[] {
  if (ts.isBinaryExpression(node)) {
    const { operatorToken: token } = node;
    const boundary = comparisons.get(token.kind);
    if (boundary) return [{ node: token, replacement: boundary, kind: 'comparison' }];
    const connective = logical.get(token.kind);
    if (connective) return [{ node: token, replacement: connective, kind: 'condition' }];
    const other = arithmetic.get(token.kind);
    // `+` joins texts, too.
    const isNumber = (side: ts.Expression) => isOf(ts.TypeFlags.NumberLike, checker.getTypeAtLocation(side));
    if (other && isNumber(node.left) && isNumber(node.right))
      return [{ node: token, replacement: other, kind: 'operator' }];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.MinusToken)
    return [{ node, replacement: node.operand.getText(), kind: 'operator' }];
  if (
    ts.isPropertyAccessExpression(node) &&
    ts.isCallExpression(node.parent) &&
    node.parent.expression === node
  ) {
    const { name } = node;
    if (Object.hasOwn(siblings, name.text))
      return [{ node: name, replacement: siblings[name.text], kind: 'operator' }];
  }
  return [];
}

function conditions(node: ts.Node): Change[] {
  const condition =
    ts.isIfStatement(node) || ts.isWhileStatement(node)
      ? node.expression
      : ts.isConditionalExpression(node)
        ? node.condition
        : undefined;
  const changes: Change[] = [];
  if (condition)
    changes.push({ node: condition, replacement: `!(${condition.getText()})`, kind: 'condition' });
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken)
    changes.push({ node, replacement: `!!(${node.operand.getText()})`, kind: 'condition' });
  return changes;
}

function constants(node: ts.Node): Change[] {
  if (node.kind === SyntaxKind.TrueKeyword) return [{ node, replacement: 'false', kind: 'constant' }];
  if (node.kind === SyntaxKind.FalseKeyword) return [{ node, replacement: 'true', kind: 'constant' }];
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text);
    const other = Number.isInteger(value) && value < 1e6 ? value + 1 : value * 2;
    return [{ node, replacement: String(other), kind: 'constant' }];
  }
  const offByOne = (at: ts.Expression): Change => ({
    node: at,
    replacement: `${at.getText()} + 1`,
    kind: 'off by one',
  });
  if (ts.isElementAccessExpression(node) && !ts.isStringLiteralLike(node.argumentExpression)) {
    const { argumentExpression: index } = node;
    return ts.isNumericLiteral(index) ? [] : [offByOne(index)];
  }
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ['slice', 'subarray', 'at'].includes(node.expression.name.text)
  )
    return node.arguments.filter((argument) => !ts.isNumericLiteral(argument)).map(offByOne);
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'length' && !isWritten(node))
    return [{ node, replacement: `(${node.getText()} - 1)`, kind: 'off by one' }];
  return [];
}

/** Of functions to which it makes a difference. */
function swaps(node: ts.Node, checker: ts.TypeChecker): Change[] {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  if (/\b(max|min|imul|hypot|add|mul)$/.test(node.expression.getText())) return [];
  const given = node.arguments ?? ts.factory.createNodeArray<ts.Expression>();
  const changes: Change[] = [];
  for (let i = 0; i + 1 < given.length; i++) {
    const [a, b] = [given[i], given[i + 1]];
    if (ts.isSpreadElement(a) || ts.isSpreadElement(b) || a.getText() === b.getText()) continue;
    if (nameOfType(a, checker) !== nameOfType(b, checker)) continue;
    const swapped = [...given].map((one) => one.getText());
    [swapped[i], swapped[i + 1]] = [swapped[i + 1], swapped[i]];
    const replacement =
      node.getText().slice(0, given[0].getStart() - node.getStart()) + swapped.join(', ') + ')';
    changes.push({ node, replacement, kind: 'swapped arguments' });
  }
  return changes;
}

function drops(node: ts.Node): Change[] {
  const isDroppable =
    (ts.isExpressionStatement(node) && node.parent.kind !== SyntaxKind.SourceFile) ||
    (ts.isIfStatement(node) && node.elseStatement === undefined && leaves(node.thenStatement)) ||
    ts.isContinueStatement(node);
  return isDroppable ? [{ node, replacement: ';', kind: 'dropped statement' }] : [];
}

/** A guard: what it guards may go on without it. */
function leaves(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last));
}

/** Another variable in reach that has the same type, declared before in the same function or its parameters. */
function otherVariables(node: ts.Node, checker: ts.TypeChecker): Change[] {
  if (!ts.isIdentifier(node) || !isRead(node)) return [];
  const own = checker.getSymbolAtLocation(node);
  const home = functionOf(node);
  if (!own || !home) return [];
  const type = nameOfType(node, checker);
  return checker
    .getSymbolsInScope(node, ts.SymbolFlags.Variable)
    .filter((other) => {
      const declared = other.valueDeclaration;
      return (
        other.name !== own.name &&
        declared?.getSourceFile() === node.getSourceFile() &&
        functionOf(declared) !== undefined &&
        declared.getEnd() < node.getStart() &&
        checker.typeToString(checker.getTypeOfSymbolAtLocation(other, node)) === type
      );
    })
    .map(({ name }) => ({ node, replacement: name, kind: 'wrong variable' }));
}

const isOf = (flag: ts.TypeFlags, type: ts.Type): boolean => (type.flags & flag) !== 0;

const nameOfType = (node: ts.Node, checker: ts.TypeChecker): string =>
  checker.typeToString(checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(node)));

const functionOf = (node: ts.Node): ts.Node | undefined => ts.findAncestor(node.parent, ts.isFunctionLike);

function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === SyntaxKind.EqualsToken
  );
}

/** Whether an identifier stands for its value: it is no name of a property, no declaration, nothing assigned to. */
function isRead(node: ts.Identifier): boolean {
  const { parent } = node;
  if (isWritten(node) || ts.isTypeNode(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isCallExpression(parent)) return parent.expression !== node;
  return (
    ts.isBinaryExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isConditionalExpression(parent) ||
    (ts.isVariableDeclaration(parent) && parent.initializer === node)
  );
}
