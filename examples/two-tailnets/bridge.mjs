// @ts-check
import { pipeline } from 'node:stream/promises';

/**
 * Offers a service of one tailnet in another: whoever connects to `port` of the node `from` talks to `target`, which the node `to` reaches.
 * @param {{ from: import('@heddle/core/node').SocketNode, port: number }} offer
 * @param {{ to: import('@heddle/core/node').SocketNode, target: { host: string, port: number } }} service
 */
export function bridge({ from, port }, { to, target }) {
  return from.listen({ port, allowHalfOpen: true }, (guest) => {
    // Whom to let in is this line's business; what gets this far has passed the packet filter of the first tailnet.
    console.log(`${guest.whois?.peer.name ?? guest.remoteAddress} → ${target.host}:${target.port}`);
    const service = to.connect({ ...target, allowHalfOpen: true });
    // Each side may end before the other; when one breaks, so does the other.
    Promise.all([pipeline(guest, service), pipeline(service, guest)]).catch(() => {
      guest.destroy();
      service.destroy();
    });
  });
}
