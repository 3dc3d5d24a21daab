/** What the passing of time makes of a node: the others see it go, or it is forgotten. */
export interface PresenceChange {
  readonly id: number;
  readonly is: 'offline' | 'forgotten';
}

export interface PresenceOptions {
  /** Milliseconds between the end of a node's stream and the moment when it counts as offline. */
  readonly grace: number;
  /** Milliseconds for which an ephemeral node may be away. */
  readonly forgetAfter: number;
}

/** Who has a stream open, and since when the others have not. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #streams = new Map<number, number>();
  readonly #offlineAt = new Map<number, number>();
  readonly #forgetAt = new Map<number, number>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  arrived(id: number): void {
    this.#streams.set(id, (this.#streams.get(id) ?? 0) + 1);
    this.#offlineAt.delete(id);
    this.#forgetAt.delete(id);
  }

  left(now: number, id: number): void {
    const streams = (this.#streams.get(id) ?? 1) - 1;
    if (streams > 0) this.#streams.set(id, streams);
    else {
      this.#streams.delete(id);
      this.#offlineAt.set(id, now + this.#options.grace);
    }
  }

  /** An ephemeral node is away from now on. */
  awaits(now: number, id: number): void {
    if (!this.#streams.has(id)) this.#forgetAt.set(id, now + this.#options.forgetAfter);
  }

  /** What is due. Calling it early is harmless. */
  tick(now: number): PresenceChange[] {
    return [...due(this.#offlineAt, now, 'offline'), ...due(this.#forgetAt, now, 'forgotten')];
  }

  nextDeadline(): number {
    return Math.min(...this.#offlineAt.values(), ...this.#forgetAt.values());
  }
}

function due(times: Map<number, number>, now: number, is: PresenceChange['is']): PresenceChange[] {
  const ids = [...times].filter(([, at]) => at <= now).map(([id]) => id);
  for (const id of ids) times.delete(id);
  return ids.map((id) => ({ id, is }));
}
