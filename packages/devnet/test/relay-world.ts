import type { Bytes, Flow } from '@heddle/core';
import { chooseCrypto, type X25519Key } from '@heddle/crypto';
import { SimNetwork, VirtualClock } from '@heddle/testing';
import {
  DERP_FRAME,
  DerpReader,
  decodeDerpServerInfo,
  decodeDerpServerKey,
  encodeDerpClientInfo,
  encodeDerpFrame,
  encodeDerpPing,
} from '@heddle/wire';
import { hexOf } from '../src/hex.js';
import { RelayServer } from '../src/relay/relay-server.js';

const AT = { address: '192.0.2.1', port: 3340 };
const crypto = chooseCrypto();

/** A relay on a simulated network. */
export class RelayWorld {
  readonly clock: VirtualClock = new VirtualClock({ now: 1_000 });
  readonly net: SimNetwork = new SimNetwork({ seed: 1, clock: this.clock });
  readonly server: RelayServer;
  readonly refused = new Set<string>();
  readonly #host = this.net.host('relay', { ports: [{ on: this.net.internet, addresses: [`${AT.address}/24`] }] });
  #clients = 1;

  constructor() {
    const admits = (key: string): boolean => !this.refused.has(key);
    this.server = new RelayServer({ crypto, random: this.#host.random, clock: this.clock, key: keyOf('relay'), admits });
  }

  async open(): Promise<void> {
    await this.#host.streams.listen(AT, this.server.accept);
  }

  async connect(name: string, head = upgrade()): Promise<RelayClient> {
    const host = this.net.host(`${name}-${this.#clients}`, {
      ports: [{ on: this.net.internet, addresses: [`192.0.2.${++this.#clients}/24`] }],
    });
    const connecting = host.streams.connect({ host: AT.address, port: AT.port }, {});
    await this.pass(10);
    const client = new RelayClient(name, await connecting);
    client.write(new TextEncoder().encode(head));
    await this.pass(10);
    return client;
  }

  /** A client that has said who it is. */
  async enter(name: string): Promise<RelayClient> {
    const client = await this.connect(name);
    client.enter();
    await this.pass(10);
    return client;
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.advanceAsync(milliseconds);
  }
}

/** The client's end, by the letter of the protocol. */
export class RelayClient {
  readonly key: X25519Key;
  head = '';
  closed = false;
  /** False: it does not read any more. */
  reads = true;
  readonly frames: { readonly type: number; readonly payload: Bytes }[] = [];
  readonly #flow: Flow;
  readonly #reader = new DerpReader();

  constructor(name: string, flow: Flow) {
    this.key = keyOf(name);
    this.#flow = flow;
    flow.on({ readable: () => this.#read(), closed: () => this.#ended() });
  }

  get name(): string {
    return hexOf(this.key.publicKey);
  }

  /** Payloads of one type, as texts of what follows the first 32 bytes. */
  texts(type: number): string[] {
    return this.frames.filter((frame) => frame.type === type).map(({ payload }) => new TextDecoder().decode(payload.subarray(32)));
  }

  write(bytes: Bytes): void {
    this.#flow.write(bytes);
  }

  enter(): void {
    const server = decodeDerpServerKey(this.frames[0]!.payload)!;
    const nonce = new Uint8Array(24).fill(9);
    const box = crypto.nacl.seal(
      crypto.nacl.sharedKey(this.key, server)!,
      nonce,
      new TextEncoder().encode('{"version":2,"CanAckPings":true}'),
    );
    this.write(encodeDerpClientInfo({ nodeKey: this.key.publicKey, nonce, box }));
  }

  /** What the server says of itself, opened. */
  serverInfo(): string {
    const server = decodeDerpServerKey(this.frames[0]!.payload)!;
    const { nonce, box } = decodeDerpServerInfo(this.frames[1]!.payload)!;
    return new TextDecoder().decode(crypto.nacl.open(crypto.nacl.sharedKey(this.key, server)!, nonce, box));
  }

  send(to: RelayClient, packet: Bytes | string): void {
    const bytes = typeof packet === 'string' ? new TextEncoder().encode(packet) : packet;
    this.write(encodeDerpFrame(DERP_FRAME.sendPacket, to.key.publicKey, bytes));
  }

  ping(): void {
    this.write(encodeDerpPing(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
  }

  leave(): void {
    this.#flow.close();
    this.closed = true;
  }

  #read(): void {
    while (this.reads) {
      const count = this.#flow.read(this.#reader.space());
      if (count < 0) return this.#ended();
      if (count === 0) return;
      this.#take(count);
    }
  }

  #take(count: number): void {
    if (this.head.includes('\r\n\r\n')) this.#reader.filled(count);
    else this.#readHead(this.#reader.space().slice(0, count));
    while (this.#reader.next()) this.frames.push({ type: this.#reader.type, payload: this.#reader.payload() });
  }

  #readHead(bytes: Bytes): void {
    const text = new TextDecoder('latin1').decode(bytes);
    const end = text.indexOf('\r\n\r\n') + 4;
    this.head = end < 4 ? text : text.slice(0, end);
    if (!this.head.startsWith('HTTP/1.1 101')) this.head = text;
    const rest = bytes.subarray(this.head.length);
    this.#reader.space().set(rest);
    this.#reader.filled(rest.length);
  }

  #ended(): void {
    this.closed = true;
  }
}

export function upgrade(more: readonly string[] = []): string {
  return `${['GET /derp HTTP/1.1', 'Host: relay', 'Connection: Upgrade', 'Upgrade: DERP', ...more].join('\r\n')}\r\n\r\n`;
}

/** A packet that looks like one of disco. */
export function discoPacket(): Bytes {
  const packet = new Uint8Array(80);
  packet.set([0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac]);
  return packet;
}

function keyOf(name: string): X25519Key {
  const secret = new Uint8Array(32).fill(7);
  secret.set(new TextEncoder().encode(name), 1);
  return crypto.x25519.load(secret);
}
