import ts from 'typescript';
import { GLOBALS, MEMBERS } from './environment-table.mjs';
import { lineOf } from './imports-of.mjs';

/** @typedef {{ path: string, line: number, rule: string, why: string }} Finding */

/**
 * Finds every use of an environment's global in the given files. Names are resolved by the type checker over these files alone,
 * so that a parameter called `crypto` is a parameter, and what resolves to nothing is a global.
 * @param {readonly string[]} paths
 * @param {(path: string) => string} read
 * @returns {Finding[]}
 */
export function environmentUses(paths, read) {
  const program = ts.createProgram(paths, { noLib: true, noResolve: true, types: [] }, hostOf(new Set(paths), read));
  const checker = program.getTypeChecker();
  return paths.flatMap((path) => usesIn(/** @type {ts.SourceFile} */ (program.getSourceFile(path)), checker));
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.TypeChecker} checker
 */
function usesIn(source, checker) {
  /** @type {Finding[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isTypeNode(node)) return;
    const name = ts.isIdentifier(node) ? globalName(node, checker) : undefined;
    const why = name === undefined ? undefined : (GLOBALS.get(name) ?? MEMBERS.get(name));
    if (why !== undefined) found.push({ path: source.fileName, line: lineOf(source, node), rule: `${name} is the environment’s`, why });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The name of the global that this identifier is, `Math.random` for a member of interest; undefined for all else.
 * @param {ts.Identifier} node
 * @param {ts.TypeChecker} checker
 */
function globalName(node, checker) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    const owner = parent.expression;
    return ts.isIdentifier(owner) && isFree(owner, checker)
      ? owner.text === 'globalThis'
        ? node.text
        : `${owner.text}.${node.text}`
      : undefined;
  }
  return isReference(node) && isFree(node, checker) ? node.text : undefined;
}

/**
 * Names that declare or label something are not uses.
 * @param {ts.Identifier} node
 */
function isReference(node) {
  const parent = /** @type {ts.Node & { name?: ts.Node, propertyName?: ts.Node }} */ (node.parent);
  return (
    ts.isShorthandPropertyAssignment(parent) || (parent.name !== node && parent.propertyName !== node && !ts.isLabeledStatement(parent))
  );
}

/**
 * @param {ts.Identifier} node
 * @param {ts.TypeChecker} checker
 */
function isFree(node, checker) {
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return symbol?.declarations === undefined || symbol.declarations.length === 0;
}

/**
 * @param {ReadonlySet<string>} paths
 * @param {(path: string) => string} read
 * @returns {ts.CompilerHost}
 */
function hostOf(paths, read) {
  return {
    getSourceFile: (path, version) => ts.createSourceFile(path, read(path), version, true),
    getDefaultLibFileName: () => '',
    writeFile: () => {},
    getCurrentDirectory: () => '',
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (path) => paths.has(path),
    readFile: read,
  };
}
