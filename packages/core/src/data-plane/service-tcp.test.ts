import { TCP_FLAG, type Tcp } from '@heddle/wire';
import { expect, test } from 'vitest';
import { type Reply, ServiceTcp } from './service-tcp.js';

const { FIN, SYN, RST, PSH, ACK } = TCP_FLAG;
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A client of the service, which answers each message with itself, backwards. */
class Client {
  readonly heard: Reply[] = [];
  readonly tcp: ServiceTcp;
  now = 0;
  #sequence = 0xffff_fff0;
  readonly #key: string;

  constructor(key = 'a', tcp?: ServiceTcp) {
    this.#key = key;
    this.tcp = tcp ?? new ServiceTcp({ answer: async (message) => message.toReversed(), now: () => this.now, startAt: () => 0xffff_fffe });
  }

  say(flags: number, payload: readonly number[] = [], sequence = this.#sequence): this {
    const segment: Tcp = {
      sourcePort: 1,
      destinationPort: 53,
      sequence,
      acknowledgment: 5,
      flags,
      window: 1,
      urgent: 0,
      options: {},
      payload: Uint8Array.from(payload),
    };
    this.tcp.handle({ key: this.#key, largest: 4, send: (reply) => void this.heard.push(reply) }, segment);
    this.#sequence = (sequence + payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
    return this;
  }

  /** Flags, and the bytes of all that was said. */
  said(): readonly [readonly number[], readonly number[]] {
    return [this.heard.map(({ flags }) => flags), this.heard.flatMap(({ payload }) => [...payload])];
  }
}

test('a message in pieces is answered in pieces, and the end is answered with the end', async () => {
  const client = new Client()
    .say(SYN)
    .say(ACK)
    .say(ACK | PSH, [0])
    .say(ACK | PSH, [5, 1, 2])
    .say(ACK | PSH, [3, 4, 5]);
  await settled();
  client.say(ACK | FIN);
  const [flags, bytes] = client.said();
  expect(bytes).toEqual([0, 5, 5, 4, 3, 2, 1]);
  expect(flags).toEqual([SYN | ACK, ACK, ACK, ACK, PSH | ACK, PSH | ACK, ACK, FIN | ACK]);
  expect(client.heard.map(({ sequence }) => sequence)).toEqual([0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 3, 6, 6]);
  expect(client.tcp.connections).toBe(0);
});

test('two messages at once are both answered, also when the client has finished meanwhile', async () => {
  const client = new Client().say(SYN).say(ACK | PSH | FIN, [0, 1, 7, 0, 2, 8, 9]);
  await settled();
  expect(client.said()[1]).toEqual([0, 1, 7, 0, 2, 9, 8]);
  expect(client.heard.at(-1)!.flags).toBe(FIN | ACK);
});

test('what comes twice or out of order is acknowledged as far as it goes, and not taken', async () => {
  const client = new Client().say(SYN).say(ACK, [0, 1]);
  const { acknowledgment } = client.heard.at(-1)!;
  client.say(ACK, [9, 9], (acknowledgment + 100) >>> 0).say(ACK, [0, 1], (acknowledgment - 2) >>> 0);
  expect(client.heard.slice(-2).every((reply) => reply.acknowledgment === acknowledgment && reply.flags === ACK)).toBe(true);
  client.say(ACK, [7], acknowledgment);
  await settled();
  expect(client.said()[1]).toEqual([0, 1, 7]);
});

test('F11: a message longer than is read ends the connection, and 64 connections are the most until one is idle', () => {
  const first = new Client().say(SYN).say(ACK, [0xff, 0xff, ...new Array<number>(2_000).fill(0)]);
  expect(first.tcp.connections).toBe(1);
  first.say(ACK, new Array<number>(3_000).fill(0));
  expect(first.said()[0].at(-1)! & RST).toBe(RST);
  expect(first.tcp.connections).toBe(0);
  for (let i = 0; i < 100; i++) new Client(`${i}`, first.tcp).say(SYN);
  expect(first.tcp.connections).toBe(64);
  first.now = 10_001;
  const late = new Client('late', first.tcp).say(SYN);
  expect(first.tcp.connections).toBe(1);
  expect(late.heard).toHaveLength(1);
});

test('a segment of no connection is refused, a reset is not answered', () => {
  const client = new Client().say(ACK, [1]);
  expect(client.heard).toMatchObject([{ flags: RST, sequence: 5 }]);
  client
    .say(RST)
    .say(SYN)
    .say(RST | ACK);
  expect(client.tcp.connections).toBe(0);
  expect(client.heard).toHaveLength(2);
});
