import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Clock, RelayNode } from '@heddle/core';
import { SocketFlow, TrustedAuthorities } from '@heddle/core/node';
import { RelayFault } from '../fault.js';
import type { DerpSettings } from '../options.js';
import type { RelayStreams } from '../relay/relay-streams.js';
import { hashFault, type Proof, proofOf, tlsChecks } from './certificate.js';
import { hostPort, openTcp, quiet, type TcpTarget } from './open-tcp.js';
import { openTunnel } from './proxy-tunnel.js';

/** For a proxy to make a tunnel: it looks names up, asks others, and connects itself. */
const TUNNEL_WITHIN = 6_000;

export type NodeStreamsOptions = Pick<DerpSettings, 'proxy' | 'ca' | 'allowInsecure'> & { readonly clock: Pick<Clock, 'wall'> };

type Ground = Omit<NodeStreamsOptions, 'ca'> & { readonly trusted: TrustedAuthorities };

/** TLS over the sockets of Node, through an HTTP proxy where there is one. */
export function nodeStreams({ ca, ...options }: NodeStreamsOptions): RelayStreams {
  const ground: Ground = { ...options, trusted: new TrustedAuthorities(ca) };
  return {
    connectWithin: options.proxy && TUNNEL_WITHIN,
    async open(node, signal, connected) {
      const target = targetOf(node);
      const tcp = await reach(target, ground, signal);
      connected();
      if (signal.aborted) tcp.destroy();
      signal.throwIfAborted();
      return new SocketFlow(await secured(tcp, node, ground, signal), { buffers: 8 });
    },
  };
}

/** The addresses of the map are used instead of a look-up; `none` says that a family is not served. */
function targetOf({ hostName: host, ipv4, ipv6, derpPort: port = 443 }: RelayNode): TcpTarget {
  const addresses = [ipv4, ipv6].filter((address) => address !== undefined && address !== 'none') as string[];
  const only = ipv6 === 'none' ? 4 : ipv4 === 'none' ? 6 : undefined;
  return { host, port, addresses, ...(only !== undefined && { family: only }) };
}

async function reach(target: TcpTarget, { proxy, trusted }: Ground, signal: AbortSignal): Promise<Socket> {
  if (proxy === undefined) return openTcp(target, signal);
  const first = await openTcp({ host: proxy.host, port: proxy.port, addresses: [] }, signal);
  const hop = proxy.tls ? await handshake(first, proxy, { by: 'name', name: proxy.host }, trusted, signal) : first;
  return openTunnel(hop, { host: target.addresses[0] ?? target.host, port: target.port }, proxy, signal);
}

async function secured(tcp: Socket, node: RelayNode, { trusted, allowInsecure, clock }: Ground, signal: AbortSignal): Promise<TLSSocket> {
  const proof = proofOf(node, allowInsecure);
  const at = { host: node.hostName, port: node.derpPort ?? 443 };
  const socket = await handshake(tcp, at, proof, trusted, signal);
  const fault = proof.by === 'hash' ? hashFault(socket, proof.hash, node.hostName, clock.wall()) : undefined;
  if (fault === undefined) return socket;
  socket.destroy();
  throw new RelayFault('HEDDLE_DERP_CERTIFICATE', `${hostPort(at.host, at.port)}: ${fault}`);
}

function handshake(
  inner: Socket,
  { host, port }: { readonly host: string; readonly port: number },
  proof: Proof,
  trusted: TrustedAuthorities,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      socket: inner,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      secureContext: trusted.context,
      ...tlsChecks(proof),
    };
    const socket = quiet(connect(options));
    const stop = (): void => void socket.destroy(new Error('the time for it is over'));
    const leave = (): void => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      leave();
      inner.destroy();
      reject(signal.aborted ? signal.reason : tlsFault(error, host, port));
    });
    socket.once('secureConnect', () => {
      leave();
      resolve(socket);
    });
  });
}

/** Failures to verify have codes of OpenSSL; those of the connection are the system's. */
function tlsFault(error: NodeJS.ErrnoException, host: string, port: number): RelayFault {
  const ofNetwork = error.code === undefined || /^(ECONN|ETIMEDOUT|EPIPE|ENET|EHOST)/.test(error.code);
  const at = hostPort(host, port);
  if (ofNetwork) return new RelayFault('HEDDLE_DERP_UNREACHABLE', `no TLS with ${at}: ${error.code ?? error.message}`, error);
  return new RelayFault('HEDDLE_DERP_CERTIFICATE', `the certificate of ${at} is not accepted: ${error.code}`, error);
}
