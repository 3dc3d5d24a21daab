import { lookup } from 'node:dns';
import { request } from 'node:http';
import { connect as connectTcp, isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { hostPort, type ProxyUrl } from '@heddle/wire';
import { ControlFault } from '../dial/fault.js';

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface SocketOptions {
  readonly proxy: ProxyUrl | undefined;
  /** Certificates in PEM, trusted besides the ones that Node knows. */
  readonly ca: readonly string[];
  /** Told the addresses of the target or, where there is one, of the proxy, before they are dialled. */
  goesTo(addresses: readonly string[]): void;
}

const KEEP_ALIVE_AFTER = 30_000;

/** A connection to the target, through the proxy where there is one, with TLS where it is asked for. Rejects with a ControlFault. */
export async function openSocket(target: SocketTarget, options: SocketOptions, signal: AbortSignal): Promise<Duplex> {
  const { proxy, ca, goesTo } = options;
  if (proxy === undefined) {
    const direct = await tcp(target, goesTo, signal);
    return target.tls ? secured(direct, target, ca, signal) : direct;
  }
  const first = await tcp(proxy, goesTo, signal);
  const hop = proxy.tls ? await secured(first, proxy, ca, signal) : first;
  const tunnel = await tunnelled(hop, target, proxy, signal);
  return target.tls ? secured(tunnel, target, ca, signal) : tunnel;
}

function tcp({ host, port }: Pick<SocketTarget, 'host' | 'port'>, goesTo: SocketOptions['goesTo'], signal: AbortSignal): Promise<Duplex> {
  if (isIP(host) !== 0) goesTo([host]);
  const settings = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER, lookup: tellingLookup(goesTo) };
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ ...settings, host, port, signal });
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(
        new ControlFault('HEDDLE_TS2021_UNREACHABLE', `no connection to ${hostPort(host, port)}: ${error.code ?? error.message}`, {
          cause: error,
        }),
      );
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve(quiet(socket));
    });
  });
}

/** The machine's own, which also tells what it found. */
function tellingLookup(goesTo: SocketOptions['goesTo']): LookupFunction {
  return (name, options, done) =>
    lookup(name, options, (error, address, family) => {
      if (error === null) goesTo(typeof address === 'string' ? [address] : address.map((each) => each.address));
      done(error, address, family);
    });
}

/** An error that comes while nobody looks, such as a reset, must not reach the process: who uses the socket sees its close. */
export function quiet<T extends Duplex>(socket: T): T {
  return socket.on('error', () => {});
}

function secured(
  inner: Duplex,
  { host, port }: Pick<SocketTarget, 'host' | 'port'>,
  ca: readonly string[],
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: inner,
      host,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca.length > 0 && { ca: [...rootCertificates, ...ca] }),
    });
    const leave = whenAborted(signal, () => socket.destroy(new Error('the time for it is over')));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      leave();
      inner.destroy();
      reject(tlsFault(error, host, port));
    });
    socket.once('secureConnect', () => {
      leave();
      resolve(quiet(socket));
    });
  });
}

/** Failures to verify have codes of OpenSSL; those of the connection are the system's. */
function tlsFault(error: NodeJS.ErrnoException, host: string, port: number): ControlFault {
  const code = error.code ?? 'unknown';
  const ofNetwork = /^(ECONN|ETIMEDOUT|EPIPE|ENET|EHOST)/.test(code) || error.code === undefined;
  if (ofNetwork)
    return new ControlFault('HEDDLE_TS2021_UNREACHABLE', `no TLS with ${hostPort(host, port)}: ${error.code ?? error.message}`, {
      cause: error,
    });
  return new ControlFault('HEDDLE_TS2021_TLS', `the certificate of ${hostPort(host, port)} is not accepted: ${code}`, { cause: error });
}

function tunnelled(hop: Duplex, target: SocketTarget, proxy: ProxyUrl, signal: AbortSignal): Promise<Duplex> {
  const path = hostPort(target.host, target.port);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      hop.destroy();
      reject(
        new ControlFault('HEDDLE_TS2021_UNREACHABLE', `the proxy ${hostPort(proxy.host, proxy.port)} makes no tunnel to ${path}: ${why}`),
      );
    };
    const headers = { host: path, ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }) };
    const connect = request({ method: 'CONNECT', path, headers, signal, createConnection: () => hop });
    connect.once('connect', (answer, socket, head) => {
      if (answer.statusCode !== 200) return fail(`HTTP ${answer.statusCode}`);
      if (head.length > 0) socket.unshift(head);
      resolve(quiet(socket));
    });
    connect.once('response', (answer) => fail(`HTTP ${answer.statusCode}`));
    connect.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    connect.end();
  });
}

/** Runs once when the signal aborts; returns how to leave. */
export function whenAborted(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) run();
  else signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}
