import type { Flow, RelayNode, StreamSockets } from '@heddle/core';

/** For the network to answer, where the streams say nothing else. */
export const CONNECT_WITHIN = 1_500;

/** Ways to the relays: with TLS over real sockets, without over simulated ones. */
export interface RelayStreams {
  /** Milliseconds for the network to answer. Default 1,500: what stands between may need longer. */
  readonly connectWithin?: number | undefined;
  /**
   * A stream to the relay on which it can be asked for DERP. `connected` is called once the network has answered, before TLS. Rejects with a
   * RelayFault, or with the signal's reason.
   */
  open(node: RelayNode, signal: AbortSignal, connected: () => void): Promise<Flow>;
}

/** HTTP without TLS, over whichever sockets. */
export function plainStreams(sockets: StreamSockets): RelayStreams {
  return {
    async open(node, signal, connected) {
      const flow = await sockets.connect({ host: hostOf(node), port: node.derpPort ?? 443 }, { signal });
      connected();
      return flow;
    },
  };
}

/** An address that the map names spares the look-up. */
function hostOf({ ipv4, ipv6, hostName }: RelayNode): string {
  return [ipv4, ipv6].find((address) => address !== undefined && address !== 'none') ?? hostName;
}
