/** More changed letters than this make another word. */
const FARTHEST = 3;

/** The known word that the text most likely meant, in any case; undefined when none is near. */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = FARTHEST + 1;
  for (const word of words) {
    if (Math.abs(word.length - text.length) > FARTHEST) continue;
    const distance = editDistance(text.toLowerCase(), word.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    nearest = word;
  }
  return nearest;
}

/** Letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
