// @ts-check
// A program that knows nothing of the tailnet is published in it: who asks is told to it, and nobody can pretend.
import assert from 'node:assert/strict';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core/node';
import { startDevnet } from '@heddle/devnet';
import { Serve, serve } from '@heddle/funnel';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';

// The program: a web server on a port of this machine.
const shop = http.createServer((request, response) => response.end(`${request.url} for ${request.headers['tailscale-user-login']}`));
const port = await new Promise((done) => {
  shop.listen(0, '127.0.0.1', () => done(/** @type {import('node:net').AddressInfo} */ (shop.address()).port));
});

// A tailnet in this process, and two nodes in it. The first publishes.
const devnet = await startDevnet();
const authKey = await devnet.authKey({ user: 'alice@example.com', reusable: true });
const compose = (/** @type {string} */ hostname, /** @type {import('@heddle/core').Plugin[]} */ ...more) =>
  createNode({ hostname }, [ts2021({ url: devnet.url, authKey }), udp({ addresses: { v4: '127.0.0.1' } }), netstack(), ...more]);
const web = compose(
  'web',
  serve({
    ports: {
      80: {
        http: {
          '/': port,
          '/about': { files: fileURLToPath(new URL('public', import.meta.url)) },
          '/whoami': (_request, response, visitor) => void response.end(visitor.whois?.peer.name),
        },
      },
    },
  }),
);
const visitor = compose('visitor');
await Promise.all([web.start(), visitor.start()]);
await new Promise((done) => {
  visitor.netmap$.subscribe(({ map }) => [...map.peers].some(({ endpoints }) => endpoints.length > 0) && done(undefined));
});

/** @param {string} path @param {RequestInit} [init] */
const page = async (path, init) => (await (await visitor.fetch(`http://web${path}`, init)).text()).trim();
const answer = await page('/basket', { headers: { 'Tailscale-User-Login': 'root@example.com' } });
console.log(answer);
assert.equal(answer, '/basket for alice@example.com');
assert.equal(await page('/about/hours.html'), '<h1>Opening hours</h1>');
assert.match(await page('/whoami'), /^visitor\./);

// While it runs: what is published can be read and changed, in the shape that `tailscale serve` has, too.
const published = web.get(Serve);
console.log(JSON.stringify(published.config().Web, undefined, 2));
await published.add(8080, { http: { text: 'closed for today' } });
assert.equal(await (await visitor.fetch('http://web:8080/')).text(), 'closed for today');

await Promise.all([web.close(), visitor.close()]);
await devnet.close();
shop.close();
shop.closeAllConnections();
