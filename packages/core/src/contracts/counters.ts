/** One value, and what tells it from the others of its family. */
export interface CounterSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A number that a plugin shows. It is read when somebody looks, and costs nothing until then. */
export interface CounterFamily {
  /** Small letters, digits and `_`, beginning with a letter; without unit prefix and without `_total`, which exporters add. */
  readonly name: string;
  /** A counter only grows while its plugin is part of the node; a gauge may do anything. */
  readonly type: 'counter' | 'gauge';
  /** One line: what is counted. */
  readonly says: string;
  /** Names of the labels; a sample's other labels are not shown. Absent: none. */
  readonly labels?: readonly string[];
  /** One value, or one a set of labels. Quick; not for anything that grows with the traffic. */
  readonly read: () => number | readonly CounterSample[];
}

/** A family as it was read. */
export interface ShownFamily {
  /** The name of the plugin. */
  readonly plugin: string;
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly says: string;
  readonly labels: readonly string[];
  readonly samples: readonly CounterSample[];
}

/** The numbers of every part of a node, open to each plugin under its name. */
export interface Counters {
  /**
   * Shows a family until the returned function is called or the plugin is removed. One of the same plugin and name takes its place.
   * Throws HEDDLE_BAD_COUNTER for names that no exporter could write.
   */
  show(plugin: string, family: CounterFamily): () => void;
  /** Reads them all. A family whose read throws is left out, and its plugin's health says so. */
  read(): readonly ShownFamily[];
}
