import ts from 'typescript';

/** @typedef {{ specifier: string, line: number }} Import */

/**
 * Every module that a file names: import, export from, import(), import type, require().
 * @param {ts.SourceFile} source
 * @returns {Import[]}
 */
export function importsOf(source) {
  /** @type {Import[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    const name = namedModule(node);
    if (name !== undefined && ts.isStringLiteralLike(name)) found.push({ specifier: name.text, line: lineOf(source, name) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node | undefined}
 */
function namedModule(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isCallExpression(node) && loads(node.expression)) return node.arguments[0];
  return undefined;
}

/** @param {ts.Expression} callee */
function loads(callee) {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.Node} node
 */
export function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}
