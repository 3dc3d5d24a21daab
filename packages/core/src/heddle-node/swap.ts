import { Tokens } from '../composition/tokens.js';
import type { Part } from './part.js';
import type { Stages } from './stages.js';

/** The exchange of a plugin's parts for another one's, which can be taken back until it is finished. */
export class Swap {
  readonly #stages: Stages;
  readonly #going: readonly Part[];
  #opened: readonly Part[] = [];
  #entered: readonly Part[] = [];

  constructor(stages: Stages, going: readonly Part[]) {
    this.#stages = stages;
    this.#going = going;
  }

  /** The new parts, once all have entered. */
  get coming(): readonly Part[] {
    return this.#opened;
  }

  /** Opens all new parts, then puts them in their places. Rejects at the first that does not. */
  async forward(coming: readonly Part[], signal: AbortSignal): Promise<void> {
    for (const part of coming) {
      this.#opened = [...this.#opened, part];
      await this.#stages.open(part, signal);
    }
    for (const part of coming) {
      this.#entered = [...this.#entered, part];
      await this.#stages.enter(part, signal);
    }
  }

  /** The old parts take the places again that new ones had taken, and the new ones close. */
  async back(): Promise<void> {
    for (const part of this.#entered.toReversed()) await this.#stages.leave(part);
    const vacated = new Set(this.#entered.map(({ service }) => service.provision.token.id));
    for (const part of this.#going) if (vacated.has(part.service.provision.token.id)) await this.#stages.reenter(part);
    for (const part of this.#opened.toReversed()) await this.#stages.close(part);
  }

  /** Old parts whose place nobody took leave it. A Bind always does: its successor has the scheme, or nobody. */
  async finish(): Promise<void> {
    const taken = new Set(this.#entered.map(({ service }) => service.provision.token.id));
    taken.delete(Tokens.Bind.id);
    for (const part of this.#going.toReversed()) if (!taken.has(part.service.provision.token.id)) await this.#stages.leave(part);
  }
}
