import type { CounterFamily, CounterSample, Counters, ShownFamily } from '../contracts/counters.js';
import { HeddleError } from '../errors/heddle-error.js';

/** A name that every exporter can write. */
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** A family of a plugin, on the board or taken from it. */
export interface CounterRow {
  readonly plugin: string;
  readonly family: CounterFamily;
  faulty: boolean;
}

/** Which plugin shows which numbers. Holds how to read them, never a value. */
export class CounterBoard implements Counters {
  readonly #rows = new Map<string, CounterRow>();
  readonly #fault: (plugin: string, error: unknown) => void;

  /** `fault` is told once of a family that throws when it is read. */
  constructor(fault: (plugin: string, error: unknown) => void) {
    this.#fault = fault;
  }

  show(plugin: string, family: CounterFamily): () => void {
    const wrong = [family.name, ...(family.labels ?? [])].find((name) => !NAME.test(name));
    if (wrong !== undefined) throw badName(plugin, family.name, wrong);
    const row = { plugin, family, faulty: false };
    this.#rows.set(keyOf(row), row);
    return () => this.drop([row]);
  }

  /** What a plugin shows now. */
  rowsOf(plugin: string): readonly CounterRow[] {
    return [...this.#rows.values()].filter((row) => row.plugin === plugin);
  }

  /** Takes off those that are still shown. */
  drop(rows: readonly CounterRow[]): void {
    for (const row of rows) if (this.#rows.get(keyOf(row)) === row) this.#rows.delete(keyOf(row));
  }

  /** A plugin shows these again, and nothing else: what was to take its place did not come. */
  restore(plugin: string, rows: readonly CounterRow[]): void {
    this.forget(plugin);
    for (const row of rows) this.#rows.set(keyOf(row), row);
  }

  /** The plugin is no part of the node any more. */
  forget(plugin: string): void {
    this.drop(this.rowsOf(plugin));
  }

  read(): readonly ShownFamily[] {
    return [...this.#rows.values()].flatMap((row) => this.#readOne(row) ?? []);
  }

  #readOne(row: CounterRow): ShownFamily | undefined {
    const { name, type, says, labels = [], read } = row.family;
    try {
      const value = read();
      const samples: readonly CounterSample[] = typeof value === 'number' ? [{ labels: {}, value }] : [...value];
      return { plugin: row.plugin, name, type, says, labels, samples };
    } catch (error) {
      if (!row.faulty) this.#fault(row.plugin, error);
      row.faulty = true;
      return undefined;
    }
  }
}

function keyOf({ plugin, family }: CounterRow): string {
  return `${plugin} ${family.name}`;
}

function badName(plugin: string, family: string, wrong: string): HeddleError {
  return new HeddleError(
    'HEDDLE_BAD_COUNTER',
    `${plugin} shows the counter "${family}", and "${wrong}" cannot be a name: use small letters, digits and _, and begin with a letter`,
  );
}
