import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { ControlFault } from '../dial/fault.js';
import { type HttpAnswer, looksLikeHtml, refusalOf } from '../dial/key-answer.js';
import { readRetryAfter } from '../dial/retry-after.js';

const LARGEST_HEAD = 16 * 1024;
/** Of a refusal, which is shown in part only. */
const LARGEST_REFUSAL = 4 * 1024;
const PROTOCOL = 'tailscale-control-protocol';

export interface Http1Request {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  /** Of the URL: what `Host` says. */
  readonly authority: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer that are read; more is a fault. */
  readonly largest: number;
  /** The date, for Retry-After. */
  readonly wall: number;
}

/** One request over a fresh connection, which ends with it. Follows no redirect. */
export function exchange(socket: Duplex, wanted: Http1Request, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = start(socket, wanted, signal);
    sent.once('error', (error: NodeJS.ErrnoException) => reject(broken(error)));
    sent.once('response', (answer) => read(answer, wanted.largest, wanted.wall).then(resolve, reject));
    sent.end(wanted.body);
  }).finally(() => socket.destroy()) as Promise<HttpAnswer>;
}

/** The raw stream after a 101, and the bytes that came with it. */
export interface Upgraded {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** Asks for the control protocol. Rejects with what the server, or whatever stands before it, says instead. */
export function upgrade(
  socket: Duplex,
  wanted: { readonly authority: string; readonly handshake: string; readonly wall: number },
  signal: AbortSignal,
): Promise<Upgraded> {
  const headers = { connection: 'upgrade', upgrade: PROTOCOL, 'x-tailscale-handshake': wanted.handshake };
  const asked: Http1Request = {
    method: 'POST',
    path: '/ts2021',
    authority: wanted.authority,
    headers,
    largest: LARGEST_REFUSAL,
    wall: wanted.wall,
  };
  return new Promise<Upgraded>((resolve, reject) => {
    const sent = start(socket, asked, signal);
    sent.once('error', (error: NodeJS.ErrnoException) => reject(broken(error)));
    sent.once('response', (answer) => refused(answer, wanted.wall).then(reject, reject));
    sent.once('upgrade', (answer, raw, head) => {
      if (answer.headers.upgrade === PROTOCOL) resolve({ socket: raw, head });
      else reject(noUpgrade('the server changed to another protocol'));
    });
    sent.end();
  }).catch((fault: unknown) => {
    socket.destroy();
    throw fault;
  });
}

function start(socket: Duplex, { method, path, authority, headers, body }: Http1Request, signal: AbortSignal): ClientRequest {
  const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body ?? '')) } : {};
  return request({
    method,
    path,
    headers: { host: authority, ...length, ...headers },
    maxHeaderSize: LARGEST_HEAD,
    signal,
    createConnection: () => socket,
  });
}

async function read(answer: IncomingMessage, largest: number, wall: number): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) throw noUpgrade(`the answer has more than ${largest} bytes`);
    parts.push(part);
  }
  const { location, 'content-type': type = '', 'retry-after': retry } = answer.headers;
  const body = Buffer.concat(parts).toString();
  return { status: answer.statusCode ?? 0, type, location, retryAfter: readRetryAfter(retry, wall), body };
}

async function refused(answer: IncomingMessage, wall: number): Promise<ControlFault> {
  const got = await read(answer, LARGEST_REFUSAL, wall).catch(() => undefined);
  if (got === undefined || looksLikeHtml(got)) return noUpgrade(`POST /ts2021 was answered with HTTP ${answer.statusCode} and a web page`);
  return refusalOf(got, 'POST /ts2021') ?? noUpgrade('POST /ts2021 was answered with HTTP 200 and no upgrade');
}

function noUpgrade(text: string): ControlFault {
  return new ControlFault('HEDDLE_TS2021_NOT_CONTROL', `${text}: a proxy may strip Upgrade headers`);
}

/** A parser's complaint is about what answers; everything else is the connection. */
function broken(error: NodeJS.ErrnoException): ControlFault {
  if (error.code?.startsWith('HPE_') === true)
    return new ControlFault('HEDDLE_TS2021_NOT_CONTROL', `what answers speaks no HTTP: ${error.code}`);
  return new ControlFault('HEDDLE_TS2021_UNREACHABLE', `the connection to the control server ended: ${error.code ?? error.message}`, {
    cause: error,
  });
}
