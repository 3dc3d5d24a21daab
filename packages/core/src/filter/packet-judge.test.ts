import { formatAddress, parseAddress } from '@heddle/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALWAYS, CAPABILITY_OF_A, FILTER_CASES, FLOWS, OURS } from '../../test/filter-cases.js';
import { type PacketText, packetOf } from '../../test/filter-packets.js';
import { naiveVerdict } from '../../test/naive-filter.js';
import type { FilterRule } from '../contracts/netmap.js';
import { NO_CAPABILITIES, PacketJudge } from './packet-judge.js';
import { CompiledRules, type HasCapability, setOf } from './rules.js';

const ADDRESSES_OF_A = setOf(['100.64.0.2', 'fd7a:115c:a1e0::2']);
const capabilityOfA: HasCapability = (name, version, slab, source) =>
  name === CAPABILITY_OF_A && ADDRESSES_OF_A.contains(version, slab, source);

function judgeOf(rules: readonly FilterRule[] | undefined, own: readonly string[] = OURS): PacketJudge {
  const judge = new PacketJudge();
  judge.use({ rules: rules && new CompiledRules({ rules }), own: setOf(own) });
  return judge;
}

const comesIn = (judge: PacketJudge, text: PacketText, { jailed = false, has = NO_CAPABILITIES } = {}): boolean => {
  const packet = packetOf(text);
  return judge.accepts(packet, 0, packet.length, jailed, has);
};

function goesOut(judge: PacketJudge, text: PacketText): void {
  const packet = packetOf(text);
  judge.sent(packet, 0, packet.length);
}

describe('A4: rule sets and flows, as decided by the official client', () => {
  for (const { says, rules, accepts } of FILTER_CASES)
    test(says, () => {
      const accepted = Object.keys(FLOWS).filter((flow) => comesIn(judgeOf(rules), FLOWS[flow]!, { has: capabilityOfA }));
      expect(accepted.filter((flow) => !ALWAYS.includes(flow)).join(' ')).toBe(accepts);
      expect(ALWAYS.filter((flow) => !accepted.includes(flow))).toEqual([]);
    });
});

describe('replies', () => {
  const query: PacketText = { from: '100.64.0.1', to: '100.64.0.2', protocol: 17, sourcePort: 5_353, port: 53 };
  const answer: PacketText = { from: '100.64.0.2', to: '100.64.0.1', protocol: 17, sourcePort: 53, port: 5_353 };

  test('A4: a datagram comes in when its reverse went out before, and not otherwise', () => {
    const judge = judgeOf([]);
    expect(comesIn(judge, answer)).toBe(false);
    goesOut(judge, query);
    expect(comesIn(judge, answer)).toBe(true);
    expect(comesIn(judge, { ...answer, port: 5_354 })).toBe(false);
    expect(comesIn(judge, { ...answer, sourcePort: 54 })).toBe(false);
    expect(comesIn(judge, { ...answer, from: '100.64.0.3' })).toBe(false);
    expect(comesIn(judge, { ...answer, protocol: 132 })).toBe(false);
  });

  test('what was sent over IPv6 and over SCTP is remembered too', () => {
    const judge = judgeOf([]);
    const [ours, theirs] = ['fd7a:115c:a1e0::1', 'fd7a:115c:a1e0::2'];
    for (const protocol of [17, 132]) {
      goesOut(judge, { from: ours, to: theirs, protocol, sourcePort: 7, port: 8 });
      expect(comesIn(judge, { from: theirs, to: ours, protocol, sourcePort: 8, port: 7 })).toBe(true);
    }
  });

  test('other rules do not end what was begun, and neither do shields or a jail', () => {
    const judge = judgeOf([]);
    goesOut(judge, query);
    judge.use({ rules: undefined, own: setOf(OURS) });
    expect(comesIn(judge, answer)).toBe(true);
    expect(comesIn(judge, answer, { jailed: true })).toBe(true);
  });

  test('the last 512 tuples are remembered, and use keeps one', () => {
    const judge = judgeOf([]);
    goesOut(judge, query);
    for (let i = 1; i < 512; i++) goesOut(judge, { ...query, sourcePort: 10_000 + i });
    expect(comesIn(judge, answer)).toBe(true);
    goesOut(judge, { ...query, sourcePort: 20_000 });
    expect(comesIn(judge, answer)).toBe(true);
    for (let i = 0; i < 512; i++) goesOut(judge, { ...query, sourcePort: 30_000 + i });
    expect(comesIn(judge, answer)).toBe(false);
  });
});

