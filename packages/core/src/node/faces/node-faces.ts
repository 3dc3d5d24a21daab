import type { RemoteInfo } from 'node:dgram';
import type { EventEmitter } from 'node:events';
import type { Agent, AgentOptions } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions as HttpsAgentOptions } from 'node:https';
import type { FlowLayer } from '../../contracts/flows.js';
import type { HeddleNode } from '../../heddle-node/heddle-node.js';
import { FlowHttpAgent, FlowHttpsAgent } from './agents.js';
import { EventLoopHold } from './event-loop-hold.js';
import { type DatagramGround, type DatagramOptions, FlowDatagramSocket } from './flow-datagram-socket.js';
import { FlowServer, type ServerGround, type ServerOptions } from './flow-server.js';
import { FlowSocket } from './flow-socket.js';
import type { ListenOptions } from './listen-arguments.js';
import { type LookupFunction, tailnetLookup } from './lookup.js';
import { quietTimers, type Timers } from './quiet-timers.js';
import { ReadSpace } from './read-space.js';
import { servedBy } from './served-by.js';
import type { ConnectOptions, SocketOptions } from './socket-arguments.js';
import { type Dispatcher, installedUndici, type Undici, undiciConnector } from './undici.js';

export interface FacesOptions {
  /** Time for timeouts and Happy Eyeballs. Default: Node's timers, none of which keeps the process alive. */
  readonly timers?: Timers;
  /** Asked for names that the tailnet does not know, such as dns.lookup behind an exit node. Default: they are ENOTFOUND. */
  readonly lookup?: LookupFunction;
  /** Default: the undici package that is installed, loaded at the first use. */
  readonly undici?: Undici;
}

/** Options of undici's Agent, and for TLS those of tls.connect. */
export interface DispatcherOptions {
  readonly tls?: object;
  readonly [option: string]: unknown;
}

/** What takes connections: a function, or a server of Node such as that of http.createServer. */
export type Connections = ((socket: FlowSocket) => void) | EventEmitter;

export type OnMessage = (message: Buffer, from: RemoteInfo) => void;

/** As dgram.createSocket and socket.bind take them. */
export type BindOptions = DatagramOptions & { readonly port?: number; readonly address?: string };

/** The node with the habits of Node: everything goes over the tailnet, and names are those of its peers. */
export interface NodeFaces {
  /** As net.connect. */
  connect(options: ConnectOptions & SocketOptions, ready?: () => void): FlowSocket;
  /** As new net.Socket: connect it later. */
  socket(options?: SocketOptions): FlowSocket;
  /** As net.createServer(...).listen(options). */
  listen(options: ListenOptions & ServerOptions, connections?: Connections): FlowServer;
  /** As net.createServer: listens later. */
  server(options?: ServerOptions, connections?: Connections): FlowServer;
  /** As dgram.createSocket(...).bind(options). */
  bindUdp(options?: BindOptions, onMessage?: OnMessage): FlowDatagramSocket;
  /** As dgram.createSocket: binds later, or when it first sends. */
  datagramSocket(options?: DatagramOptions, onMessage?: OnMessage): FlowDatagramSocket;
  /** As dns.lookup. */
  readonly lookup: LookupFunction;
  httpAgent(options?: AgentOptions): Agent;
  httpsAgent(options?: HttpsAgentOptions): HttpsAgent;
  /** An undici Agent of its own, for `fetch(url, { dispatcher })` and for undici's clients. Close it when done. */
  dispatcher(options?: DispatcherOptions): Dispatcher;
  /** As the global fetch. All calls share one pool of connections. */
  readonly fetch: typeof globalThis.fetch;
}

/** What faces ask of a node. */
export type FacedNode = Pick<HeddleNode, 'flows' | 'lookup'> & Partial<Pick<HeddleNode, 'state$' | 'whois'>>;

/** Puts Node's sockets, servers, agents and fetch on a node. Opens nothing by itself; what is opened ends with the node. */
export function nodeFaces(node: FacedNode, options: FacesOptions = {}): NodeFaces {
  return new Faces(node, options);
}

class Faces implements NodeFaces {
  readonly lookup: LookupFunction;
  readonly #ground: ServerGround & DatagramGround;
  readonly #undici: () => Undici;
  #shared: Dispatcher | undefined;

  constructor(node: FacedNode, options: FacesOptions) {
    this.lookup = tailnetLookup((name) => node.lookup(name), options.lookup);
    this.#undici = () => options.undici ?? installedUndici();
    this.#ground = {
      flows: flowsOf(node),
      lookup: this.lookup,
      timers: options.timers ?? quietTimers,
      hold: new EventLoopHold(),
      space: new ReadSpace(),
      whois: (address) => node.whois?.(address),
    };
    node.state$?.subscribe({ complete: () => this.#ground.hold.closeAll() });
  }

  readonly connect = (options: ConnectOptions & SocketOptions, ready?: () => void): FlowSocket =>
    this.socket(options).connect(options, ready);

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const fetch = this.#undici().fetch ?? globalThis.fetch;
    this.#shared ??= this.dispatcher();
    return fetch(input, { ...init, dispatcher: this.#shared } as RequestInit);
  };

  readonly socket = (options?: SocketOptions): FlowSocket => new FlowSocket(this.#ground, options);

  readonly server = (options?: ServerOptions, connections?: Connections): FlowServer =>
    typeof connections === 'object' && connections !== null
      ? servedBy(connections, this.#ground, options)
      : new FlowServer(this.#ground, options, connections);

  readonly listen = (options: ListenOptions & ServerOptions, connections?: Connections): FlowServer =>
    this.server(options, connections).listen(options);

  readonly datagramSocket = (options?: DatagramOptions, onMessage?: OnMessage): FlowDatagramSocket =>
    new FlowDatagramSocket(this.#ground, options, onMessage);

  readonly bindUdp = (options: BindOptions = {}, onMessage?: OnMessage): FlowDatagramSocket =>
    this.datagramSocket(options, onMessage).bind(options);

  readonly httpAgent = (options?: AgentOptions): Agent => new FlowHttpAgent(this.connect, options);

  readonly httpsAgent = (options?: HttpsAgentOptions): HttpsAgent => new FlowHttpsAgent(this.connect, options);

  readonly dispatcher = ({ tls = {}, ...options }: DispatcherOptions = {}): Dispatcher => {
    const { Agent } = this.#undici();
    return new Agent({ ...options, connect: undiciConnector(this.connect, tls) } as never) as Dispatcher;
  };
}

/** Asked for at each call: before the start of a node, and after its end, there are none, and that is an error of the call. */
function flowsOf(node: Pick<HeddleNode, 'flows'>): Pick<FlowLayer, 'connect' | 'listen' | 'bindUdp'> {
  return {
    connect: (...call) => node.flows.connect!(...call),
    listen: (...call) => node.flows.listen!(...call),
    bindUdp: (...call) => node.flows.bindUdp!(...call),
  };
}
