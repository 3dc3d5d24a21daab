// @ts-check
// A WebSocket client on a host that is in the tailnet by other means.
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { serve } from './control-channel.mjs';

serve({
  /** @param {{ url: string, host: string }} params */
  async chat({ url, host }) {
    const socket = new WebSocket(url, { headers: { Host: host, 'Tailscale-User-Login': 'root@example.com' } });
    const headers = JSON.parse(String((await once(socket, 'message'))[0]));
    const sent = Buffer.alloc(200_000, 'x');
    socket.send(sent);
    const [echoed] = await once(socket, 'message');
    socket.close(1000);
    const [code] = await once(socket, 'close');
    return { headers, same: sent.equals(echoed), code };
  },

  /**
   * Opens so many connections to an echo and keeps them until all have an answer; how many had one, and how the others failed.
   * @param {{ host: string, port: number, count: number }} params
   */
  async crowd({ host, port, count }) {
    const sockets = Array.from({ length: count }, () => connect({ host, port }));
    const answers = sockets.map((socket) => {
      socket.write('?');
      return Promise.race([once(socket, 'data').then(() => 'served'), once(socket, 'close').then(() => 'closed')]).catch(
        ({ code }) => code,
      );
    });
    /** @type {Record<string, number>} */
    const tally = {};
    for (const answer of await Promise.all(answers)) tally[answer] = (tally[answer] ?? 0) + 1;
    for (const socket of sockets) socket.destroy();
    return tally;
  },
});
