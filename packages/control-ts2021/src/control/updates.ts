import type { Clock, Logger } from '@heddle/core';
import { faultOf } from '../dial/fault.js';
import { encodeUpdate, MAP } from '../poll/map-request.js';
import { UpdateSchedule } from '../poll/update-schedule.js';
import { balancerHeader } from '../register/register-request.js';
import type { ControlLink } from './link.js';
import type { OwnNode } from './own-node.js';
import { isUnknownNode } from './poll.js';
import { within } from './time.js';

const ANSWER_WITHIN = 30_000;

export interface UpdatesParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly link: ControlLink;
  readonly node: OwnNode;
  /** The server says that it does not know this node. */
  unknownNode(): void;
}

/** Keeps the server informed about this node, beside the stream of maps and without touching it. */
export class Updates {
  readonly #parts: UpdatesParts;
  readonly #schedule = new UpdateSchedule();
  #abort = new AbortController();
  #cancel = (): void => {};

  constructor(parts: UpdatesParts) {
    this.#parts = parts;
  }

  /** A poll has its first map. */
  opened(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#schedule.opened(this.#parts.clock.now());
    this.#plan();
  }

  /** The poll is over. */
  closed(): void {
    this.#schedule.closed();
    this.#abort.abort();
    this.#plan();
  }

  changed(): void {
    this.#schedule.changed(this.#parts.clock.now());
    this.#plan();
  }

  #plan(): void {
    this.#cancel();
    this.#cancel = this.#parts.clock.at(this.#schedule.nextDeadline(), () => this.#due());
  }

  #due(): void {
    const { clock, node } = this.#parts;
    const facts = node.mapFacts;
    if (facts === undefined) return;
    const text = encodeUpdate(facts);
    if (this.#schedule.begin(clock.now(), text)) void this.#send(text, facts.nodeKey, this.#abort.signal);
    this.#plan();
  }

  async #send(body: string, nodeKey: string, signal: AbortSignal): Promise<void> {
    const { clock, log, unknownNode } = this.#parts;
    try {
      const taken = await within({ clock, milliseconds: ANSWER_WITHIN, signal, says: 'an update was not answered' }, (inner) =>
        this.#post(body, nodeKey, inner),
      );
      if (taken) this.#schedule.took(body);
      else this.#schedule.failed(clock.now());
      if (!taken) unknownNode();
    } catch (thrown) {
      if (!signal.aborted) log.debug({ fault: faultOf(thrown).message }, 'an update for the control server failed');
      this.#schedule.failed(clock.now());
    }
    this.#plan();
  }

  /** False when the server does not know this node. What else it sends, maybe a whole map, is read and dropped. */
  async #post(body: string, nodeKey: string, signal: AbortSignal): Promise<boolean> {
    const request = { method: 'POST', path: MAP, headers: balancerHeader(nodeKey), body } as const;
    const { status, chunks } = await this.#parts.link.stream(request, signal);
    let says = '';
    for await (const chunk of chunks) if (status !== 200 && says.length < 1_000) says += new TextDecoder().decode(chunk.subarray(0, 1_000));
    if (isUnknownNode(status, says)) return false;
    if (status !== 200) throw new Error(`an update was answered with HTTP ${status}`);
    return true;
  }
}
