import type { Bytes, Clock } from '@heddle/core';
import { ControlFault, quoted } from '../dial/fault.js';
import { MapFrames, type MapOrder, type MapOutcome, type MapSession } from '../map/index.js';
import { encodePoll, MAP } from '../poll/map-request.js';
import { balancerHeader } from '../register/register-request.js';
import type { ControlLink } from './link.js';
import type { OwnNode } from './own-node.js';

/** Servers say something every minute. */
const SILENT_FOR = 120_000;
const LARGEST_REFUSAL = 4_096;

/** Why a poll is over without a fault. */
export type PollEnd =
  | { readonly is: 'ended' }
  | { readonly is: 'sleep'; readonly milliseconds: number }
  /** The key of this node has expired. */
  | { readonly is: 'expired' }
  /** The server does not know this node: it was deleted. */
  | { readonly is: 'unknown-node' };

export interface PollEvents {
  /** The first map of the poll is in use. */
  began(): void;
  /** What a frame came to; a problem is not among it. */
  outcome(outcome: MapOutcome): void;
}

export interface PollParts {
  readonly clock: Clock;
  readonly link: ControlLink;
  readonly node: OwnNode;
  readonly events: PollEvents;
}

/** Follows one stream of maps to its end. Reads a frame, applies it, then reads on: a slow reader slows the server down. */
export class Poll {
  readonly #parts: PollParts;
  readonly #session: MapSession;
  readonly #frames = new MapFrames();
  readonly #abort = new AbortController();
  #cancelWatch: (() => void) | undefined;
  #heardAt = 0;
  #end: PollEnd | undefined;
  #began = false;

  constructor(parts: PollParts, session: MapSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** Rejects with a ControlFault, or with the reason of the signal. */
  async run(signal: AbortSignal): Promise<PollEnd> {
    const outer = (): void => this.#abort.abort(signal.reason);
    signal.addEventListener('abort', outer, { once: true });
    try {
      signal.throwIfAborted();
      return await this.#follow();
    } finally {
      this.#cancelWatch?.();
      signal.removeEventListener('abort', outer);
      this.#abort.abort(new ControlFault('HEDDLE_TS2021_BROKEN', 'the poll is over'));
    }
  }

  /** Ends the poll, when something outside of the stream says so. */
  finish(end: PollEnd): void {
    this.#end ??= end;
    this.#abort.abort(new ControlFault('HEDDLE_TS2021_BROKEN', 'the poll is over'));
  }

  async #follow(): Promise<PollEnd> {
    const { link, node } = this.#parts;
    this.#watch();
    this.#session.begin();
    const facts = node.mapFacts!;
    const request = { method: 'POST', path: MAP, headers: balancerHeader(facts.nodeKey), body: encodePoll(facts) } as const;
    try {
      const { status, retryAfter, chunks } = await link.stream(request, this.#abort.signal);
      if (status !== 200) return await this.#refused(status, retryAfter, chunks);
      for await (const chunk of chunks) {
        this.#take(chunk);
        if (this.#end !== undefined) return this.#end;
      }
    } catch (thrown) {
      if (this.#end !== undefined) return this.#end;
      throw thrown;
    }
    return this.#end ?? { is: 'ended' };
  }

  #take(chunk: Bytes): void {
    this.#frames.push(chunk);
    for (let frame = this.#frames.next(); frame !== undefined && this.#end === undefined; frame = this.#frames.next()) {
      this.#watch();
      this.#apply(frame);
    }
    const { problem } = this.#frames;
    if (problem !== undefined) throw new ControlFault('HEDDLE_TS2021_MAP', problem.text);
  }

  #apply(frame: Bytes): void {
    const { events, clock } = this.#parts;
    const outcome = this.#session.apply(frame, clock.wall());
    if (outcome.problem !== undefined) throw new ControlFault('HEDDLE_TS2021_MAP', outcome.problem.text);
    this.#end = endOf(outcome.orders);
    events.outcome(outcome);
    if (this.#began || outcome.keepAlive || this.#end !== undefined) return;
    this.#began = true;
    events.began();
  }

  /** A server that says nothing for too long is gone, also in the middle of a frame. */
  #watch(): void {
    const { clock } = this.#parts;
    this.#heardAt = clock.now();
    this.#cancelWatch ??= clock.at(this.#heardAt + SILENT_FOR, () => this.#lookIfSilent());
  }

  /** One timer looks again and again: frames come by the thousand. */
  #lookIfSilent(): void {
    const { clock, link } = this.#parts;
    const due = this.#heardAt + SILENT_FOR;
    if (clock.now() < due) {
      this.#cancelWatch = clock.at(due, () => this.#lookIfSilent());
      return;
    }
    this.#abort.abort(new ControlFault('HEDDLE_TS2021_UNREACHABLE', 'the control server has said nothing for two minutes'));
    link.drop();
  }

  async #refused(status: number, retryAfter: number | undefined, chunks: AsyncIterable<Bytes>): Promise<PollEnd> {
    const says = await startOf(chunks);
    if (isUnknownNode(status, says)) return { is: 'unknown-node' };
    throw new ControlFault('HEDDLE_TS2021_REFUSED', `the control server answered the map request with HTTP ${status}: ${quoted(says)}`, {
      status,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
}

/** 404 from one kind of server, 400 with these words from the other. */
export function isUnknownNode(status: number, says: string): boolean {
  return status === 404 || (status === 400 && /node not found/i.test(says));
}

/** The end that an order means. */
function endOf(orders: readonly MapOrder[]): PollEnd | undefined {
  for (const order of orders) {
    if (order.order === 'sleep') return { is: 'sleep', milliseconds: order.milliseconds };
    if (order.order === 'key-expiry' && order.stage === 'expired') return { is: 'expired' };
  }
  return undefined;
}

async function startOf(chunks: AsyncIterable<Bytes>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    text += new TextDecoder().decode(chunk.subarray(0, LARGEST_REFUSAL));
    if (text.length >= LARGEST_REFUSAL) break;
  }
  return text;
}
