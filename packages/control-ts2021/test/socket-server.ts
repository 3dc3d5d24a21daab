import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { IkResponder } from '@heddle/crypto/noise';
import { FrameReader } from '../src/noise/frame-reader.js';
import { decodeInitiation, encodeFrame, LARGEST_PLAINTEXT, RECORD, RESPONSE } from '../src/noise/frames.js';
import { type Ciphers, controlProtocol } from '../src/noise/handshake.js';
import { RecordCipher } from '../src/noise/record-cipher.js';
import { crypto } from './bench.js';

const seq = (first: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => first + i);

/** The server's end of a channel. */
class ServerStream extends Duplex {
  readonly #socket: Duplex;
  readonly #ciphers: Ciphers;
  readonly #frames = new FrameReader();

  constructor(socket: Duplex, ciphers: Ciphers) {
    super();
    this.#socket = socket;
    this.#ciphers = ciphers;
    this.on('error', () => {});
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (let at = 0; at < chunk.length; at += LARGEST_PLAINTEXT)
      this.#socket.write(encodeFrame(RECORD, this.#ciphers.send.seal(chunk.subarray(at, at + LARGEST_PLAINTEXT))!));
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#socket.destroy();
    done();
  }

  #receive(bytes: Buffer): void {
    this.#frames.push(bytes);
    for (let frame = this.#frames.next(); typeof frame === 'object'; frame = this.#frames.next()) {
      const plain = this.#ciphers.receive.open(frame.body);
      if (plain !== undefined && plain.length > 0) this.push(Buffer.from(plain));
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as sent
type Body = any;

/** A control server on a loopback port, whose members are its script. Nothing of it is left after `close`. */
export class SocketServer {
  readonly seen: { readonly path: string; readonly method: string; readonly body: Body }[] = [];
  readonly upgrades: string[] = [];
  staticKey: Uint8Array = seq(64);
  /** Before the server's first HTTP/2 frame. */
  early: Uint8Array = new Uint8Array(0);
  /** Instead of the key; true: it has answered. */
  http: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** In the place of HTTP/2, over an open channel. */
  raw: ((channel: Duplex) => void) | undefined;
  /** Changes the bytes that answer the handshake. */
  response: (bytes: Uint8Array) => Uint8Array | undefined = (bytes) => bytes;
  /** Of the answer to a registration. */
  status = 200;
  register: (body: Body) => object = () => ({ MachineAuthorized: true });
  /** The first frame of a poll; bytes are a frame as it stands. */
  poll: (body: Body) => object | Buffer | undefined = () => undefined;
  #streams: Http2ServerResponse[] = [];
  readonly #server: Server;
  readonly #inner = createHttp2((request, response) => void this.#answer(request, response));
  readonly #open = new Set<Duplex>();

  constructor(tls?: { readonly key: string; readonly cert: string }) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => this.#outer(request, response);
    this.#server = tls === undefined ? createHttp(handle) : createHttps(tls, handle);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex) => this.#upgrade(request, socket));
    this.#server.on('connection', (socket: Duplex) => {
      this.#open.add(socket.on('error', () => {}));
      socket.on('close', () => this.#open.delete(socket));
    });
    this.#server.on('tlsClientError', () => {});
    this.#inner.on('sessionError', () => {});
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Every connection breaks. */
  drop(): void {
    for (const socket of this.#open) socket.destroy();
    this.#streams = [];
  }

  /** A frame for every open poll. */
  send(frame: object | Buffer): void {
    for (const stream of this.#streams) stream.write(frameBytes(frame));
  }

  asked(path: string): Body[] {
    return this.seen.filter((each) => each.path === path).map(({ body }) => body);
  }

  #publicKey(): string {
    return `mkey:${Buffer.from(crypto.x25519.load(this.staticKey).publicKey).toString('hex')}`;
  }

  #outer(request: IncomingMessage, response: ServerResponse): void {
    if (this.http(request, response)) return;
    this.seen.push({ path: request.url ?? '', method: request.method ?? '', body: undefined });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ legacyPublicKey: `mkey:${'0'.repeat(64)}`, publicKey: this.#publicKey() }));
  }

  #upgrade(request: IncomingMessage, socket: Duplex): void {
    const header = String(request.headers['x-tailscale-handshake'] ?? '');
    this.upgrades.push(header);
    const initiation = decodeInitiation(new Uint8Array(Buffer.from(header, 'base64')));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: tailscale-control-protocol\r\nConnection: upgrade\r\n\r\n');
    const answer = initiation && this.#respond(initiation.version, initiation.message);
    const bytes = answer && this.response(encodeFrame(RESPONSE, answer.body));
    if (answer === undefined || bytes === undefined) return void socket.end();
    socket.write(bytes);
    const channel = new ServerStream(socket, answer.ciphers);
    if (this.early.length > 0) channel.write(this.early);
    if (this.raw !== undefined) this.raw(channel);
    else this.#inner.emit('connection', channel);
  }

  #respond(version: number, message: Uint8Array): { readonly body: Uint8Array; readonly ciphers: Ciphers } | undefined {
    const responder = new IkResponder(controlProtocol(crypto, version), crypto.x25519.load(this.staticKey));
    if (responder.readStatic(message) === undefined || responder.readPayload(message) === undefined) return undefined;
    const body = responder.write(crypto.x25519.load(seq(96)), new Uint8Array(0))!;
    const { send, receive } = responder.split();
    const cipher = (key: typeof send): RecordCipher => new RecordCipher(crypto.chacha20poly1305, key);
    return { body, ciphers: { send: cipher(send), receive: cipher(receive) } };
  }

  async #answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    const body = await textOf(request);
    this.seen.push({ path: request.url, method: request.method, body });
    if (request.url === '/machine/register') response.writeHead(this.status).end(JSON.stringify(this.register(body)));
    else if (request.url === '/machine/map' && body.Stream === true) this.#startPoll(body, response);
    else response.end();
  }

  #startPoll(body: Body, response: Http2ServerResponse): void {
    this.#streams.push(response);
    const first = this.poll(body) ?? { Node: selfOf(body) };
    response.write(frameBytes(first));
  }
}

export function selfOf(body: Body): object {
  return {
    ID: 1,
    StableID: 'n1',
    Name: 'one.lab.example.com.',
    Key: body.NodeKey,
    Addresses: ['100.64.0.1/32'],
    AllowedIPs: ['100.64.0.1/32'],
    MachineAuthorized: true,
  };
}

async function textOf(request: Http2ServerRequest): Promise<Body> {
  let text = '';
  for await (const part of request) text += String(part);
  return text.startsWith('{') ? JSON.parse(text) : text;
}

export function frameBytes(frame: object | Buffer): Buffer {
  if (Buffer.isBuffer(frame)) return frame;
  const text = Buffer.from(JSON.stringify(frame));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return Buffer.concat([head, text]);
}
