import {
  decodeNatPmpRequest,
  decodePcpRequest,
  encodeNatPmpAnswer,
  encodePcpAnswer,
  formatAddress,
  type NatPmpRequest,
  type PcpRequest,
  parseAddress,
} from '@heddle/wire';
import { expect, test } from 'vitest';
import type { PortMappingReport } from './netcheck-report.js';
import { type PortAction, PortMapper } from './port-mapper.js';

const PLACE = { gateway: '192.168.1.1', own: '192.168.1.20', port: 41_641 } as const;
const OUTSIDE = parseAddress('203.0.113.5')!;
const HOUR = 3_600_000;

/** A gateway that speaks what it is told to, and the mapper before it. */
class Story {
  readonly mapper = new PortMapper((bytes) => bytes.fill(0xa0));
  readonly asked: (readonly [number, string, NatPmpRequest | PcpRequest])[] = [];
  readonly mapped: (string | undefined)[] = [];
  readonly reports: PortMappingReport[] = [];
  speaks = { natPmp: true, pcp: true, refuses: false, lifetime: 7_200, nonce: undefined as Uint8Array | undefined };
  epoch = 1_000;
  port = 50_001;
  now = 1_000;

  perform(actions: readonly PortAction[]): void {
    for (const action of actions) {
      if (action.type === 'mapped') this.mapped.push(action.place && `${action.place.address}:${action.place.port}`);
      else if (action.type === 'report') this.reports.push(action.report);
      else this.#receive(action.to, action.bytes);
    }
  }

  until(end: number): void {
    while (this.mapper.nextDeadline() <= end) {
      this.now = Math.max(this.now, this.mapper.nextDeadline());
      this.perform(this.mapper.tick(this.now));
    }
    this.now = end;
  }

  /** Names of what was asked since `from`. */
  kinds(from = 0): string[] {
    return this.asked.slice(from).map(([, by, { type }]) => `${by} ${type}`);
  }

  #receive(to: string, bytes: Uint8Array): void {
    const pmp = bytes[0] === 0 ? decodeNatPmpRequest(bytes) : undefined;
    const pcp = pmp === undefined ? decodePcpRequest(bytes) : undefined;
    this.asked.push([this.now, `${to} ${pmp ? 'pmp' : 'pcp'}`, (pmp ?? pcp)!]);
    const answer = pmp !== undefined ? this.#pmp(pmp) : this.#pcp(pcp!);
    if (answer !== undefined) this.perform(this.mapper.received(this.now, answer));
  }

  #pmp(request: NatPmpRequest): Uint8Array | undefined {
    const { epoch, port, speaks } = this;
    if (!speaks.natPmp) return undefined;
    if (request.type === 'external-address') return encodeNatPmpAnswer({ type: 'external-address', epoch, address: OUTSIDE });
    if (speaks.refuses) return encodeNatPmpAnswer({ type: 'refused', opcode: 1, result: 2, epoch });
    return encodeNatPmpAnswer({
      ...request,
      epoch,
      externalPort: request.externalPort || port,
      lifetime: request.lifetime && speaks.lifetime,
    });
  }

  #pcp(request: PcpRequest): Uint8Array | undefined {
    const { epoch, port, speaks } = this;
    if (!speaks.pcp) return undefined;
    if (request.type === 'announce') return encodePcpAnswer({ type: 'announce', epoch });
    const nonce = speaks.nonce ?? request.nonce;
    return encodePcpAnswer({ ...request, nonce, epoch, externalPort: request.externalPort || port, externalAddress: OUTSIDE });
  }
}

const started = (change: Partial<Story['speaks']> = {}): Story => {
  const s = new Story();
  Object.assign(s.speaks, change);
  s.perform(s.mapper.setPlace(s.now, PLACE));
  s.until(6_000);
  return s;
};

test('asks who is there in both languages, and takes a port by NAT-PMP', () => {
  const s = started();
  expect(s.kinds()).toEqual(['192.168.1.1 pmp external-address', '192.168.1.1 pmp map', '192.168.1.1 pcp announce']);
  expect(s.mapped).toEqual(['203.0.113.5:50001']);
  expect(s.reports.at(-1)).toEqual({ natPmp: true, pcp: true, mapped: { address: '203.0.113.5', port: 50_001 } });
});

test('a gateway that speaks PCP only is asked by PCP, with our address in the request', () => {
  const s = started({ natPmp: false });
  expect(s.mapped).toEqual(['203.0.113.5:50001']);
  const request = s.asked.at(-1)![2] as PcpRequest;
  expect([request.type, formatAddress(request.client)]).toEqual(['map', '192.168.1.20']);
});

test('PCP: an answer with another nonce is not ours', () => {
  const s = started({ natPmp: false, nonce: new Uint8Array(12) });
  expect(s.mapped).toEqual([]);
});

test('a gateway that says nothing is asked four times, then left alone for ten minutes', () => {
  const s = started({ natPmp: false, pcp: false });
  expect(s.asked.map(([at]) => at)).toEqual([1_000, 1_000, 1_250, 1_250, 1_750, 1_750, 2_750, 2_750]);
  expect(s.reports.at(-1)).toEqual({ natPmp: false, pcp: false });
  s.until(4_750 + 599_999);
  expect(s.asked).toHaveLength(8);
  s.speaks.natPmp = true;
  s.until(4_750 + 600_001);
  expect(s.mapped).toEqual(['203.0.113.5:50001']);
});

