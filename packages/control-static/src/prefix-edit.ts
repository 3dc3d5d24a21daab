/** From so many on, one walk with a set is cheaper than a search for each. */
const MANY = 8;

/** What a round of edits takes out of a list of different texts and puts behind it. The list stays as it is: a large one is copied once, at the end. */
export class PrefixEdit {
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();

  /** For a prefix that the edited list does not have. */
  add(prefix: string): void {
    this.#added.add(prefix);
  }

  /** For a prefix that the edited list has. */
  remove(prefix: string): void {
    if (!this.#added.delete(prefix)) this.#removed.add(prefix);
  }

  /** The list with the edits that concern it; the same object when none does. */
  appliedTo(list: readonly string[], concerns: (prefix: string) => boolean): readonly string[] {
    const added = [...this.#added].filter(concerns);
    const removed = [...this.#removed].filter(concerns);
    const rest = removed.length === 0 ? list : without(list, removed);
    return added.length === 0 ? rest : rest.concat(added);
  }
}

function without(list: readonly string[], removed: readonly string[]): readonly string[] {
  if (removed.length >= MANY) return filtered(list, new Set(removed));
  const rest = list.slice();
  for (const prefix of removed) rest.splice(rest.indexOf(prefix), 1);
  return rest;
}

function filtered(list: readonly string[], removed: ReadonlySet<string>): readonly string[] {
  return list.filter((prefix) => !removed.has(prefix));
}
