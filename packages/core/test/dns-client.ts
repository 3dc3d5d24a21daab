import { formatAddress } from '@heddle/wire';

/** What a client reads of a response. */
export interface DnsResponse {
  readonly id: number;
  readonly code: number;
  readonly truncated: boolean;
  readonly authoritative: boolean;
  /** Addresses as texts, pointers as names. */
  readonly answers: readonly string[];
  readonly ttl: number | undefined;
  /** Names of zones in the authority section. */
  readonly zones: readonly string[];
}

export const TYPES = { A: 1, NS: 2, SOA: 6, PTR: 12, HINFO: 13, MX: 15, TXT: 16, AAAA: 28, AXFR: 252, ANY: 255 } as const;

/** A query as any client would send it; `size`: with an OPT record. */
export function queryFor(name: string, type: keyof typeof TYPES, { id = 7, size = 0 } = {}): Uint8Array {
  const labels = name.split('.').filter((label) => label !== '');
  const question = [...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0, 0, TYPES[type], 0, 1];
  const option = size > 0 ? [0, 0, 41, size >> 8, size & 255, 0, 0, 0, 0, 0, 0] : [];
  return Uint8Array.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, option.length > 0 ? 1 : 0, ...question, ...option]);
}

export function readResponse(b: Uint8Array): DnsResponse {
  const view = new DataView(b.buffer, b.byteOffset, b.length);
  const flags = view.getUint16(2);
  const [answers, zones]: [string[], string[]] = [[], []];
  let at = view.getUint16(4) === 0 ? 12 : readName(b, 12).end + 4;
  let ttl: number | undefined;
  for (let i = 0; i < view.getUint16(6) + view.getUint16(8); i++) {
    const name = readName(b, at);
    const type = view.getUint16(name.end);
    const length = view.getUint16(name.end + 8);
    const data = b.slice(name.end + 10, name.end + 10 + length);
    if (type === TYPES.SOA) zones.push(name.text);
    else answers.push(type === TYPES.PTR ? readName(b, name.end + 10).text : formatAddress(data));
    ttl = view.getUint32(name.end + 4);
    at = name.end + 10 + length;
  }
  if (at > b.length) throw new Error('records run out of the response');
  return {
    id: view.getUint16(0),
    code: flags & 15,
    truncated: (flags & 0x200) !== 0,
    authoritative: (flags & 0x400) !== 0,
    answers,
    ttl,
    zones,
  };
}

function readName(b: Uint8Array, from: number): { readonly text: string; readonly end: number } {
  const labels: string[] = [];
  let at = from;
  while (b[at] !== 0) {
    if (b[at]! >= 0xc0)
      return {
        text: [...labels, readName(b, ((b[at]! & 63) << 8) | b[at + 1]!).text].filter((text) => text !== '').join('.'),
        end: at + 2,
      };
    labels.push(new TextDecoder().decode(b.subarray(at + 1, at + 1 + b[at]!)));
    at += 1 + b[at]!;
  }
  return { text: labels.join('.'), end: at + 1 };
}
