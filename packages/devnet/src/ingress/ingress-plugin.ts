import {
  type Address,
  definePlugin,
  type Flow,
  HeddleError,
  optional,
  type Plugin,
  provide,
  type StreamSockets,
  type Token,
  Tokens,
  token,
} from '@heddle/core';
import { DEVNET_ERRORS } from '../errors.js';
import { DEFAULT_INGRESS_LIMITS, type IngressLimits } from './ingress-limits.js';
import { type IngressCounts, IngressRelay } from './ingress-relay.js';

/** A port where visitors come. */
export interface IngressPort {
  /** IP address; all of them by default. */
  readonly address?: string;
  /** 0: any. */
  readonly port: number;
  /** The port that nodes are told, when it is another one than visitors came to. */
  readonly target?: number;
}

export interface IngressOptions {
  /** Default: port 443 of all addresses. */
  readonly listen?: readonly IngressPort[];
  readonly limits?: Partial<IngressLimits>;
}

/** What a running ingress relay shows. */
export interface IngressService {
  /** Where it listens, in the order of the option. */
  readonly listening: readonly Address[];
  /** Visitors now. */
  readonly visitors: number;
  readonly counts: IngressCounts;
}

/** The ingress relay of a node. */
export const Ingress: Token<IngressService> = token('@heddle/devnet/Ingress');

type Listen = StreamSockets['listen'];

/** Makes a node the ingress relay of its tailnet, over the sockets of the node or else by `listen`. */
export function ingressPlugin({ listen = [{ port: 443 }], limits }: IngressOptions, machine: Listen): Plugin {
  const { Node, Flows, Clock, StreamSockets } = Tokens;
  return definePlugin({
    name: '@heddle/devnet/ingress',
    errors: DEVNET_ERRORS,
    provides: [
      provide(
        Ingress,
        [Node, Flows, Clock, optional(StreamSockets)],
        (node, flows, clock, sockets) => {
          const relay = new IngressRelay({ node, flows, clock, limits: { ...DEFAULT_INGRESS_LIMITS, ...limits } });
          return new IngressDoors(relay, listen, sockets?.listen.bind(sockets) ?? machine);
        },
        { start: (doors) => (doors as IngressDoors).open(), stop: (doors) => (doors as IngressDoors).close() },
      ),
    ],
    requires: [
      {
        capability: 'stack.tcp',
        because: 'it connects to nodes of the tailnet',
        cure: 'Add netstack() of @heddle/stack-netstack',
      },
    ],
  });
}

/** The public ports of an ingress relay. */
class IngressDoors implements IngressService {
  readonly #relay: IngressRelay;
  readonly #wanted: readonly IngressPort[];
  readonly #listen: Listen;
  #open: readonly { readonly at: Address; close(): Promise<void> }[] = [];

  constructor(relay: IngressRelay, wanted: readonly IngressPort[], listen: Listen) {
    this.#relay = relay;
    this.#wanted = wanted;
    this.#listen = listen;
  }

  get listening(): readonly Address[] {
    return this.#open.map(({ at }) => at);
  }
  get visitors(): number {
    return this.#relay.visitors;
  }
  get counts(): IngressCounts {
    return this.#relay.counts;
  }

  async open(): Promise<void> {
    for (const { address = '::', port, target } of this.#wanted) {
      const receive = (visitor: Flow): void => this.#relay.receive(visitor, target ?? visitor.local.port);
      this.#open = [...this.#open, await this.#listenAt({ address, port }, receive)];
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    this.#relay.close();
    await Promise.all(open.map((door) => door.close()));
  }

  async #listenAt(at: Address, receive: (visitor: Flow) => void): ReturnType<Listen> {
    try {
      return await this.#listen(at, receive);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new HeddleError('HEDDLE_DEVNET_OPTIONS', `ingress: no visitors at ${at.address} port ${at.port}: ${why}`, { cause });
    }
  }
}
