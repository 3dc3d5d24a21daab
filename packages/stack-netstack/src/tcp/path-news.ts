import type { PathNews } from '../icmp/icmp-layer.js';
import type { Network } from '../ip/network.js';
import type { Connection } from './connection.js';
import { payloadPerSegment } from './handshake.js';
import { isBefore } from './sequence.js';
import type { TcpLayer } from './tcp-layer.js';

/** RFC 5927: an ICMP error counts only when it quotes what is in flight; a hard one ends only a connection that is not open yet (RFC 5461). */
export function hearOfPath(tcp: TcpLayer, network: Network, news: PathNews, now: number): void {
  const connection = quotedConnection(tcp, news);
  if (connection === undefined) tcp.drop('icmp-not-ours');
  else if (news.kind === 'too-big') shrink(connection, network, news, now);
  else if (connection.state === 'SYN-SENT') connection.end(news.isPort ? 'refused' : 'unreachable');
}

function quotedConnection(tcp: TcpLayer, { quoted }: PathNews): Connection | undefined {
  const { source, destination, sourcePort, destinationPort, sequence } = quoted;
  if (sourcePort === undefined || destinationPort === undefined || sequence === undefined) return undefined;
  const connection = tcp.find({ local: source, localPort: sourcePort, remote: destination, remotePort: destinationPort });
  if (connection === undefined) return undefined;
  const { unacknowledged, next } = connection.send;
  return isBefore(sequence, unacknowledged) || !isBefore(sequence, next) ? undefined : connection;
}

/** E.2 #43: smaller segments from now on, what is under way again at once, and no word to congestion control. */
function shrink(connection: Connection, network: Network, news: PathNews, now: number): void {
  network.paths.learn(news.quoted.destination, news.mtu, now);
  const segment = payloadPerSegment(connection);
  if (segment >= connection.recovery.segment) return;
  connection.recovery.resize(segment);
  connection.recovery.tooBig();
  connection.host.wake(connection);
}
