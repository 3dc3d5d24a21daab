/** A piece of a line, and where it begins; the first column is 1. */
export interface Piece {
  readonly text: string;
  readonly column: number;
}

/** One line that says something. */
export type WgQuickLine =
  | { readonly is: 'section'; readonly line: number; readonly name: Piece }
  | { readonly is: 'setting'; readonly line: number; readonly key: Piece; readonly value: Piece }
  | { readonly is: 'other'; readonly line: number; readonly text: Piece };

/** The lines of a file without comments and without empty ones. */
export function* wgQuickLines(text: string): Generator<WgQuickLine> {
  let line = 0;
  let start = 0;
  while (start <= text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line += 1;
    const content = trimmed({ text: text.slice(start, end).split('#', 1)[0]!, column: 1 });
    if (content.text !== '') yield readLine(line, content);
    start = end + 1;
  }
}

/** The parts of a list, which commas or spaces keep apart. */
export function listPieces({ text, column }: Piece): readonly Piece[] {
  return [...text.matchAll(/[^\s,]+/g)].map((match) => ({ text: match[0], column: column + match.index }));
}

function readLine(line: number, content: Piece): WgQuickLine {
  if (content.text.startsWith('[') && content.text.endsWith(']')) {
    return { is: 'section', line, name: trimmed({ text: content.text.slice(1, -1), column: content.column + 1 }) };
  }
  const equals = content.text.indexOf('=');
  if (equals < 0) return { is: 'other', line, text: content };
  const key = trimmed({ text: content.text.slice(0, equals), column: content.column });
  const value = trimmed({ text: content.text.slice(equals + 1), column: content.column + equals + 1 });
  return { is: 'setting', line, key, value };
}

function trimmed({ text, column }: Piece): Piece {
  const start = text.length - text.trimStart().length;
  return { text: text.trim(), column: column + start };
}
