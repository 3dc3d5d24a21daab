// @ts-check
// A tailnet of many peers that nobody runs, and changes of them without end.
import { createHash } from 'node:crypto';
import { pass, until } from '../lib/wait.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/control-server.mjs').ControlServer} ControlServer
 * @typedef {import('../lib/tailnet-node.mjs').TailnetNode} TailnetNode
 */

const FIRST_ID = 1_000;
/** Messages that go to the control server in one request. */
const AT_ONCE = 50;
const SECOND = 1_000;

/** @param {string} kind @param {number} n */
const key = (kind, n) => `${kind}:${createHash('sha256').update(`${kind} ${n}`).digest('hex')}`;

/** As tailcfg writes it. @param {number} n */
function peer(n) {
  const addresses = [`100.${65 + (n >> 14)}.${(n >> 7) & 127}.${(n & 127) + 1}/32`, `fd7a:115c:a1e0::${(n + 0x100).toString(16)}/128`];
  const ways = {
    Addresses: addresses,
    AllowedIPs: addresses,
    Endpoints: [`10.99.${n >> 8}.${n & 255}:41641`, '192.168.1.7:41641'],
    HomeDERP: 900,
  };
  const host = { Hostname: `host-${n}`, OS: 'linux', Services: [{ Proto: 'peerapi4', Port: 1_000 }] };
  const keys = { Key: key('nodekey', n), Machine: key('mkey', n), DiscoKey: key('discokey', n) };
  const about = { Name: `n${n}.lab.example.com.`, User: 123, Cap: 119, MachineAuthorized: true, Created: '2026-01-02T03:04:05Z' };
  return { ID: FIRST_ID + n, StableID: `n${n}`, ...about, ...keys, ...ways, Hostinfo: host, Online: true };
}

/**
 * Sends the node a map of so many peers; milliseconds until its netmap has them, with all that the server does for it.
 * @param {Lab} lab
 * @param {{ control: ControlServer, ours: TailnetNode }} tailnet
 * @param {number} count
 */
export async function wholeMap(lab, { control, ours }, count) {
  const message = { Peers: Array.from({ length: count }, (_, n) => peer(n)) };
  const began = Date.now();
  await control.ask('POST', `/nodes/${ours.name}/map`, message);
  const at = await until(lab, `all ${count} peers are there`, async () => {
    const latest = await ours.request('latest');
    return latest.peers === count && latest.at;
  });
  return at - began;
}

/**
 * So many messages a second, each with new endpoints of one peer.
 * @param {Lab} lab
 * @param {{ control: ControlServer, ours: TailnetNode }} tailnet
 * @param {{ peers: number, rate: number, seconds: number }} storm
 */
export async function patchStorm(lab, { control, ours }, { peers, rate, seconds }) {
  const before = (await ours.request('latest')).seq;
  await ours.request('watch');
  const began = performance.now();
  const count = rate * seconds;
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const messages = Array.from({ length: AT_ONCE }, (_, i) => patch((sent + i) % peers, sent + i));
    await control.ask('POST', `/nodes/${ours.name}/maps`, messages);
    const ahead = ((sent + AT_ONCE) / rate) * SECOND - (performance.now() - began);
    if (ahead > 0) await pass(lab, ahead);
  }
  await until(lab, 'every patch has come', async () => (await ours.request('latest')).seq - before >= count);
  const took = (performance.now() - began) / SECOND;
  return { ...(await ours.request('watched')), rate: count / took };
}

/** @param {number} n @param {number} port */
function patch(n, port) {
  return { PeersChangedPatch: [{ NodeID: FIRST_ID + n, Endpoints: [`10.99.0.1:${1 + (port % 65_000)}`] }] };
}
