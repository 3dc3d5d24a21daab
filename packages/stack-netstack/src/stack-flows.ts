import {
  type Address,
  type Bytes,
  type Claim,
  type Flow,
  type FlowError,
  type FlowLayer,
  type FlowListener,
  HeddleError,
  type NewFlow,
} from '@heddle/core';
import { parseAddress } from '@heddle/wire';
import { type Host, notRunning } from './host.js';
import type { FourTuple } from './tcp/four-tuple.js';
import type { Listener } from './tcp/listeners.js';
import type { NetstackUdpPort } from './udp/udp-socket.js';

/** RFC 6335. */
const FIRST_EPHEMERAL = 49_152;
const EPHEMERAL = 65_536 - FIRST_EPHEMERAL;

/** What a running stack lends: its host, and the way into it. */
export interface Running {
  readonly host: Host;
  readonly enter: (work: (now: number) => void) => void;
}

/** Connections, ports, pings and interception: promises on the outside, the sans-io host on the inside. Errors have Node's codes. */
export class StackFlows implements FlowLayer {
  readonly #running: () => Running | undefined;

  constructor(running: () => Running | undefined) {
    this.#running = running;
  }

  async connect(to: Address, options: { readonly signal?: AbortSignal; readonly from?: Address } = {}): Promise<Flow> {
    options.signal?.throwIfAborted();
    const { host, enter } = this.#now();
    const tuple = tupleFor(host, to, options.from);
    return new Promise<Flow>((resolve, reject) => {
      const abort = (): void => {
        reject(options.signal!.reason);
        const connection = host.tcp.find(tuple);
        if (connection !== undefined) host.tcp.abort(connection);
      };
      const settled = (): void => options.signal?.removeEventListener('abort', abort);
      const opened = (flow: Flow): void => {
        settled();
        resolve(flow);
      };
      const failed = (error: FlowError): void => {
        settled();
        reject(connectError(error, to));
      };
      enter((now) => host.tcp.connect(tuple, { opened, failed, acceptor: undefined }, now));
      options.signal?.addEventListener('abort', abort, { once: true });
    });
  }

  async listen(
    at: { readonly address?: string; readonly port: number; readonly backlog?: number },
    accept: (flow: Flow) => void,
  ): Promise<FlowListener> {
    const { host, enter } = this.#now();
    const { listeners } = host.tcp.newcomers;
    const address = ownAddress(host, at.address);
    const port = at.port || freePort(host, (candidate) => !listeners.isTaken(address, candidate));
    if (listeners.isTaken(address, port)) throw new HeddleError('EADDRINUSE', `TCP port ${port} is listened on already; choose another`);
    const place = { address: at.address ?? '0.0.0.0', port };
    const listener: Listener = { address, at: place, accept, backlog: at.backlog ?? host.tcp.settings.backlog, halfOpen: 0 };
    listeners.add(listener);
    return {
      at: place,
      close: async () => {
        listeners.remove(listener);
        enter(() => host.tcp.abandon(listener));
      },
    };
  }

  async bindUdp(
    at: { readonly address?: string; readonly port?: number },
    receive: (datagram: Bytes, from: Address) => void,
  ): Promise<NetstackUdpPort> {
    return this.#now().host.udp.bind(at, receive);
  }

  async ping(address: string, options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    options.signal?.throwIfAborted();
    const { host, enter } = this.#now();
    const to = addressOf(address);
    const from = sourceOf(host, to, address);
    if (host.icmp.pings.isFull) throw new HeddleError('EMFILE', 'too many pings wait for an answer; abort some with their signal');
    let key: number | undefined;
    return new Promise<number>((resolve, reject) => {
      const abort = (): void => {
        if (key !== undefined) host.icmp.pings.cancel(key);
        reject(options.signal!.reason);
      };
      const settled = (): void => options.signal?.removeEventListener('abort', abort);
      const answered = (milliseconds: number): void => {
        settled();
        resolve(milliseconds);
      };
      const failed = (reason: 'unreachable' | 'closed'): void => {
        settled();
        reject(reason === 'closed' ? notRunning() : new HeddleError('EHOSTUNREACH', `${address} cannot be reached`));
      };
      enter((now) => {
        key = host.icmp.ping(from, to, now, { answered, failed });
      });
      options.signal?.addEventListener('abort', abort, { once: true });
    });
  }

  intercept(decide: (flow: NewFlow) => Claim | undefined): () => void {
    return this.#now().host.tcp.newcomers.interceptors.add(decide);
  }

  #now(): Running {
    const running = this.#running();
    if (running === undefined) throw notRunning();
    return running;
  }
}

function tupleFor(host: Host, to: Address, from: Address | undefined): FourTuple {
  const remote = addressOf(to.address);
  checkPort(to.port);
  const local = from?.address ? ownAddress(host, from.address) : undefined;
  const source = local ?? sourceOf(host, remote, to.address);
  if (source.length !== remote.length) throw new HeddleError('EINVAL', `${from?.address} and ${to.address} are not of one IP version`);
  const tupleWith = (localPort: number): FourTuple => ({ local: source, localPort, remote, remotePort: to.port });
  const isFree = (port: number): boolean => host.tcp.find(tupleWith(port)) === undefined;
  if (!from?.port) return tupleWith(freePort(host, isFree));
  const { port } = from;
  checkPort(port);
  if (!isFree(port))
    throw new HeddleError('EADDRINUSE', `port ${port} has a connection to ${to.address}:${to.port} already; choose another`);
  return tupleWith(port);
}

function addressOf(text: string): Bytes {
  const address = parseAddress(text);
  if (address === undefined) throw new HeddleError('HEDDLE_BAD_ADDRESS', `"${text}" is not an IP address; look names up first`);
  return address;
}

function checkPort(port: number): void {
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new HeddleError('ERR_SOCKET_BAD_PORT', `${port} is no port; give a whole number from 1 to 65535`);
}

/** Undefined for "any". */
function ownAddress(host: Host, text: string | undefined): Bytes | undefined {
  const address = text === undefined ? undefined : addressOf(text);
  if (address === undefined || address.every((byte) => byte === 0)) return undefined;
  if (!host.network.isOwn(address)) throw new HeddleError('EADDRNOTAVAIL', `${text} is not an address of this node`);
  return address;
}

function sourceOf(host: Host, to: Bytes, text: string): Bytes {
  const source = host.network.sourceFor(to);
  if (source === undefined) throw new HeddleError('ENETUNREACH', `no route of this node leads to ${text}`);
  return source;
}

function freePort(host: Host, isFree: (port: number) => boolean): number {
  const first = host.secrets.below(EPHEMERAL);
  for (let i = 0; i < EPHEMERAL; i++) {
    const port = FIRST_EPHEMERAL + ((first + i) % EPHEMERAL);
    if (isFree(port)) return port;
  }
  throw new HeddleError('EADDRNOTAVAIL', 'all ports towards there are in use; close some connections');
}

const CODES: Readonly<Record<FlowError, readonly [string, string]>> = {
  refused: ['ECONNREFUSED', 'refused the connection'],
  reset: ['ECONNRESET', 'reset the connection'],
  timeout: ['ETIMEDOUT', 'did not answer'],
  unreachable: ['EHOSTUNREACH', 'cannot be reached'],
  aborted: ['ECONNABORTED', 'was given up: the stack was closed'],
};

function connectError(error: FlowError, to: Address): HeddleError {
  const [code, text] = CODES[error];
  return new HeddleError(code, `${to.address} port ${to.port} ${text}`);
}
