import type { Bytes, Flow, Random } from '@heddle/core';
import { type Crypto, chooseCrypto, type X25519Key } from '@heddle/crypto';
import {
  DERP_FRAME,
  DERP_KEY,
  DerpReader,
  decodeDerpClientInfo,
  decodeDerpNotePreferred,
  encodeDerpFrame,
  encodeDerpPong,
  encodeDerpServerInfo,
  encodeDerpServerKey,
} from '@heddle/wire';

/** Where a test's server departs from an honest one; each is asked at its moment. */
export interface RelayBehaviour {
  /** The answer to the upgrade. Default: 101. */
  readonly upgrade?: string;
  /** Frames in place of the server's key. */
  readonly greeting?: (client: RelayClient) => readonly Bytes[];
  /** The plain JSON of ServerInfo. */
  readonly info?: string;
  /** True: the server reads nothing any more once a client is in. */
  readonly deaf?: () => boolean;
  /** True: what clients say is read, and never answered. */
  readonly mute?: () => boolean;
}

const text = (bytes: Bytes): string => new TextDecoder('latin1').decode(bytes);

/** Chosen once: each choice tests what it takes. */
export const crypto: Crypto = chooseCrypto();

/** A small honest DERP server: one region, no mesh, no limits. It runs on any streams. */
export class RelayServer {
  readonly key: X25519Key;
  readonly clients = new Map<string, RelayClient>();
  /** How many connections were upgraded. */
  connections = 0;
  /** Packets for clients that are not here. */
  lost = 0;
  readonly #all = new Set<RelayClient>();

  constructor(
    readonly random: Random,
    readonly behaviour: RelayBehaviour = {},
  ) {
    const secret = new Uint8Array(32);
    random.fill(secret);
    this.key = crypto.x25519.load(secret);
  }

  readonly accept = (flow: Flow): void => {
    const client = new RelayClient(this, flow);
    this.#all.add(client);
    client.start();
  };

  /** Ends every connection; the listener goes on. */
  hangUp(): void {
    for (const client of [...this.#all]) client.flow.reset();
    this.#all.clear();
    this.clients.clear();
  }

  /** Sends a frame to every client. */
  tell(frame: Bytes): void {
    for (const client of this.clients.values()) client.write(frame);
  }

  gone(client: RelayClient): void {
    this.#all.delete(client);
    if (this.clients.get(client.name) === client) this.clients.delete(client.name);
  }
}

export class RelayClient {
  name = '';
  home = false;
  readonly frames: number[] = [];
  readonly #reader = new DerpReader();
  #head: string | undefined = '';
  #queue: Bytes[] = [];
  #shared: Bytes | undefined;

  constructor(
    readonly server: RelayServer,
    readonly flow: Flow,
  ) {}

  start(): void {
    this.flow.on({ readable: () => this.#read(), writable: () => this.#flush(), closed: () => this.server.gone(this) });
    this.#read();
  }

  write(bytes: Bytes): void {
    this.#queue.push(bytes);
    this.#flush();
  }

  #flush(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const taken = this.flow.write(next);
      if (taken === next.length) continue;
      this.#queue.unshift(next.subarray(taken));
      return;
    }
  }

  #read(): void {
    for (;;) {
      if (this.name !== '' && this.server.behaviour.deaf?.()) return;
      const count = this.flow.read(this.#reader.space());
      if (count < 0) return this.#end();
      if (count === 0) return;
      this.#take(count);
    }
  }

  #end(): void {
    this.server.gone(this);
    this.flow.close();
  }

  #take(count: number): void {
    if (this.#head === undefined) {
      this.#reader.filled(count);
      return this.#frames();
    }
    this.#head += text(this.#reader.space().subarray(0, count));
    if (this.#head.includes('\r\n\r\n')) this.#greet();
  }

  #greet(): void {
    const { behaviour, key } = this.server;
    this.server.connections += 1;
    this.#head = undefined;
    this.write(new TextEncoder().encode(behaviour.upgrade ?? 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\n\r\n'));
    const greeting = behaviour.greeting?.(this) ?? [encodeDerpServerKey(key.publicKey)];
    for (const frame of greeting) this.write(frame);
  }

  #frames(): void {
    while (this.#reader.next()) this.#frame(this.#reader.type, this.#reader.payload());
  }

  #frame(type: number, payload: Bytes): void {
    this.frames.push(type);
    if (type === DERP_FRAME.clientInfo) return this.#enter(payload);
    if (type === DERP_FRAME.notePreferred) this.home = decodeDerpNotePreferred(payload) ?? false;
    if (this.server.behaviour.mute?.()) return;
    if (type === DERP_FRAME.ping) this.write(encodeDerpPong(payload));
    if (type === DERP_FRAME.sendPacket) this.#route(payload);
  }

  #enter(payload: Bytes): void {
    const info = decodeDerpClientInfo(payload);
    if (info === undefined) return this.flow.reset();
    const { key, random, behaviour } = this.server;
    this.#shared = crypto.nacl.sharedKey(key, info.nodeKey);
    const plain = crypto.nacl.open(this.#shared!, info.nonce, info.box);
    if (plain === undefined || !text(plain).includes('"version":2')) return this.flow.reset();
    this.name = hex(info.nodeKey);
    this.server.clients.set(this.name, this);
    const nonce = new Uint8Array(24);
    random.fill(nonce);
    const box = crypto.nacl.seal(this.#shared!, nonce, new TextEncoder().encode(behaviour.info ?? '{"version":2}'));
    this.write(encodeDerpServerInfo({ nonce, box }));
  }

  #route(payload: Bytes): void {
    const to = this.server.clients.get(hex(payload.subarray(0, DERP_KEY)));
    if (to === undefined) this.server.lost += 1;
    else to.write(encodeDerpFrame(DERP_FRAME.recvPacket, bytesOf(this.name), payload.subarray(DERP_KEY)));
  }
}

export function hex(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

export function bytesOf(text: string): Bytes {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
