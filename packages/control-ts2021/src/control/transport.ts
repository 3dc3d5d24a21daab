import type { Bytes } from '@heddle/core';
import type { PublicKey } from '@heddle/crypto';

/** What goes to the server in one request inside the channel. */
export interface ControlRequest {
  readonly method: 'POST' | 'HEAD';
  /** As the server knows it, without the prefix of the control URL when it begins with `/machine/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ControlAnswer {
  readonly status: number;
  /** Milliseconds. */
  readonly retryAfter?: number;
  /** At most a megabyte. */
  readonly body: string;
}

/** An answer whose body goes on. Reading slowly slows the server down. */
export interface ControlStream {
  readonly status: number;
  readonly retryAfter?: number;
  readonly chunks: AsyncIterable<Bytes>;
}

/** One Noise connection with HTTP/2 in it. What its methods reject with is a ControlFault, or the reason of the signal. */
export interface ControlConnection {
  /** Aborts when no more requests can go over it. */
  readonly ended: AbortSignal;
  request(request: ControlRequest, signal: AbortSignal): Promise<ControlAnswer>;
  stream(request: ControlRequest, signal: AbortSignal): Promise<ControlStream>;
  /** Ends everything that goes on over it. May be called again. */
  close(): void;
}

/** The ways to one control server. The only thing in this package that does I/O. */
export interface ControlTransport {
  /** The key that the server shows to everybody. */
  fetchKey(signal: AbortSignal): Promise<PublicKey<'machine'>>;
  /** A connection to the owner of this key, and to nobody else. */
  connect(serverKey: PublicKey<'machine'>, signal: AbortSignal): Promise<ControlConnection>;
  /** A request without a body outside of the channel, to the control server's own host alone. The status of the answer. */
  head(url: string, signal: AbortSignal): Promise<number>;
  /** As head, with a body. */
  post(url: string, body: string, signal: AbortSignal): Promise<number>;
}
