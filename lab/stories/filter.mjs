// @ts-check
// The same packets through our filter and through tailscaled's.
import assert from 'node:assert/strict';
import { command } from '../lib/command.mjs';
import { importSources } from '../lib/typescript.mjs';
import { program } from '../peers.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('@heddle/core').FilterRule} FilterRule
 * @typedef {Record<string, readonly string[]>} CapabilitiesOf names by address
 *
 * @typedef {object} World
 * @property {readonly FilterRule[]} rules
 * @property {readonly string[]} own addresses and routes of the node
 * @property {CapabilitiesOf} caps
 * @property {readonly Uint8Array[]} sent before
 * @property {readonly Uint8Array[]} packets that come in, each alone
 */

/** Our filter, and its unit tests' rule sets and packets. @param {Lab} lab */
export function ourFilter(lab) {
  const files = ['src/filter/packet-judge.ts', 'src/filter/rules.ts', 'test/filter-cases.ts', 'test/filter-packets.ts'];
  return importSources(
    lab,
    files.map((file) => `packages/core/${file}`),
  );
}

/**
 * What tailscaled's filter accepts in each world.
 * @param {Lab} lab
 * @param {readonly World[]} worlds
 * @returns {Promise<boolean[][]>}
 */
export async function theirVerdicts(lab, worlds) {
  const input = worlds.map((world) => JSON.stringify(question(world))).join('\n');
  const out = await command([await program('filter')], { input, signal: lab.signal });
  const answers = out.trimEnd().split('\n');
  assert.equal(answers.length, worlds.length);
  return answers.map((line) => JSON.parse(line).accepted);
}

/**
 * What ours accepts in one world.
 * @param {any} ours
 * @param {World} world
 * @returns {boolean[]}
 */
export function ourVerdicts(ours, { rules, own, caps, sent, packets }) {
  const has = (/** @type {string} */ name, /** @type {4 | 6} */ version, /** @type {Uint8Array} */ slab, /** @type {number} */ source) =>
    Object.entries(caps).some(([address, names]) => names.includes(name) && ours.setOf([address]).contains(version, slab, source));
  const policy = { rules: new ours.CompiledRules({ rules }), own: ours.setOf(own) };
  return packets.map((packet) => {
    const judge = new ours.PacketJudge();
    judge.use(policy);
    for (const one of sent) judge.sent(one, 0, one.length);
    return judge.accepts(packet, 0, packet.length, false, has);
  });
}

/** @param {World} world */
function question({ rules, own, caps, sent, packets }) {
  return { rules: rules.map(tailcfgRule), own, caps, sent: sent.map(hex), packets: packets.map(hex) };
}

/** @param {FilterRule} rule */
function tailcfgRule({ sources, destinations, protocols }) {
  return {
    SrcIPs: sources,
    DstPorts: destinations.map(({ addresses, ports }) => ({ IP: addresses, Ports: { First: ports.first, Last: ports.last } })),
    // What is no integer is no JSON that Go reads; ours leaves it out, too.
    IPProto: protocols?.filter(Number.isInteger).concat(protocols.length === 0 ? [-1] : []),
  };
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Where ours is meant to differ. ICMP parameter problem is type 12 (RFC 792), which tailscaled reads as 0x12; and a TSMP message in fragments,
 * which neither takes over IPv4, ours does not take over IPv6 either.
 * @param {Uint8Array} packet
 */
export function isKnownDifference(packet) {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4) return packet[9] === 1 && [12, 0x12].includes(packet[20] ?? 0);
  return packet[6] === 44 && packet[40] === 99 && ((packet[43] ?? 0) & 1) === 1;
}

const ADDRESSES = ['100.64.0.1', '100.64.0.2', '100.64.0.3', '192.168.5.10', '203.0.113.9', '169.254.169.254', '224.0.0.1'];
const ADDRESSES6 = ['fd7a:115c:a1e0::1', 'fd7a:115c:a1e0::2', 'fd7a:115c:a1e0::3', '2001:db8::5', 'fe80::1', 'ff02::1'];
const SETS = ['*', '100.64.0.0/10', 'fd7a:115c:a1e0::/48', '100.64.0.2-100.64.0.9', 'fd7a:115c:a1e0::2-fd7a:115c:a1e0::9', '0.0.0.0/1'];
const SETS_IN_ERROR = ['100.64.0.1/10', 'somebody', '100.64.0.9-100.64.0.2', '', '1.2.3'];
const CAPABILITIES = ['example.com/cap/a', 'example.com/cap/b'];
const PROTOCOLS = [6, 17, 1, 58, 132, 99, 47, 0, 2, 255];
const PORTS = [0, 22, 53, 80, 443, 65_535];
const FLAGS = [0x02, 0x12, 0x10, 0x04, 0xc2, 0];
const ICMP_TYPES = [0, 3, 5, 8, 11, 12, 128, 129, 1, 2];

