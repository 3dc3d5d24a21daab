// @ts-check
// A tailnet in one process: a web server and a client begin over a relay, find the direct path, and lose it again.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { ts2021 } from '@heddle/control-ts2021';
import { through } from '@heddle/core';
import { createNode } from '@heddle/core/node';
import { startDevnet } from '@heddle/devnet';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { drop } from '@heddle/testing';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';

/** What every step may take. */
const PATIENCE = 20_000;
const colour = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const paint = (/** @type {number} */ code) => (/** @type {string} */ text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, green, yellow, grey] = [paint(1), paint(32), paint(33), paint(90)];
const began = performance.now();

/** @param {string} text */
function say(text) {
  console.log(`${grey(`${((performance.now() - began) / 1000).toFixed(1)} s`)}  ${text}`);
}

/** While true, nothing of either node leaves by UDP, as behind a strict firewall. */
let udpIsCut = true;

const devnet = await startDevnet();
const authKey = await devnet.authKey();
say(`${bold('devnet')}: control server, relay and STUN server at ${devnet.url}`);

/** @param {string} hostname */
function compose(hostname) {
  const firewall = drop(() => udpIsCut);
  return createNode({ hostname }, [
    ts2021({ url: devnet.url, authKey }),
    through(udp({ addresses: { v4: '127.0.0.1' } }), firewall),
    derp(),
    disco(),
    netstack(),
  ]);
}

const [web, laptop] = [compose('web'), compose('laptop')];
await Promise.all([web.start(), laptop.start()]);
const server = createServer((_request, response) => response.end('Hello from web'));
await once(web.listen({ port: 80 }, server), 'listening');
await arrival('laptop knows web', (done) =>
  laptop.netmap$.subscribe(({ map }) => void ([...map.peers].some(({ online, homeRelay }) => online && homeRelay) && done())),
);
say(`${bold('web')} and ${bold('laptop')} have joined; a firewall stops all UDP`);
await fetchByName();
// Steady traffic, so that a path that falls silent is noticed at once.
const heartbeat = setInterval(() => laptop.ping('web', { signal: AbortSignal.timeout(PATIENCE) }).catch(() => {}), 100);
await openFirewall();
udpIsCut = true;
say('the firewall shuts again');
await path('a path that is not direct', () => !isDirect());
await fetchByName();
clearInterval(heartbeat);
await Promise.all([web.close(), laptop.close()]);
await devnet.close();
say('Next: README.md, and examples/ for complete programs.');

/** Asks web over HTTP by its name, and tells which way the packets went. */
async function fetchByName() {
  const [asked, relayed] = [performance.now(), devnet.relayed];
  const request = get('http://web/', { agent: laptop.httpAgent(), signal: AbortSignal.timeout(PATIENCE) });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += part;
  const took = (performance.now() - asked).toFixed(0);
  const carried = devnet.relayed - relayed;
  const way = isDirect() ? green('directly') : yellow(`by relay, which carried ${carried} packets`);
  say(`  GET http://web/ → "${text}" in ${took} ms, ${way}`);
}

async function openFirewall() {
  udpIsCut = false;
  say('the firewall opens');
  await path('a direct path', isDirect);
  await fetchByName();
}

/** @param {string} what @param {() => boolean} isSo */
function path(what, isSo) {
  return arrival(what, (done) => laptop.paths$.subscribe(() => void (isSo() && done())));
}

/** UDP that answers; while it is silent the relay gets copies. */
function isDirect() {
  return laptop.status().peers.some(({ path, pathReason }) => path?.startsWith('udp:') && pathReason === 'direct: the path answers');
}

/**
 * Waits for an event of the node.
 * @param {string} what
 * @param {(done: () => void) => { unsubscribe(): void }} listen
 */
async function arrival(what, listen) {
  /** @type {{ unsubscribe(): void } | undefined} */
  let subscription;
  /** @type {NodeJS.Timeout | undefined} */
  let late;
  try {
    await new Promise((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`the demo waits in vain: ${what}`)), PATIENCE);
      subscription = listen(() => resolve(undefined));
    });
  } finally {
    clearTimeout(late);
    subscription?.unsubscribe();
  }
}
