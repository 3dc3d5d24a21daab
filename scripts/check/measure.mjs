import ts from 'typescript';

/**
 * @typedef {{ name: string, lines: number, at: number }} FunctionSize
 * @typedef {{ name: string, fields: number, at: number }} ClassSize
 */

/**
 * Measures one file. A function counts with its whole text from the first word to the closing brace, comments above it not;
 * an arrow that is one expression is no function here. Fields are properties and parameters that become properties.
 * @param {string} path
 * @param {string} text
 * @returns {{ path: string, lines: number, functions: FunctionSize[], classes: ClassSize[] }}
 */
export function measure(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (/** @type {number} */ position) => source.getLineAndCharacterOfPosition(position).line + 1;
  /** @type {FunctionSize[]} */
  const functions = [];
  /** @type {ClassSize[]} */
  const classes = [];
  const visit = (/** @type {ts.Node} */ node) => {
    const at = lineAt(node.getStart(source));
    if (hasBlock(node)) functions.push({ name: nameOf(node, source), lines: lineAt(node.end) - at + 1, at });
    if (ts.isClassLike(node)) classes.push({ name: nameOf(node, source), fields: fieldsOf(node), at });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, lines: lineAt(source.end), functions, classes };
}

/** @param {ts.Node} node */
function hasBlock(node) {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && ts.isBlock(/** @type {ts.Node} */ (node.body));
}

/** @param {ts.ClassLikeDeclaration} node */
function fieldsOf({ members }) {
  const parameters = members.filter(ts.isConstructorDeclaration).flatMap((made) => [...made.parameters]);
  return members.filter(ts.isPropertyDeclaration).length + parameters.filter((it) => (it.modifiers?.length ?? 0) > 0).length;
}

/**
 * @param {ts.Node & { name?: ts.Node }} node
 * @param {ts.SourceFile} source
 */
function nameOf(node, source) {
  const parent = /** @type {ts.Node & { name?: ts.Node }} */ (node.parent);
  return node.name?.getText(source) ?? parent.name?.getText(source) ?? '(nameless)';
}