test('who refuses by NAT-PMP is asked by PCP, and after that left alone', () => {
  const both = started({ refuses: true });
  both.until(20_000);
  expect(both.mapped).toEqual(['203.0.113.5:50001']);
  const one = started({ refuses: true, pcp: false });
  const asked = one.asked.length;
  one.until(500_000);
  expect([one.mapped, one.asked.length]).toEqual([[], asked]);
});

test('the port is renewed at half of its life, and asked for again by number', () => {
  const s = started();
  const before = s.asked.length;
  s.until(1_000 + HOUR - 1);
  expect(s.asked).toHaveLength(before);
  s.until(1_000 + HOUR);
  expect(s.asked.at(-1)![2]).toEqual({ type: 'map', internalPort: 41_641, externalPort: 50_001, lifetime: 7_200 });
  expect(s.mapped).toHaveLength(1);
});

test('a gateway that grants a second is not asked every half second', () => {
  const s = started({ lifetime: 1 });
  const before = s.asked.length;
  s.until(600_000);
  expect(s.asked.length - before).toBeLessThanOrEqual(10);
});

test('a port that cannot be renewed is told until its end and not longer', () => {
  const s = started();
  Object.assign(s.speaks, { natPmp: false, pcp: false });
  s.until(1_000 + 2 * HOUR - 1);
  expect(s.mapped).toHaveLength(1);
  s.until(1_000 + 2 * HOUR);
  expect(s.mapped).toEqual(['203.0.113.5:50001', undefined]);
  expect(s.asked.length).toBeLessThan(200);
});

test('E9: a gateway whose epoch went back has lost its memory, so the port is asked for at once', () => {
  const s = started();
  const before = s.asked.length;
  s.until(20_000);
  s.epoch = 1_019;
  s.perform(s.mapper.verify(s.now));
  expect(s.kinds(before)).toEqual(['192.168.1.1 pmp external-address', '192.168.1.1 pcp announce']);
  s.epoch = 3;
  expect(s.mapper.verify(s.now)).toEqual([]);
  s.until(40_000);
  s.perform(s.mapper.verify(s.now));
  expect(s.kinds(before + 2)).toContain('192.168.1.1 pmp map');
});

test('E9: a gateway that began anew long ago is found out too: its clock is past the old one, but behind what it should be', () => {
  const s = started();
  s.until(1_801_000);
  s.epoch = 1_500;
  const before = s.asked.length;
  s.perform(s.mapper.verify(s.now));
  expect(s.kinds(before)).toContain('192.168.1.1 pmp map');
});

test('a gateway whose clock is an eighth too slow has forgotten nothing', () => {
  const s = started();
  s.until(1_801_000);
  s.epoch = 1_000 + 1_576;
  const before = s.asked.length;
  s.perform(s.mapper.verify(s.now));
  expect(s.kinds(before)).toEqual(['192.168.1.1 pmp external-address', '192.168.1.1 pcp announce']);
});

test('a clock that stands still costs one question at each look, and the port stays', () => {
  const s = started();
  for (let minute = 1; minute < 10; minute++) {
    s.until(minute * 60_000);
    s.perform(s.mapper.verify(s.now));
  }
  expect(s.kinds().filter((kind) => kind.endsWith('map')).length).toBeLessThanOrEqual(10);
  expect(s.mapped).toEqual(['203.0.113.5:50001']);
});

test('a port that is granted for a minute is renewed within it, and told no longer than it is granted', () => {
  const s = started({ lifetime: 60 });
  s.until(30_999);
  const before = s.asked.length;
  s.until(31_000);
  expect(s.kinds(before)).toEqual(['192.168.1.1 pmp map']);
  Object.assign(s.speaks, { natPmp: false, pcp: false });
  s.until(90_999);
  expect(s.mapped).toHaveLength(1);
  s.until(91_000);
  expect(s.mapped.at(-1)).toBeUndefined();
});

test('E10: another port or another gateway gives the old mapping back and asks anew', () => {
  const s = started();
  const before = s.asked.length;
  s.perform(s.mapper.setPlace(s.now, { ...PLACE, port: 7 }));
  expect(s.asked[before]![2]).toEqual({ type: 'map', internalPort: 41_641, externalPort: 50_001, lifetime: 0 });
  expect(s.mapped).toEqual(['203.0.113.5:50001', undefined, '203.0.113.5:50001']);
  s.perform(s.mapper.setPlace(s.now, { ...PLACE, gateway: '10.0.0.1' }));
  expect(s.asked.at(-1)![1]).toContain('10.0.0.1');
});

test('at the end the port is given back, and nothing is asked any more', () => {
  for (const natPmp of [true, false]) {
    const s = started({ natPmp });
    s.perform(s.mapper.release());
    expect(s.asked.at(-1)![2]).toMatchObject({ type: 'map', lifetime: 0, externalPort: 50_001 });
    expect([s.mapped.at(-1), s.mapper.nextDeadline()]).toEqual([undefined, Infinity]);
    expect(s.mapper.release()).toEqual([]);
  }
});

test('noise, and answers that nobody waits for, change nothing', () => {
  const s = started();
  const grant = { type: 'map', internalPort: 41_641, externalPort: 6, lifetime: 60, epoch: 2_000 } as const;
  s.perform(s.mapper.received(s.now, encodeNatPmpAnswer(grant)));
  s.perform(s.mapper.received(s.now, new Uint8Array(60)));
  s.perform(s.mapper.received(s.now, new Uint8Array(0)));
  expect(s.mapped).toEqual(['203.0.113.5:50001']);
});
