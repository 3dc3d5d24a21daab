import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Bytes } from '@heddle/core';
import type { ControlAnswer, ControlConnection, ControlRequest, ControlStream } from '../control/transport.js';
import type { ControlUrl } from '../dial/control-url.js';
import { ControlFault, faultOf } from '../dial/fault.js';
import { readRetryAfter } from '../dial/retry-after.js';
import { whenAborted } from './open-socket.js';

/** A map of 10,000 peers is some megabytes: it should not wait for our permission after each 64 KiB. */
const STREAM_WINDOW = 1024 * 1024;
const SESSION_WINDOW = 4 * 1024 * 1024;
const LARGEST_ANSWER = 1024 * 1024;
/** What a server may make us keep. Its frames have been counted before they come here. */
const LIMITS = {
  maxSessionMemory: 16,
  maxHeaderListPairs: 64,
  maxOutstandingPings: 4,
  maxOutstandingSettings: 4,
  maxSettings: 32,
  maxReservedRemoteStreams: 0,
  maxSessionInvalidFrames: 16,
  maxSessionRejectedStreams: 16,
};
const SETTINGS = { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: 16 * 1024, maxConcurrentStreams: 0 };

type AnswerHeaders = IncomingHttpHeaders & { readonly ':status'?: number | undefined };

/** HTTP/2 over a Noise stream. */
export class Http2Connection implements ControlConnection {
  readonly #session: ClientHttp2Session;
  readonly #end = new AbortController();
  readonly #prefix: string;
  readonly #wall: () => number;

  constructor(channel: Duplex, url: ControlUrl, wall: () => number) {
    this.#prefix = url.prefix;
    this.#wall = wall;
    const session = connect(`https://${url.authority}`, { createConnection: () => channel, settings: SETTINGS, ...LIMITS });
    this.#session = session;
    // A hostile server's first bytes may have ended the session before Node says that it is connected.
    session.once('connect', () => void (session.destroyed || session.setLocalWindowSize(SESSION_WINDOW)));
    session.on('error', (error) => this.#finish(channelFault(channel) ?? faultOf(error)));
    session.on('goaway', () => this.#finish(broken('the control server said goodbye')));
    session.on('close', () => this.#finish(channelFault(channel) ?? broken('the connection to the control server ended')));
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  async request(request: ControlRequest, signal: AbortSignal): Promise<ControlAnswer> {
    const { stream, headers } = await this.#send(request, signal);
    const leave = whenAborted(signal, () => stream.close(constants.NGHTTP2_CANCEL));
    try {
      return { ...this.#headOf(headers), body: await readText(stream) };
    } catch (error) {
      signal.throwIfAborted();
      throw this.#faultIn(stream, error, false);
    } finally {
      leave();
    }
  }

  async stream(request: ControlRequest, signal: AbortSignal): Promise<ControlStream> {
    const { stream, headers } = await this.#send(request, signal);
    return { ...this.#headOf(headers), chunks: this.#chunks(stream, signal) };
  }

  close(): void {
    this.#finish(broken('the connection was closed'));
    this.#session.destroy();
  }

  async *#chunks(stream: ClientHttp2Stream, signal: AbortSignal): AsyncIterable<Bytes> {
    const leave = whenAborted(signal, () => stream.close(constants.NGHTTP2_CANCEL));
    try {
      yield* stream as AsyncIterable<Buffer>;
    } catch (error) {
      signal.throwIfAborted();
      throw this.#faultIn(stream, error, false);
    } finally {
      leave();
      stream.close(constants.NGHTTP2_CANCEL);
    }
    signal.throwIfAborted();
  }

  /** The request is on its way and the server's headers are there. */
  #send(request: ControlRequest, signal: AbortSignal): Promise<{ readonly stream: ClientHttp2Stream; readonly headers: AnswerHeaders }> {
    signal.throwIfAborted();
    if (this.ended.aborted) throw broken('the connection to the control server has ended', true);
    const path = request.path.startsWith('/machine/') ? this.#prefix + request.path : request.path;
    const stream = this.#session.request(
      { ':method': request.method, ':path': path, ...request.headers },
      { endStream: request.body === undefined },
    );
    return new Promise((resolve, reject) => {
      const leave = whenAborted(signal, () => {
        stream.close(constants.NGHTTP2_CANCEL);
        reject(signal.reason);
      });
      stream.on('error', (error) => reject(this.#faultIn(stream, error, true)));
      stream.once('close', () => {
        leave();
        reject(this.#faultIn(stream, undefined, true));
      });
      stream.once('response', (headers) => {
        leave();
        resolve({ stream, headers });
      });
      if (request.body !== undefined) stream.end(request.body);
    });
  }

  #headOf(headers: AnswerHeaders): { readonly status: number; readonly retryAfter?: number } {
    const retryAfter = readRetryAfter(headers['retry-after'], this.#wall());
    return { status: headers[':status'] ?? 0, ...(retryAfter !== undefined && { retryAfter }) };
  }

  #faultIn(stream: ClientHttp2Stream, error: unknown, early: boolean): ControlFault {
    if (error instanceof ControlFault) return error;
    const refused = early && stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    if (this.ended.aborted && !refused) return faultOf(this.ended.reason);
    return broken(`the control server broke a request off (HTTP/2 code ${stream.rstCode})`, refused);
  }

  #finish(fault: ControlFault): void {
    if (!this.#end.signal.aborted) this.#end.abort(fault);
  }
}

async function readText(stream: ClientHttp2Stream): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_ANSWER) throw new ControlFault('HEDDLE_TS2021_REFUSED', `an answer of more than ${LARGEST_ANSWER} bytes`);
    parts.push(part);
  }
  // Node ends the loop in silence, too, when the session goes away under the stream.
  if (!stream.readableEnded) throw broken('the connection to the control server ended within an answer');
  return Buffer.concat(parts).toString();
}

function channelFault(channel: Duplex): ControlFault | undefined {
  return channel.errored instanceof ControlFault ? channel.errored : undefined;
}

function broken(text: string, unsent = false): ControlFault {
  return new ControlFault('HEDDLE_TS2021_BROKEN', text, { unsent });
}
