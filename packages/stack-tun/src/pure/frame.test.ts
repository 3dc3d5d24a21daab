import {
  createUpperLayer,
  decodeTcpOptions,
  decodeUdp,
  encodeIpv4,
  encodeTcp,
  encodeUdp,
  findUpperLayer,
  leaveUpperChecksum,
  PROTOCOL,
  parseAddress,
  upperChecksumValid,
} from '@heddle/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BROKEN, describe as describePacket, FINISHED, finishFrame } from './frame.js';

const AT = 96;
const [source, destination] = [parseAddress('10.0.0.1')!, parseAddress('10.0.0.2')!];

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** A slab with a virtio-net header in front of a packet. */
function frame(header: string, packet: Uint8Array) {
  const slab = new Uint8Array(AT + packet.length + 48);
  slab.set(hex(header), AT - 10);
  slab.set(packet, AT);
  return { slab, finish: () => finishFrame(slab, new DataView(slab.buffer), AT, packet.length) };
}

function ipv4(protocol: number, payload: Uint8Array): Uint8Array {
  const fields = { tos: 0, id: 1, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array(0) };
  return encodeIpv4({ ...fields, source, destination, protocol, payload });
}

function udpPacket(payload: Uint8Array): Uint8Array {
  const bytes = encodeUdp({ sourcePort: 7, destinationPort: 9, payload }, source, destination);
  return ipv4(PROTOCOL.UDP, bytes);
}

function unfinished(packet: Uint8Array): Uint8Array {
  const upper = createUpperLayer();
  findUpperLayer(packet, 0, packet.length, upper);
  leaveUpperChecksum(packet, 0, upper);
  return packet;
}

describe('a frame of the kernel', () => {
  test('with an unfinished UDP checksum is finished (G.13)', () => {
    const { slab, finish } = frame('01000000000014000600', unfinished(udpPacket(new TextEncoder().encode('odd'))));
    expect(finish()).toBe(FINISHED);
    const upper = createUpperLayer();
    const length = slab.length - AT - 48;
    findUpperLayer(slab, AT, length, upper);
    expect(upperChecksumValid(slab, AT, upper)).toBe(true);
    expect(decodeUdp(slab.slice(upper.at, AT + length))?.payload).toEqual(new TextEncoder().encode('odd'));
  });

  test('of TCP with segments is a super-packet with their size (G.13), whether or not it carries congestion bits', () => {
    for (const header of ['01012800640514001000', '01812800640514001000'])
      expect(frame(header, new Uint8Array(3_000)).finish()).toBe(1_380);
  });

  test.each([
    ['segments of UDP, which were not asked for', '01051c00e80314000600'],
    ['segments of no size', '01012800000014001000'],
    ['a checksum behind the end of the packet', '01000000000014000600'],
  ])('with %s is broken', (_, header) => {
    expect(frame(header, new Uint8Array(20)).finish()).toBe(BROKEN);
  });

  test('that is finished is left as it is', () => {
    const packet = udpPacket(new Uint8Array(9));
    const { slab, finish } = frame('00000000000000000000', packet);
    expect(finish()).toBe(FINISHED);
    expect(slab.slice(AT, AT + packet.length)).toEqual(packet);
  });

  test('never makes the reader throw or write outside of the packet', () => {
    const some = fc.tuple(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.uint8Array({ minLength: 1, maxLength: 80 }));
    fc.assert(
      fc.property(some, ([header, packet]) => {
        const { slab, finish } = frame(Buffer.from(header).toString('hex'), packet);
        finish();
        expect(slab.slice(AT + packet.length)).toEqual(new Uint8Array(48));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('the description of a super-packet', () => {
  test('has the lengths of the headers, which are read from the packet', () => {
    const tcp = encodeTcp(
      {
        sourcePort: 1,
        destinationPort: 2,
        sequence: 3,
        acknowledgment: 4,
        flags: 16,
        window: 5,
        urgent: 0,
        options: decodeTcpOptions(new Uint8Array(0)),
        payload: new Uint8Array(3_000),
      },
      source,
      destination,
    );
    const packet = ipv4(PROTOCOL.TCP, tcp);
    expect(describePacket(packet, 0, packet.length, 1_380)).toEqual({ kind: 'tcp4', segmentSize: 1_380, headerLength: 40 });
  });

  test('of something shorter than its headers is none', () => {
    expect(describePacket(Uint8Array.of(0x45, ...new Array(30).fill(0)), 0, 31, 1_380)).toBeUndefined();
    const lying = Uint8Array.of(0x45, ...new Array(50).fill(0xff));
    expect(describePacket(lying, 0, lying.length, 1_380)).toBeUndefined();
  });
});
