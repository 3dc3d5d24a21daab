// @ts-check
// What a node records of its packets and flows, beside what others see.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { capture } from '../lib/capture.mjs';
import { command } from '../lib/command.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { directly, INNER, PORT, peerOf } from '../lib/tunnel.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {Awaited<ReturnType<typeof pair>>} Pair
 */

const TCP_PORT = 7_000;
const PINGS = 20;
/** Long enough for the largest transfer. */
const DEADLINE = 120_000;

/** Two nodes of ours, the second of which takes connections. @param {Lab} lab */
async function pair(lab) {
  const underlay = await directly(lab);
  const keys = { a: newKeyPair(), b: newKeyPair() };
  /** @param {'a' | 'b'} side @param {'a' | 'b'} other */
  const one = async (side, other) => {
    const { channel } = await nodeProcess(underlay[side], 'recording-node.mjs');
    const peer = { ...peerOf(other, keys[other].public), allowedIps: [`${INNER[other][4]}/32`] };
    await channel.request('start', { privateKey: keys[side].private, port: PORT, addresses: [`${INNER[side][4]}/24`], peer });
    return channel;
  };
  const [a, b] = [await one('a', 'b'), await one('b', 'a')];
  await b.request('listen', { port: TCP_PORT });
  return { ...underlay, nodes: { a, b } };
}

/** @param {Pair} pair @param {number} bytes */
async function send({ nodes }, bytes) {
  const { sent, arrived } = await nodes.a.request('send', { host: INNER.b[4], port: TCP_PORT, bytes }, { deadline: DEADLINE });
  assert.equal(arrived, sent, 'what was sent has arrived');
  return sent;
}

/**
 * Fields of packets as tshark reads them, one line each.
 * @param {string} file
 * @param {string} filter
 * @param {readonly string[]} fields
 */
async function read(file, filter, fields) {
  const text = await command(['tshark', '-r', file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]);
  return text.split('\n').filter((line) => line !== '');
}

/** With its usual buffer tcpdump loses packets of a burst on a busy machine. */
const ROOMY = ['-s', '2048', '-B', '32768'];
/** Packets that pass while the capture is being stopped. */
const LAST = 10;
const OUTER = ['ip.src', 'udp.srcport', 'ip.dst', 'udp.dstport', 'udp.payload'];

/** @param {Lab} lab */
export async function liveCapture(lab) {
  const site = await pair(lab);
  const file = lab.path('ours.pcapng');
  const tcpdump = await capture(site.a, 'eth0', `udp port ${PORT}`, ROOMY);
  await site.nodes.a.request('capture', { file });
  await site.nodes.a.request('follow');
  for (let i = 0; i < PINGS; i++) await site.nodes.a.request('ping', { address: INNER.b[4] });
  await until(lab, 'tshark reads what the running node captures', async () => (await site.nodes.a.request('followed')).length >= 2 * PINGS);
  const lines = await site.nodes.a.request('followed');
  assert.deepEqual(lines, new Array(2 * PINGS).fill(`path udp:10.77.0.2:${PORT} peer peer`));
  await site.nodes.a.request('stop', { what: 'follow' });
  await send(site, 300_000);
  const counts = await site.nodes.a.request('stop', { what: 'capture' });
  assert.equal(counts.dropped, 0);
  const ours = await read(file, 'frame.interface_name == "outer"', OUTER);
  await tcpdump.seen(ours.length);
  await tcpdump.stop();
  const theirs = await read(tcpdump.file, 'udp', OUTER);
  lab.note(`${ours.length} datagrams, ${counts.written} packets`);
  assert.ok(ours.length > 2 * PINGS + 200, 'a transfer was captured');
  const seen = new Set(theirs);
  assert.deepEqual(
    ours.filter((datagram) => !seen.has(datagram)),
    [],
  );
  const captured = new Set(ours);
  assert.deepEqual(
    theirs.slice(0, -LAST).filter((datagram) => !captured.has(datagram)),
    [],
  );
}

/**
 * Reads a log line by line, as its user would.
 * @param {string} file
 * @param {'in' | 'out'} direction of the bytes that are put together
 */
async function readLog(file, direction) {
  const hash = createHash('sha256');
  const seen = { lines: 0, bytes: 0, gaps: 0, largest: 0, opens: /** @type {any[]} */ ([]), closes: /** @type {any[]} */ ([]) };
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text);
    seen.lines++;
    if (line.event === 'open') seen.opens.push(line);
    if (line.event === 'close') seen.closes.push(line);
    if (line.event !== 'data' || line.direction !== direction) continue;
    const bytes = Buffer.from(line.data, 'base64');
    if (line.offset !== seen.bytes) seen.gaps++;
    seen.bytes = line.offset + bytes.length;
    seen.largest = Math.max(seen.largest, bytes.length);
    hash.update(bytes);
  }
  return { ...seen, sha256: hash.digest('hex') };
}

/** @param {Lab} lab @param {number} bytes */
export async function wholeLog(lab, bytes) {
  const site = await pair(lab);
  const files = { a: lab.path('a.jsonl'), b: lab.path('b.jsonl') };
  // A queue for all of it: what is asked here is whether every byte is right, not how fast a disk is.
  for (const side of /** @type {const} */ (['a', 'b'])) await site.nodes[side].request('log', { file: files[side], queueBytes: 4 * bytes });
  const sha256 = await send(site, bytes);
  const directions = /** @type {const} */ ({ a: 'out', b: 'in' });
  for (const side of /** @type {const} */ (['a', 'b'])) {
    const counts = await site.nodes[side].request('stop', { what: 'log' }, { deadline: DEADLINE });
    const log = await readLog(files[side], directions[side]);
    assert.equal(log.sha256, sha256, `the log of ${side} holds what was sent`);
    assert.deepEqual([log.gaps, counts.dropped, counts.written, log.bytes], [0, 0, log.lines, bytes]);
    assert.ok(log.largest <= 16_384);
    assert.equal(log.opens[0].peer.name, 'peer');
    assert.equal(log.closes[0].bytes[directions[side]], bytes);
    assert.equal((await stat(files[side])).mode & 0o777, 0o600);
  }
}

/** @param {Lab} lab */
export async function fullDisk(lab) {
  const disk = lab.path('disk');
  await mkdir(disk);
  await command(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  lab.defer(() => command(['umount', disk]));
  const site = await pair(lab);
  const file = `${disk}/log.jsonl`;
  await site.nodes.b.request('log', { file });
  await send(site, 5_000_000);
  const counts = await until(lab, 'lines are dropped', async () => {
    const now = await site.nodes.b.request('counts', { what: 'log' });
    return now.dropped > 0 && now;
  });
  await send(site, 100_000);
  await site.nodes.b.request('stop', { what: 'log' });
  const log = await readLog(file, 'in');
  lab.note(`${log.lines} lines on the disk, ${counts.dropped} dropped`);
  assert.ok(log.bytes < 5_000_000, 'not all of it is on the disk');
  const { drops, plugins } = await site.nodes.b.request('status');
  assert.deepEqual(drops, {});
  assert.ok(plugins.every((/** @type {any} */ plugin) => plugin.health.ok));
}
