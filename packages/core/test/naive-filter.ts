import type { FilterRule } from '@heddle/core';
import type { PacketText } from './filter-packets.js';

/** The decision table row by row, over numbers and texts: slow, and for whole packets only. */
export function naiveVerdict(rules: readonly FilterRule[], own: readonly string[], packet: PacketText): boolean {
  const { protocol, from, to, icmp } = packet;
  const six = to.includes(':');
  if (protocol === 0 || protocol === 255) return false;
  if (!own.some((text) => inSet(text, to))) return false;
  if (protocol === 99) return true;
  if (protocol === 6 && ((packet.flags ?? 0) & 0x12) !== 0x02) return true;
  if (protocol === (six ? 58 : 1)) return isAnswer(six, icmp ?? [0, 0]) || rules.some((rule) => touches(rule, from, to));
  if ([6, 17, 132].includes(protocol)) return rules.some((rule) => speaksOf(rule, protocol) && opens(rule, packet));
  return rules.some((rule) => speaksOf(rule, protocol) && touches(rule, from, to, true));
}

function isAnswer(six: boolean, [type, code]: readonly [number, number]): boolean {
  if (type === (six ? 129 : 0)) return code === 0;
  return (six ? [1, 2, 3, 4] : [3, 11, 12]).includes(type);
}

function speaksOf(rule: FilterRule, protocol: number): boolean {
  return (rule.protocols ?? [6, 17, 1, 58]).includes(protocol);
}

function opens(rule: FilterRule, { from, to, port = 0 }: PacketText): boolean {
  if (!rule.sources.some((text) => inSet(text, from))) return false;
  return rule.destinations.some(({ addresses, ports }) => inSet(addresses, to) && ports.first <= port && port <= ports.last);
}

function touches(rule: FilterRule, from: string, to: string, allPorts = false): boolean {
  if (!rule.sources.some((text) => inSet(text, from))) return false;
  return rule.destinations.some(
    ({ addresses, ports }) => inSet(addresses, to) && (!allPorts || (ports.first === 0 && ports.last === 65_535)),
  );
}

/** Sets are `*`, an address, a prefix or a span; addresses are plain IPv4, or IPv6 with all eight groups. */
function inSet(text: string, address: string): boolean {
  if (text === '*') return true;
  if (text.includes(':') !== address.includes(':')) return false;
  const [first, last] = ends(text);
  const value = numberOf(address);
  return first <= value && value <= last;
}

function ends(text: string): readonly [bigint, bigint] {
  if (text.includes('-')) {
    const [first, last] = text.split('-');
    return [numberOf(first!), numberOf(last!)];
  }
  const [address, bits] = text.split('/');
  const width = address!.includes(':') ? 128 : 32;
  const hosts = (1n << BigInt(width - Number(bits ?? width))) - 1n;
  const value = numberOf(address!) & ~hosts;
  return [value, value | hosts];
}

function numberOf(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  return address.split(':').reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}