/**
 * @param {import('./codec.mjs').Draw} draw
 * @param {(text: object) => Uint8Array} packetOf
 * @param {number} packets
 * @returns {World}
 */
export function randomWorld(draw, packetOf, packets) {
  const dice = new Dice(draw);
  const packet = () => damaged(dice, packetOf(randomPacket(dice)));
  return {
    rules: dice.some(4, () => randomRule(dice)),
    own: [
      '100.64.0.1/32',
      'fd7a:115c:a1e0::1/128',
      ...dice.some(2, () => dice.one(['192.168.5.0/24', '2001:db8::/32', '169.254.169.254/32'])),
    ],
    caps: { '100.64.0.2': [dice.one(CAPABILITIES)], 'fd7a:115c:a1e0::2': [dice.one(CAPABILITIES)] },
    sent: dice.some(3, packet),
    packets: Array.from({ length: packets }, packet),
  };
}

/** @param {Dice} dice @returns {FilterRule} */
function randomRule(dice) {
  const set = () => dice.one([...SETS, ...ADDRESSES, ...ADDRESSES6, ...(dice.below(8) === 0 ? SETS_IN_ERROR : [])]);
  const source = () => (dice.below(6) === 0 ? `cap:${dice.one(CAPABILITIES)}` : set());
  const destination = () => ({ addresses: set(), ports: randomPorts(dice) });
  const protocols = dice.below(3) === 0 ? {} : { protocols: dice.some(4, () => dice.one([...PROTOCOLS, -1, 256])) };
  return { sources: dice.some(3, source), destinations: dice.some(3, destination), ...protocols };
}

/** @param {Dice} dice */
function randomPorts(dice) {
  const [one, other] = [dice.one(PORTS), dice.one(PORTS)];
  const [first, last] = dice.below(3) === 0 ? [0, 65_535] : [one, other];
  return { first, last };
}

/** @param {Dice} dice */
function randomPacket(dice) {
  const pool = dice.below(2) === 0 ? ADDRESSES : ADDRESSES6;
  const more = dice.below(2) === 0;
  const fragment = dice.below(5) === 0 ? { fragment: { id: dice.below(9), offset: dice.one([0, 0, 1, 5, 9, 10, 11, 200]), more } } : {};
  const to = dice.below(3) === 0 ? dice.one(pool) : pool[0];
  const upper = {
    sourcePort: dice.one(PORTS),
    port: dice.one(PORTS),
    flags: dice.one(FLAGS),
    length: dice.one([40, 40, 40, 20, 12, 8, 7, 4, 0]),
  };
  const protocol = dice.one(PROTOCOLS);
  const icmp = protocol === 1 || protocol === 58 ? { icmp: [dice.one(ICMP_TYPES), dice.below(2)] } : {};
  return { from: dice.one(pool), to, protocol, ...upper, ...icmp, ...fragment };
}

/**
 * Cut, or with one byte changed, as often as not. The first byte stays: ours refuses headers shorter than IPv4 has, tailscaled reads on.
 * @param {Dice} dice
 * @param {Uint8Array} packet
 */
function damaged(dice, packet) {
  const how = dice.below(4);
  if (how === 0) return packet.slice(0, dice.below(packet.length + 1));
  if (how === 1) packet[1 + dice.below(packet.length - 1)] = dice.below(256);
  return packet;
}

/** Choices by a seed. */
class Dice {
  /** @param {import('./codec.mjs').Draw} draw */
  constructor(draw) {
    this.draw = draw;
  }

  /** @param {number} limit */
  below(limit) {
    return this.draw(4).readUInt32LE() % limit;
  }

  /** @template T @param {readonly T[]} from @returns {T} */
  one(from) {
    return /** @type {T} */ (from[this.below(from.length)]);
  }

  /** @template T @param {number} most @param {() => T} make */
  some(most, make) {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}
