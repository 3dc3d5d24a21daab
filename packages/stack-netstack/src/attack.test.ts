import type { Flow } from '@heddle/core';
import { encodeIpv4, encodeTcp, PROTOCOL, TCP_FLAG, type Tcp } from '@heddle/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { address, TwoHosts } from '../test/two-hosts.js';

const { SYN, ACK, FIN } = TCP_FLAG;
/** Virtual time in which the honest flow sends what it can. */
const LASTS = 1_000;
const MEBIBYTE = 1024 * 1024;
/** 20 Mbit/s and room for a hundred packets, so that what answers an attack competes with the flow. */
const WIRE = { delay: 5, rate: 20, queue: 150_000 };
const ZEROS = new Uint8Array(100_000);
const ATTACKER = Uint8Array.from([10, 0, 0, 66]);
const VICTIM = address(1);
const NOTHING = new Uint8Array(0);
const FIXED = { tos: 0, id: 7, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: NOTHING };
const BLANK = { ...FIXED, protocol: PROTOCOL.TCP, destination: VICTIM, source: ATTACKER, payload: NOTHING };

/** A15: what each attack costs, while an honest flow sends from the attacked host to its peer. */
describe('A15: an honest flow keeps four fifths of its goodput, and buffers stay below 64 MiB,', () => {
  let undisturbed = 0;
  beforeEach(() => {
    undisturbed ||= attacked(() => {}, 1_000).goodput;
  });

  test('under 10,000 SYNs a second from ever other addresses', () => {
    const { two, goodput } = attacked(
      (site, i) => site.send({ sourcePort: 1_000 + (i % 60_000), flags: SYN, sequence: i }, stranger(i)),
      0.1,
    );
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
    expect(two.hosts[1].tcp.count).toBeLessThanOrEqual(256 + 1);
    expect(two.drops[1]!.get('tcp-cookie-sent')).toBeGreaterThan(5_000);
    expect(two.hosts[1].tcp.memory.used).toBeLessThan(8 * MEBIBYTE);
  });

  test('with 10,000 half-open connections', () => {
    const { two, goodput } = attacked((site, i) => i < 10_000 && site.send({ sourcePort: 1_000 + i, flags: SYN, sequence: i }), 0.05);
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
    expect(two.hosts[1].tcp.count).toBeLessThanOrEqual(256 + 1);
  });

  test('with a hundred readers that ask for much and then close their window', () => {
    const { two, goodput } = attacked((site, i) => i < 100 && site.handshake(2_000 + i, { window: 1 }), 5);
    expect(two.hosts[1].tcp.memory.used).toBeLessThan(64 * MEBIBYTE);
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
  });

  test('with ten connections that send a byte a segment', () => {
    const send = (site: Site, i: number): void => {
      const port = 3_000 + (i % 10);
      if (i < 10) site.handshake(port);
      else
        site.send({
          sourcePort: port,
          flags: ACK,
          sequence: Math.floor(i / 10),
          acknowledgment: site.nextOf(port),
          payload: Uint8Array.of(1),
        });
    };
    const { two, goodput } = attacked(send, 0.2);
    expect(two.hosts[1].tcp.memory.used).toBeLessThan(16 * MEBIBYTE);
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
  });

  test('with two thousand connections that finish the handshake and fall silent (sockstress)', () => {
    const { two, goodput } = attacked((site, i) => i < 2_000 && site.handshake(4_000 + i, { window: 0 }), 0.4);
    expect(two.hosts[1].tcp.count).toBeGreaterThan(1_500);
    expect(two.hosts[1].tcp.memory.used).toBeLessThan(64 * MEBIBYTE);
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
  });

  test('with two thousand connections that finish and never answer our FIN', () => {
    const { two, goodput } = attacked((site, i) => i < 2_000 && site.finish(8_000 + i), 0.4);
    expect(two.hosts[1].tcp.memory.used).toBeLessThan(64 * MEBIBYTE);
    expect(goodput).toBeGreaterThan(0.8 * undisturbed);
    for (const wire of two.wires) wire.faults = { loss: 1 };
    two.clock.advance(1_200_000);
    expect(two.hosts[1].tcp.count).toBe(0);
  });
});

