import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Bytes, Clock, Random } from '@heddle/core';
import type { Crypto, X25519Key } from '@heddle/crypto';
import type { ControlService, ServiceAnswer } from '../control/control-service.js';
import { acceptInitiation } from '../control/server-channel.js';
import { hexOf } from '../hex.js';
import { ChannelStream } from './channel-stream.js';
import { MapRounds } from './map-rounds.js';
import { MapWriter } from './map-writer.js';

/** As Headscale. */
const LARGEST_BODY = 1024 * 1024;
/** A handshake in base64 has 136 characters. */
const LONGEST_HEADER = 512;
const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: tailscale-control-protocol\r\nConnection: upgrade\r\n\r\n';
/** A whole tailnet may dial at once. The system may allow fewer. */
const BACKLOG = 4_096;
const OUTSIDE = 'http://devnet';
const ZERO_KEY = `mkey:${'0'.repeat(64)}`;

export interface ControlParts {
  readonly crypto: Crypto;
  readonly key: X25519Key;
  readonly random: Random;
  readonly clock: Clock;
  readonly service: ControlService;
  /** Resolves when what was answered survives a crash. */
  saved(): Promise<void>;
}

/** The control server on a TCP port: the key, the upgrade, and requests inside. */
export class ControlListener {
  readonly #parts: ControlParts;
  readonly #server: Server = createServer((request, response) => this.#outer(request, response));
  readonly #sockets = new Set<Duplex>();
  readonly #rounds: MapRounds;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#rounds = new MapRounds(parts.clock);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket: Duplex) => {
      this.#sockets.add(socket.on('error', () => {}));
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Returns the port. */
  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, BACKLOG, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Something may have changed for those who watch. */
  wake(): void {
    this.#rounds.wake();
  }

  close(): Promise<void> {
    this.#rounds.stop();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #outer(request: IncomingMessage, response: ServerResponse): void {
    const asked = request.url ?? '/';
    const { pathname, searchParams } = new URL(URL.canParse(asked, OUTSIDE) ? asked : '/', OUTSIDE);
    if (pathname !== '/key') return answerText(response, 404, 'this is a control server: join it with a Tailscale client');
    if (!/^\d+$/.test(searchParams.get('v') ?? '')) return answerText(response, 400, 'capability version must be set');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ legacyPublicKey: ZERO_KEY, publicKey: `mkey:${hexOf(this.#parts.key.publicKey)}` }));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const header = String(request.headers['x-tailscale-handshake'] ?? '').slice(0, LONGEST_HEADER);
    const { crypto, key, random } = this.#parts;
    const secret = new Uint8Array(32);
    random.fill(secret);
    const accepted = acceptInitiation(crypto, key, crypto.x25519.load(secret), new Uint8Array(Buffer.from(header, 'base64')));
    if (accepted === undefined) return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno handshake for this server');
    socket.write(UPGRADED);
    socket.write(accepted.response);
    if (head.length > 0) socket.unshift(head);
    const session = performServerHandshake(new ChannelStream(socket, accepted.channel));
    this.#serve(session, `mkey:${hexOf(accepted.machine)}`);
  }

  #serve(session: ServerHttp2Session, machine: string): void {
    session.on('error', () => {});
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      const path = String(headers[':path']);
      bodyOf(stream).then(
        (body) => this.#answer(stream, this.#ask(path, machine, body)),
        () => stream.close(),
      );
    });
  }

  #ask(path: string, machine: string, body: string | undefined): ServiceAnswer {
    const { service, clock } = this.#parts;
    const time = { now: clock.now(), wall: clock.wall() };
    if (body === undefined) return { is: 'refused', status: 413, text: 'the body is too large' };
    if (path === '/machine/register') return service.register(time, machine, body);
    if (path === '/machine/map') return service.map(time, machine, body);
    return { is: 'refused', status: 501, text: 'this devnet does not do that' };
  }

  #answer(stream: ServerHttp2Stream, answer: ServiceAnswer): void {
    if (answer.is === 'stream') return this.#stream(stream, answer);
    if (stream.destroyed) return;
    if (answer.is === 'refused') {
      stream.respond({ ':status': answer.status, 'content-type': 'text/plain' });
      return void stream.end(answer.text);
    }
    const text = answer.is === 'json' ? JSON.stringify(answer.body) : '';
    const send = (): void => {
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(text);
    };
    if (answer.is === 'json' && answer.durable) this.#parts.saved().then(send, () => stream.close());
    else send();
  }

  /** Ends with the stream, also with one that is gone already. */
  #stream(stream: ServerHttp2Stream, { watcher, zstd }: Extract<ServiceAnswer, { is: 'stream' }>): void {
    const { clock, service } = this.#parts;
    const writer = new MapWriter(stream, watcher, zstd, clock, () => this.#rounds.wake());
    const over = (): void => {
      this.#rounds.delete(writer);
      writer.stop();
      service.close({ now: clock.now(), wall: clock.wall() }, watcher);
    };
    if (stream.destroyed) return over();
    stream.once('close', over);
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    this.#rounds.open(writer);
  }
}

/** Undefined for a body that is too large. */
async function bodyOf(stream: ServerHttp2Stream): Promise<string | undefined> {
  const parts: Bytes[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LARGEST_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
