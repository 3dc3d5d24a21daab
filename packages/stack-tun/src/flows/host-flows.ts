import { once } from 'node:events';
import { createServer, connect as dial, isIP, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Address, type Flow, type FlowLayer, type FlowListener, HeddleError } from '@heddle/core';
import { bindAll, DatagramPort, type ReceiveDatagram } from './datagram-ports.js';
import { ping } from './ping.js';
import { SocketFlow } from './socket-flow.js';

const ANY: ReadonlySet<string | undefined> = new Set([undefined, '', '0.0.0.0', '::']);

/** Connections, ports and pings by the kernel. What listens does so on the interface's own addresses, not on those of the machine. */
export class HostFlows implements FlowLayer {
  readonly #link: () => string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #servers = new Set<Server>();
  readonly #ports = new Set<DatagramPort>();
  readonly #pings = new Set<AbortController>();

  constructor(link: () => string | undefined) {
    this.#link = link;
  }

  async connect(to: Address, options: { readonly signal?: AbortSignal; readonly from?: Address } = {}): Promise<Flow> {
    options.signal?.throwIfAborted();
    this.#running();
    requireAddress(to.address);
    const { from, signal } = options;
    const local = from && { ...(!ANY.has(from.address) && { localAddress: from.address }), ...(from.port > 0 && { localPort: from.port }) };
    const socket = this.#keep(dial({ host: to.address, port: to.port, allowHalfOpen: true, ...local }));
    try {
      await once(socket, 'connect', signal && { signal });
      return new SocketFlow(socket);
    } catch (fault) {
      socket.on('error', () => {}).destroy();
      throw signal?.aborted ? signal.reason : fault;
    }
  }

  async listen(
    at: { readonly address?: string; readonly port: number; readonly backlog?: number },
    accept: (flow: Flow) => void,
  ): Promise<FlowListener> {
    const servers: Server[] = [];
    let { port } = at;
    const close = async (): Promise<void> => {
      for (const server of servers) this.#stop(server);
    };
    try {
      for (const host of this.#own(at.address)) {
        const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => accept(new SocketFlow(this.#keep(socket))));
        this.#servers.add(server);
        servers.push(server);
        server.listen({ host, port, exclusive: true, ...(at.backlog !== undefined && { backlog: at.backlog }) });
        await once(server, 'listening');
        ({ port } = server.address() as Address & { family: string });
      }
    } catch (fault) {
      await close();
      throw fault;
    }
    return { at: { address: at.address ?? '0.0.0.0', port }, close };
  }

  async bindUdp(at: { readonly address?: string; readonly port?: number }, receive: ReceiveDatagram): Promise<DatagramPort> {
    const sockets = await bindAll(this.#own(at.address), at.port ?? 0, receive);
    const place = { address: at.address ?? '0.0.0.0', port: sockets[0]!.address().port };
    const port = new DatagramPort(place, sockets, (closed) => this.#ports.delete(closed));
    this.#ports.add(port);
    return port;
  }

  async ping(address: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<number> {
    signal?.throwIfAborted();
    this.#running();
    requireAddress(address);
    const ends = new AbortController();
    this.#pings.add(ends);
    try {
      return await ping(address, signal === undefined ? ends.signal : AbortSignal.any([signal, ends.signal]));
    } finally {
      this.#pings.delete(ends);
    }
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    for (const ends of this.#pings) ends.abort(notRunning());
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) this.#stop(server);
    await Promise.all([...this.#ports].map((port) => port.close()));
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.once('close', () => this.#sockets.delete(socket));
  }

  /** What was accepted lives on, so this does not wait for Node's event, which does. */
  #stop(server: Server): void {
    this.#servers.delete(server);
    server.close();
  }

  #running(): string {
    const link = this.#link();
    if (link === undefined) throw notRunning();
    return link;
  }

  /** The addresses to listen on. */
  #own(address: string | undefined): readonly string[] {
    const link = this.#running();
    if (address !== undefined && !ANY.has(address)) return [requireAddress(address)];
    const own = (networkInterfaces()[link] ?? []).filter(({ scopeid }) => !scopeid).map((entry) => entry.address);
    if (own.length === 0) throw new HeddleError('EADDRNOTAVAIL', `the interface ${link} has no address to listen on; wait for one`);
    return own;
  }
}

function requireAddress(text: string): string {
  if (isIP(text) === 0) throw new HeddleError('HEDDLE_BAD_ADDRESS', `"${text}" is not an IP address; look names up first`);
  return text;
}

function notRunning(): HeddleError {
  return new HeddleError('HEDDLE_NOT_RUNNING', 'the TUN stack does not run; start the node first');
}