interface Attacked {
  readonly two: TwoHosts;
  /** Bytes that the honest reader got. */
  readonly goodput: number;
}

/** Calls `strike` every so many milliseconds while the honest flow runs. */
function attacked(strike: (site: Site, index: number) => unknown, every: number): Attacked {
  const two = new TwoHosts(WIRE, 1);
  const site = new Site(two);
  let goodput = 0;
  two.listen((flow) => (flow.remote.address === '10.0.0.1' ? fill(flow) : site.serve(flow)), 256);
  two.open(50_000, (flow) => drain(flow, (bytes) => (goodput += bytes)));
  two.clock.advance(100);
  for (let i = 0; i < LASTS / every; i++) {
    strike(site, i);
    two.clock.advance(every);
  }
  return { two, goodput };
}

/** The attacker, who sees what is sent to his address. */
class Site {
  readonly #two: TwoHosts;
  readonly #next = new Map<number, number>();
  /** Bytes that the application writes to whoever comes. */
  writes = 100_000;

  constructor(two: TwoHosts) {
    this.#two = two;
    two.tap = (packet) => this.#hear(packet);
  }

  /** The application: writes to whoever comes, and finishes when the peer does. */
  serve(flow: Flow): void {
    const into = new Uint8Array(4_096);
    flow.write(ZEROS.subarray(0, this.writes));
    flow.on({
      readable: () => {
        for (let n = flow.read(into); n !== 0; n = flow.read(into)) if (n < 0) return flow.shutdown();
      },
    });
  }

  nextOf(port: number): number {
    return this.#next.get(port) ?? 0;
  }

  handshake(sourcePort: number, { window = 65_535, finishes = false } = {}): void {
    this.send({ sourcePort, flags: SYN, sequence: 0, window, options: { mss: 1_360 } });
    const acknowledge = (): void => {
      const rest = { sourcePort, sequence: 1, acknowledgment: this.nextOf(sourcePort), window };
      this.send({ ...rest, flags: ACK });
      if (finishes) this.send({ ...rest, flags: FIN | ACK });
    };
    this.#two.clock.at(this.#two.clock.now() + 30, acknowledge);
  }

  /** The application has nothing to say, and says FIN to our FIN. */
  finish(sourcePort: number): void {
    this.writes = 0;
    this.handshake(sourcePort, { finishes: true });
  }

  send(segment: Partial<Tcp>, source: Uint8Array = ATTACKER): void {
    const { sourcePort = 1, sequence = 0, acknowledgment = 0, flags = 0, window = 65_535, options = {}, payload = NOTHING } = segment;
    const tcp: Tcp = { sourcePort, destinationPort: 80, sequence, acknowledgment, flags, window, urgent: 0, options, payload };
    const bytes = encodeTcp(tcp, source, VICTIM);
    this.#two.inject(1, encodeIpv4({ ...BLANK, source, payload: bytes }) as Uint8Array);
  }

  #hear(packet: Uint8Array): void {
    if (packet[19] !== 66 || (packet[33]! & SYN) === 0) return;
    const view = new DataView(packet.buffer, packet.byteOffset);
    this.#next.set(view.getUint16(22), (view.getUint32(24) + 1) >>> 0);
  }
}

function stranger(index: number): Uint8Array {
  return Uint8Array.from([10, 0, 1 + ((index >>> 8) & 0x7f), index & 0xff]);
}

function fill(flow: Flow): void {
  const bytes = new Uint8Array(65_536);
  const more = (): void => {
    while (flow.write(bytes) > 0);
  };
  flow.on({ writable: more });
  more();
}

function drain(flow: Flow, got: (bytes: number) => void): void {
  const into = new Uint8Array(65_536);
  const readable = (): void => {
    for (let n = flow.read(into); n > 0; n = flow.read(into)) got(n);
  };
  flow.on({ readable });
  readable();
}
