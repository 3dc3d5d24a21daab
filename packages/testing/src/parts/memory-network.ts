import type { Bytes, Clock, PacketBatch } from '@heddle/core';
import { contentHash } from '../log/content-hash.js';
import type { EventLog } from '../log/event-log.js';
import { MemoryInbox } from './memory-inbox.js';

/** Datagrams that came to a name; lent until the call returns. */
export type MemoryReceive = (from: string, datagrams: readonly Bytes[]) => void;

/** One end of a network in memory. */
export interface MemoryPort {
  /** How many packets were taken, from the first on. Fewer than all: the way is full, and `writable` of the port is called when it has room. */
  send(to: string, batch: PacketBatch): number;
  /** What was sent still arrives; nothing is received any more. */
  close(): void;
}

export interface MemoryPortOptions {
  readonly clock: Clock;
  readonly receive: MemoryReceive;
  /** The way that refused packets has room again. */
  readonly writable?: () => void;
}

/** What a memory Bind runs on: names instead of addresses. */
export interface MemoryWire {
  /** Who attaches last under a name receives for it, until it closes. */
  attach(name: string, options: MemoryPortOptions): MemoryPort | Promise<MemoryPort>;
}

export interface MemoryNetworkOptions {
  /** Milliseconds that every datagram takes. Default 0: it arrives as soon as the clock runs on. */
  readonly delay?: number;
  /** Datagrams that may be on the way to one name. Default 4096. */
  readonly queue?: number;
  /** Takes a line for each batch that is sent. */
  readonly log?: EventLog;
}

/** A network that loses nothing and has no addresses: whoever is attached under a name is reached by it. */
export class MemoryNetwork implements MemoryWire {
  readonly #options: Required<Pick<MemoryNetworkOptions, 'delay' | 'queue'>>;
  readonly #log: EventLog | undefined;
  readonly #inboxes = new Map<string, MemoryInbox[]>();

  constructor(options: MemoryNetworkOptions = {}) {
    this.#options = { delay: options.delay ?? 0, queue: options.queue ?? 4096 };
    this.#log = options.log;
  }

  attach(name: string, options: MemoryPortOptions): MemoryPort {
    const inbox = new MemoryInbox(options.clock, options.receive, this.#options);
    const others = this.#inboxes.get(name) ?? [];
    this.#inboxes.set(name, [inbox, ...others]);
    const writable = options.writable ?? (() => {});
    return {
      send: (to, batch) => this.#send(name, to, batch, options.clock, writable),
      close: () => this.#detach(name, inbox),
    };
  }

  /** Names that receive. */
  get names(): readonly string[] {
    return [...this.#inboxes.keys()];
  }

  /** To nobody is a way, too: the datagrams are gone. */
  #send(from: string, to: string, batch: PacketBatch, clock: Clock, writable: () => void): number {
    this.#log?.add(`${clock.now()} ${from} > ${to} ${describe(batch)}`);
    const inbox = this.#inboxes.get(to)?.[0];
    return inbox === undefined ? batch.count : inbox.put(from, batch, writable);
  }

  #detach(name: string, inbox: MemoryInbox): void {
    inbox.close();
    const rest = (this.#inboxes.get(name) ?? []).filter((each) => each !== inbox);
    if (rest.length > 0) this.#inboxes.set(name, rest);
    else this.#inboxes.delete(name);
  }
}

/** Length and content of each packet. */
function describe(batch: PacketBatch): string {
  const about = (i: number): string => `${batch.lengths[i]!}:${contentHash(batch.slab, batch.offsets[i]!, batch.lengths[i]!)}`;
  return Array.from({ length: batch.count }, (_, i) => about(i)).join(' ');
}