describe('special states', () => {
  const ssh = FLOWS['a-ssh']!;
  const open: FilterRule[] = [{ sources: ['*'], destinations: [{ addresses: '*', ports: { first: 0, last: 65_535 } }] }];

  test('A4: before there are rules nothing is let in but answers', () => {
    const judge = judgeOf(undefined);
    expect(Object.keys(FLOWS).filter((flow) => comesIn(judge, FLOWS[flow]!))).toEqual(
      ALWAYS.filter((flow) => flow !== 'a-fragment-later' && flow !== 'a6-fragment-later'),
    );
  });

  test('a peer in jail opens nothing, whatever the rules and its capabilities say', () => {
    const judge = judgeOf([...open, { ...open[0]!, sources: [`cap:${CAPABILITY_OF_A}`] }]);
    expect(comesIn(judge, ssh, { jailed: true, has: capabilityOfA })).toBe(false);
    expect(comesIn(judge, FLOWS['a-ping']!, { jailed: true, has: capabilityOfA })).toBe(false);
    expect(comesIn(judge, FLOWS['a-tcp-synack']!, { jailed: true })).toBe(true);
    expect(comesIn(judge, ssh)).toBe(true);
  });

  test('a port that is admitted passes for the named addresses, also with shields up', () => {
    const judge = judgeOf(undefined);
    judge.admitPort(22, setOf(['100.64.0.1']));
    expect(comesIn(judge, ssh)).toBe(true);
    expect(comesIn(judge, FLOWS['a6-ssh']!)).toBe(false);
    expect(comesIn(judge, FLOWS['a-http']!)).toBe(false);
    expect(comesIn(judge, { ...FLOWS['a-dns']!, port: 22 })).toBe(false);
    judge.admitPort(22, undefined);
    expect(comesIn(judge, ssh)).toBe(false);
  });

  test('nothing passes that is for somebody else', () => {
    const judge = judgeOf(open, ['100.64.0.7/32']);
    expect(comesIn(judge, ssh)).toBe(false);
    expect(comesIn(judge, { ...ssh, to: '100.64.0.7' })).toBe(true);
  });
});

describe('fragments', () => {
  const first = (port: number, id: number): PacketText => ({
    ...FLOWS['a-dns']!,
    port,
    length: 80,
    fragment: { id, offset: 0, more: true },
  });
  const later = (id: number, offset = 10): PacketText => ({ ...FLOWS['a-dns']!, fragment: { id, offset, more: false } });
  const dns: FilterRule[] = [{ sources: ['*'], destinations: [{ addresses: '*', ports: { first: 53, last: 53 } }] }];

  test('A4: what follows a first fragment that passed passes, what follows a refused one does not', () => {
    const judge = judgeOf(dns);
    expect([comesIn(judge, first(53, 1)), comesIn(judge, later(1))]).toEqual([true, true]);
    expect([comesIn(judge, first(54, 2)), comesIn(judge, later(2)), comesIn(judge, later(2, 20))]).toEqual([false, false, false]);
    expect(comesIn(judge, { ...later(2), from: '100.64.0.3' })).toBe(true);
  });

  test('A4: a first fragment too short for its header is refused, and so is what follows it', () => {
    const judge = judgeOf(dns);
    expect(comesIn(judge, { ...first(53, 3), length: 4 })).toBe(false);
    expect(comesIn(judge, later(3))).toBe(false);
  });

  test('A4: a later fragment that could overwrite the header is refused, in both families', () => {
    for (let offset = 1; offset < 10; offset++) {
      expect(comesIn(judgeOf(dns), later(4, offset))).toBe(false);
      expect(comesIn(judgeOf(dns), { ...FLOWS['a6-fragment-low']!, fragment: { id: 4, offset, more: true } })).toBe(false);
    }
  });
});

