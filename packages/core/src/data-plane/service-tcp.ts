import { TCP_FLAG, type Tcp } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';
import { DNS_MESSAGE_MAX } from '../names/dns-message.js';

/** A segment back to a client. */
export type Reply = Pick<Tcp, 'sequence' | 'acknowledgment' | 'flags' | 'payload'>;

export interface ServiceTcpOptions {
  readonly answer: (message: Bytes) => Promise<Bytes | undefined>;
  readonly now: () => number;
  /** The first sequence number of a connection. */
  readonly startAt: () => number;
}

/** One client's way back, and the longest segment that it takes. */
export interface ClientOfService {
  readonly key: string;
  readonly largest: number;
  send(reply: Reply): void;
}

interface Connection {
  /** Next byte that we expect, and that we send. */
  expected: number;
  next: number;
  received: Bytes;
  /** The client has finished: so do we after the last answer. */
  finished: boolean;
  answering: number;
  seenAt: number;
}

const { FIN, SYN, RST, PSH, ACK } = TCP_FLAG;
const CONNECTIONS = 64;
const IDLE = 10_000;
const NOTHING = new Uint8Array(0);

/**
 * Just enough TCP for DNS with clients on the same machine, from where nothing is lost: segments come in order or are asked for again, answers are
 * sent once, a connection that is silent for ten seconds makes room for others.
 */
export class ServiceTcp {
  readonly #options: ServiceTcpOptions;
  readonly #connections = new Map<string, Connection>();

  constructor(options: ServiceTcpOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** A segment for the port that is served. */
  handle(client: ClientOfService, segment: Tcp): void {
    const connection = this.#connections.get(client.key);
    if ((segment.flags & RST) !== 0) this.#connections.delete(client.key);
    else if ((segment.flags & (SYN | ACK)) === SYN) this.#open(client, segment);
    else if (connection === undefined) refuseSegment(client, segment);
    else this.#advance(client, connection, segment);
  }

  #open(client: ClientOfService, { sequence }: Tcp): void {
    this.#forgetIdle();
    if (this.#connections.size >= CONNECTIONS) return;
    const start = this.#options.startAt();
    const expected = add(sequence, 1);
    const seenAt = this.#options.now();
    this.#connections.set(client.key, { expected, next: add(start, 1), received: NOTHING, finished: false, answering: 0, seenAt });
    client.send({ sequence: start, acknowledgment: expected, flags: SYN | ACK, payload: NOTHING });
  }

  #advance(client: ClientOfService, connection: Connection, { sequence, flags, payload }: Tcp): void {
    connection.seenAt = this.#options.now();
    const carries = payload.length > 0 || (flags & FIN) !== 0;
    if (carries && sequence === connection.expected && !connection.finished) this.#take(client, connection, payload, (flags & FIN) !== 0);
    if (carries && this.#connections.has(client.key))
      client.send({ sequence: connection.next, acknowledgment: connection.expected, flags: ACK, payload: NOTHING });
    this.#finish(client, connection);
  }

  #take(client: ClientOfService, connection: Connection, payload: Bytes, last: boolean): void {
    connection.expected = add(connection.expected, payload.length + (last ? 1 : 0));
    connection.finished = last;
    connection.received = Uint8Array.from([...connection.received, ...payload]);
    for (let message = nextMessage(connection); message !== undefined; message = nextMessage(connection))
      void this.#answer(client, connection, message);
    if (connection.received.length > DNS_MESSAGE_MAX + 2) this.#refuse(client, connection);
  }

  async #answer(client: ClientOfService, connection: Connection, message: Bytes): Promise<void> {
    connection.answering += 1;
    const response = await this.#options.answer(message);
    connection.answering -= 1;
    if (this.#connections.get(client.key) !== connection) return;
    if (response === undefined || response.length > 0xffff) return this.#refuse(client, connection);
    const framed = Uint8Array.from([response.length >> 8, response.length & 0xff, ...response]);
    for (let at = 0; at < framed.length; at += client.largest)
      this.#send(client, connection, framed.subarray(at, at + client.largest), PSH);
    this.#finish(client, connection);
  }

  #finish(client: ClientOfService, connection: Connection): void {
    if (!connection.finished || connection.answering > 0 || this.#connections.get(client.key) !== connection) return;
    this.#send(client, connection, NOTHING, FIN);
    this.#connections.delete(client.key);
  }

  #refuse(client: ClientOfService, connection: Connection): void {
    client.send({ sequence: connection.next, acknowledgment: connection.expected, flags: RST | ACK, payload: NOTHING });
    this.#connections.delete(client.key);
  }

  #send(client: ClientOfService, connection: Connection, payload: Bytes, flag: number): void {
    client.send({ sequence: connection.next, acknowledgment: connection.expected, flags: flag | ACK, payload });
    connection.next = add(connection.next, payload.length + (flag === FIN ? 1 : 0));
  }

  #forgetIdle(): void {
    for (const [key, { seenAt }] of this.#connections) if (this.#options.now() - seenAt > IDLE) this.#connections.delete(key);
  }
}

/** What belongs to nothing is refused, but for the last acknowledgment of a connection that is over. */
export function refuseSegment(client: Pick<ClientOfService, 'send'>, segment: Tcp): void {
  if ((segment.flags & RST) === 0 && (segment.flags !== ACK || segment.payload.length > 0)) client.send(refusal(segment));
}

/** RFC 9293 3.10.7.1: what a closed port answers. An acknowledgment of our last segment gets none. */
function refusal({ sequence, acknowledgment, flags, payload }: Tcp): Reply {
  const length = payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  if ((flags & ACK) !== 0) return { sequence: acknowledgment, acknowledgment: 0, flags: RST, payload: NOTHING };
  return { sequence: 0, acknowledgment: add(sequence, length), flags: RST | ACK, payload: NOTHING };
}

/** A whole message, if there is one: | length 2 | message | */
function nextMessage(connection: Connection): Bytes | undefined {
  const { received } = connection;
  const length = received.length < 2 ? Number.POSITIVE_INFINITY : (received[0]! << 8) | received[1]!;
  if (received.length < 2 + length) return undefined;
  connection.received = received.slice(2 + length);
  return received.slice(2, 2 + length);
}

function add(sequence: number, by: number): number {
  return (sequence + by) >>> 0;
}
