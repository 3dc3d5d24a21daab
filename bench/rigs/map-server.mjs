// @ts-check
// A control server with a large map whose bytes are ready before anybody asks: node map-server.mjs PEERS. Answers questions of its parent.
import { mapPatch, mapPeer } from './map-texts.mjs';
import { sourceBundle } from './source-bundle.mjs';

const { SocketServer, selfOf } = await sourceBundle('packages/control-ts2021/test/socket-server.ts');
const PEERS = Number(process.argv[2]);
const SECOND = 1_000;
/** Milliseconds between two bursts of a storm. */
const TICK = 10;

const peers = Buffer.from(`,"Peers":${JSON.stringify(Array.from({ length: PEERS }, (_, n) => mapPeer(n)))}}`);
const server = new SocketServer();
/** Wall-clock milliseconds when the first byte of the map was written. */
let wroteAt = 0;
server.poll = (/** @type {object} */ body) => {
  const map = frame(Buffer.concat([Buffer.from(`{"Node":${JSON.stringify(selfOf(body))}`), peers]));
  wroteAt = performance.timeOrigin + performance.now();
  return map;
};
const port = await server.listen();

process.on('message', async (/** @type {{ ask: string, seconds?: number, rate?: number }} */ question) => {
  if (question.ask === 'wrote') process.send?.({ wroteAt });
  if (question.ask === 'storm') process.send?.({ sent: await storm(question.rate ?? 1, question.seconds ?? 1) });
});
process.send?.({ port, bytes: peers.length });

/**
 * So many patches a second, each of another peer in its own frame.
 * @param {number} rate
 * @param {number} seconds
 */
async function storm(rate, seconds) {
  const count = rate * seconds;
  const began = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, Math.ceil(((performance.now() - began) / SECOND) * rate));
    for (; sent < due; sent++) server.send(frame(Buffer.from(JSON.stringify(mapPatch(sent % PEERS, sent)))));
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
  return count;
}

/** @param {Buffer} text */
function frame(text) {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return Buffer.concat([head, text]);
}