describe('over random rules and packets', () => {
  const v4 = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 7 })).map(([a, b]) => `100.64.${a}.${b}`);
  const v6 = fc.integer({ min: 0, max: 15 }).map((n) => `fd7a:0:0:0:0:0:0:${n.toString(16)}`);
  const address = fc.oneof(v4, v6);
  const prefix = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([text, bits]) => strictPrefix(text, bits));
  const span = fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6)).map(([a, b]) => (compareTexts(a, b) <= 0 ? `${a}-${b}` : `${b}-${a}`));
  const set = fc.oneof(fc.constant('*'), address, prefix, span);
  const port = fc.integer({ min: 0, max: 6 });
  const ports = fc.oneof(
    fc.constant({ first: 0, last: 65_535 }),
    fc.tuple(port, port).map(([first, last]) => ({ first, last })),
  );
  const rules = fc.array(
    fc.record({
      sources: fc.array(set, { maxLength: 3 }),
      destinations: fc.array(fc.record({ addresses: set, ports }), { maxLength: 3 }),
      protocols: fc.option(fc.array(fc.constantFrom(1, 6, 17, 47, 58, 132), { maxLength: 3 }), { nil: undefined }),
    }),
    { maxLength: 5 },
  );
  const common = {
    protocol: fc.constantFrom(0, 1, 2, 6, 17, 47, 58, 99, 132, 255),
    sourcePort: port,
    port,
    flags: fc.constantFrom(0, 2, 16, 18, 4),
  };
  const icmp = fc.tuple(fc.constantFrom(0, 1, 3, 4, 5, 8, 11, 12, 128, 129, 135), fc.constantFrom(0, 1));
  const packets = fc
    .oneof(fc.record({ from: v4, to: v4, ...common }), fc.record({ from: v6, to: v6, ...common }))
    .chain((packet) => ([1, 58].includes(packet.protocol) ? icmp.map((code) => ({ ...packet, icmp: code })) : fc.constant(packet)));

  test('the verdict is that of a filter that walks through texts', () => {
    fc.assert(
      fc.property(rules, fc.array(set, { maxLength: 3 }), fc.array(packets, { maxLength: 20 }), (some, own, arriving) => {
        const given = some.map(({ protocols, ...rest }): FilterRule => ({ ...rest, ...(protocols && { protocols }) }));
        for (const packet of arriving) expect(comesIn(judgeOf(given, own), packet)).toBe(naiveVerdict(given, own, packet));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('no bytes make it throw, and what is cut short is refused', () => {
    const judge = judgeOf([]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), fc.constantFrom(0x45, 0x4f, 0x60, 0x00), (bytes, first) => {
        if (bytes.length > 0) bytes[0] = first;
        judge.sent(bytes, 0, bytes.length);
        const accepted = judge.accepts(bytes, 0, bytes.length, false, NO_CAPABILITIES);
        expect(accepted && bytes.length > 0 && bytes.length < 20).toBe(false);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });
});

function compareTexts(a: string, b: string): number {
  const [one, other] = [parseAddress(a)!, parseAddress(b)!];
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return one[i]! - other[i]!;
  return 0;
}

/** Without host bits; an IPv6 address gets four times the bits. */
function strictPrefix(text: string, bits: number): string {
  const address = parseAddress(text)!;
  const length = address.length === 4 ? bits : 4 * bits;
  for (let i = length; i < 8 * address.length; i++) address[i >> 3]! &= ~(0x80 >> (i & 7));
  return `${expand(formatAddress(address))}/${length}`;
}

/** The reference reads IPv6 with all eight groups only. */
function expand(text: string): string {
  if (!text.includes('::')) return text;
  const [head, tail] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  return [...head!, ...new Array<string>(8 - head!.length - tail!.length).fill('0'), ...tail!].join(':');
}
