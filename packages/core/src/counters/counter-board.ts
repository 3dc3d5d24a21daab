import type { CounterFamily, CounterSample, Counters, ShownFamily } from '../contracts/counters.js';
import { HeddleError } from '../errors/heddle-error.js';

/** A name that every exporter can write. */
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

interface Row {
  readonly plugin: string;
  readonly family: CounterFamily;
  faulty: boolean;
}

/** Which plugin shows which numbers. Holds how to read them, never a value. */
export class CounterBoard implements Counters {
  readonly #rows = new Map<string, Row>();
  readonly #fault: (plugin: string, error: unknown) => void;

  /** `fault` is told once of a family that throws when it is read. */
  constructor(fault: (plugin: string, error: unknown) => void) {
    this.#fault = fault;
  }

  show(plugin: string, family: CounterFamily): () => void {
    const wrong = [family.name, ...(family.labels ?? [])].find((name) => !NAME.test(name));
    if (wrong !== undefined) throw badName(plugin, family.name, wrong);
    const key = `${plugin} ${family.name}`;
    const row = { plugin, family, faulty: false };
    this.#rows.set(key, row);
    return () => {
      if (this.#rows.get(key) === row) this.#rows.delete(key);
    };
  }

  /** The plugin is no part of the node any more. */
  forget(plugin: string): void {
    for (const [key, row] of this.#rows) if (row.plugin === plugin) this.#rows.delete(key);
  }

  read(): readonly ShownFamily[] {
    return [...this.#rows.values()].flatMap((row) => this.#readOne(row) ?? []);
  }

  #readOne(row: Row): ShownFamily | undefined {
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

function badName(plugin: string, family: string, wrong: string): HeddleError {
  return new HeddleError(
    'HEDDLE_BAD_COUNTER',
    `${plugin} shows the counter "${family}", and "${wrong}" cannot be a name: use small letters, digits and _, and begin with a letter`,
  );
}
