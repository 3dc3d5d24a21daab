import type { Bytes, Clock } from '@heddle/core';
import { PublicKey } from '@heddle/crypto';
import type { ControlAnswer, ControlConnection, ControlRequest, ControlStream, ControlTransport } from '../src/control/transport.js';
import { ControlFault } from '../src/dial/fault.js';

export interface SeenRequest {
  readonly at: number;
  readonly path: string;
  readonly method: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what was sent
  readonly body: any;
}

const encode = (frame: object): Bytes => {
  const text = new TextEncoder().encode(JSON.stringify(frame));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  return bytes;
};

/** One stream of maps: what is sent waits until it is read. */
class MapStream implements AsyncIterable<Bytes> {
  readonly #waiting: Bytes[] = [];
  #wake = (): void => {};
  #end: { readonly fault: unknown } | 'done' | undefined;

  send(frame: object): void {
    this.raw(encode(frame));
  }

  raw(bytes: Bytes): void {
    this.#waiting.push(bytes);
    this.#wake();
  }

  end(fault?: unknown): void {
    this.#end ??= fault === undefined ? 'done' : { fault };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Bytes> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#end === 'done') return;
      else if (this.#end !== undefined) throw this.#end.fault;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export const SELF = {
  ID: 1,
  StableID: 'n1',
  Name: 'one.lab.example.com.',
  Key: `nodekey:${'11'.repeat(32)}`,
  Addresses: ['100.64.0.1/32'],
  AllowedIPs: ['100.64.0.1/32'],
  MachineAuthorized: true,
};

export const peerNode = (id: number): object => ({
  ID: id,
  StableID: `n${id}`,
  Name: `peer${id}.lab.example.com.`,
  Key: `nodekey:${id.toString(16).padStart(2, '0').repeat(32)}`,
  Addresses: [`100.64.1.${id}/32`],
  AllowedIPs: [`100.64.1.${id}/32`],
  MachineAuthorized: true,
});

/** A control server in memory, in the place of sockets. Its members are the script. */
export class MemoryServer {
  readonly seen: SeenRequest[] = [];
  readonly dials: number[] = [];
  readonly outside: string[] = [];
  /** What its name means now. */
  addresses: readonly string[] = ['192.0.2.1'];
  key: PublicKey<'machine'> = PublicKey.parse('machine', `mkey:${'ab'.repeat(32)}`);
  /** Of a dial: throws what goes wrong. */
  dial: () => void | Promise<void> = () => {};
  // biome-ignore lint/suspicious/noExplicitAny: as sent
  register: (body: any) => Partial<ControlAnswer> | Promise<Partial<ControlAnswer>> = () => this.json({ MachineAuthorized: true });
  /** How it answers a handshake for a key that it does not have. */
  otherKey: ControlFault = new ControlFault('HEDDLE_TS2021_HANDSHAKE', 'another key');
  /** The first frame of a poll; a status other than 200 refuses it. */
  // biome-ignore lint/suspicious/noExplicitAny: as sent
  poll: (body: any) => { readonly status?: number; readonly first?: object; readonly retryAfter?: number } = () => ({
    first: { Node: SELF },
  });
  setDns: () => Partial<ControlAnswer> = () => this.json({});
  update: () => number = () => 200;
  streams: MapStream[] = [];
  #connections: AbortController[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  json(body: object): ControlAnswer {
    return { status: 200, body: JSON.stringify(body) };
  }

  /** The polls that are open. */
  send(frame: object): void {
    for (const stream of this.streams) stream.send(frame);
  }

  /** All connections break. */
  restart(fault: ControlFault = new ControlFault('HEDDLE_TS2021_BROKEN', 'restarted')): void {
    for (const connection of this.#connections) connection.abort(fault);
    for (const stream of this.streams) stream.end(fault);
    this.#connections = [];
    this.streams = [];
  }

  asked(path: string): SeenRequest[] {
    return this.seen.filter((each) => each.path === path);
  }

  get updates(): SeenRequest[] {
    return this.asked('/machine/map').filter(({ body }) => body.OmitPeers === true);
  }

  get polls(): SeenRequest[] {
    return this.asked('/machine/map').filter(({ body }) => body.Stream === true);
  }

  transport(goesTo: (addresses: readonly string[]) => void = () => {}): ControlTransport {
    return {
      fetchKey: async () => this.key,
      connect: async (key) => {
        goesTo(this.addresses);
        return this.#connect(key);
      },
      head: async (url) => this.outside.push(`HEAD ${url}`) && 200,
      post: async (url, body) => this.outside.push(`POST ${url} ${body}`) && 200,
    };
  }

  async #connect(key: PublicKey<'machine'>): Promise<ControlConnection> {
    this.dials.push(this.#clock.now());
    await this.dial();
    if (!key.equals(this.key)) throw this.otherKey;
    const end = new AbortController();
    this.#connections.push(end);
    return {
      ended: end.signal,
      request: (request) => this.#request(request),
      stream: (request, signal) => this.#stream(request, signal),
      close: () => end.abort(new ControlFault('HEDDLE_TS2021_BROKEN', 'closed')),
    };
  }

  #note({ path, method, body }: ControlRequest): SeenRequest {
    const seen = { at: this.#clock.now(), path, method, body: body === undefined || body.startsWith('HTTP') ? body : JSON.parse(body) };
    this.seen.push(seen);
    return seen;
  }

  async #request(request: ControlRequest): Promise<ControlAnswer> {
    const { body, path } = this.#note(request);
    if (path === '/machine/set-dns') return { status: 200, body: '', ...this.setDns() };
    if (path !== '/machine/register') return { status: 200, body: '' };
    return { status: 200, body: '', ...(await this.register(body)) };
  }

  async #stream(request: ControlRequest, signal: AbortSignal): Promise<ControlStream> {
    const { body } = this.#note(request);
    const stream = new MapStream();
    if (body.OmitPeers === true) {
      stream.end();
      return { status: this.update(), chunks: stream };
    }
    const { status = 200, first, ...rest } = this.poll(body);
    if (status !== 200) stream.end();
    else this.streams.push(stream);
    signal.addEventListener('abort', () => stream.end(signal.reason));
    if (first !== undefined) stream.send(first);
    return { status, chunks: stream, ...rest };
  }
}
