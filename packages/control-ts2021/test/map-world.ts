/** Frames as control servers write them, for tests of the map. */

/** A part of a frame, as JSON will have it. */
export type Raw = { [field: string]: unknown };

export const WALL = 1_790_000_000_000;
export const SELF_ID = 1;

const encoder = new TextEncoder();

export function bytesOf(frame: unknown): Uint8Array {
  return encoder.encode(typeof frame === 'string' ? frame : JSON.stringify(frame));
}

/** A frame with its length in front. */
export function framed(frame: unknown): Uint8Array {
  const body = frame instanceof Uint8Array ? frame : bytesOf(frame);
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length, true);
  bytes.set(body, 4);
  return bytes;
}

export function keyHex(kind: number, n: number): string {
  return kind.toString(16).padStart(2, '0') + n.toString(16).padStart(62, '0');
}

/** A node with all that servers usually send. */
export function node(n: number, more: Raw = {}): Raw {
  const addresses = [`100.64.${n >> 8}.${n & 255}/32`, `fd7a:115c:a1e0::1:${n.toString(16)}/128`];
  return {
    ID: n,
    StableID: `n${n}CNTRL`,
    Name: `host-${n}.tail.example.`,
    User: 7,
    Key: `nodekey:${keyHex(1, n)}`,
    DiscoKey: `discokey:${keyHex(2, n)}`,
    Addresses: addresses,
    AllowedIPs: addresses,
    Endpoints: [`192.0.2.${n & 255}:41641`],
    HomeDERP: 1,
    Hostinfo: { OS: 'linux', Hostname: `host-${n}`, Services: [{ Proto: 'peerapi4', Port: 40_000 }] },
    Created: '2026-01-02T03:04:05Z',
    MachineAuthorized: true,
    Online: true,
    ...more,
  };
}

/** The first frame of a poll. */
export function whole(peers: readonly Raw[], more: Raw = {}): Raw {
  return { Node: node(SELF_ID), Peers: peers, Domain: 'example.org', ...more };
}

export const ANYTHING_IN: Raw = { SrcIPs: ['*'], DstPorts: [{ IP: '*', Ports: { First: 0, Last: 65_535 } }] };

export function ruleFrom(source: string): Raw {
  return { SrcIPs: [source], DstPorts: [{ IP: '*', Ports: { First: 22, Last: 22 } }] };
}
