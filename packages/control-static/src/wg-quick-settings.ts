import type { PresharedKey, PrivateKey, PublicKey } from '@heddle/crypto';
import { parseAddress } from '@heddle/wire';
import { parseEndpoint } from './endpoint.js';
import { canonicalAddress, canonicalPrefix } from './interface-address.js';
import { presharedKeyFrom, privateKeyFrom, publicKeyFrom } from './key-input.js';
import { quotable } from './quotable.js';
import { listPieces, type Piece } from './wg-quick-lines.js';

/** What an [Interface] section has said so far. */
export interface InterfaceDraft {
  privateKey?: PrivateKey<'node'> | null;
  listenPort?: number;
  fwmark?: number;
  mtu?: number;
  readonly addresses: string[];
  readonly servers: string[];
  readonly search: string[];
}

/** What a [Peer] section has said so far. */
export interface PeerDraft {
  publicKey?: PublicKey<'node'>;
  presharedKey?: PresharedKey | undefined;
  endpoint?: string;
  persistentKeepalive?: number;
  allowedIps: string[];
}

/** Tells a mistake at a piece of the line. */
export type Report = (at: Piece, says: string) => void;

/** One key of a section, by its proper name. */
export interface Setting<Draft> {
  readonly name: string;
  /** Why a library cannot do what it asks; undefined for a value that asks nothing. */
  readonly refused?: (value: Piece) => string | undefined;
  readonly read?: (draft: Draft, value: Piece, report: Report) => void;
}

const BASE64_KEY = 'is no key; it must be 44 characters of base64, as wg genkey, wg pubkey or wg genpsk print it';

export const INTERFACE_SETTINGS: readonly Setting<InterfaceDraft>[] = [
  { name: 'PrivateKey', read: readPrivateKey },
  { name: 'ListenPort', read: (draft, value, report) => readNumber(value, 0, 0xffff, report, (port) => (draft.listenPort = port)) },
  { name: 'FwMark', read: readMark },
  { name: 'Address', read: readAddresses },
  { name: 'DNS', read: readDns },
  { name: 'MTU', read: (draft, value, report) => readNumber(value, 68, 0xffff, report, (mtu) => (draft.mtu = mtu)) },
  {
    name: 'Table',
    refused: ({ text }) => (text.toLowerCase() === 'auto' ? undefined : 'chooses a routing table, and here routes are the Stack’s'),
  },
  {
    name: 'SaveConfig',
    refused: ({ text }) => (text.toLowerCase() === 'true' ? 'writes the file back, and a library does not write it' : undefined),
  },
  ...['PreUp', 'PostUp', 'PreDown', 'PostDown'].map((name) => ({ name, refused: () => 'is a shell command, and a library runs none' })),
];

export const PEER_SETTINGS: readonly Setting<PeerDraft>[] = [
  { name: 'PublicKey', read: readPublicKey },
  { name: 'PresharedKey', read: readPresharedKey },
  { name: 'AllowedIPs', read: readAllowedIps },
  { name: 'Endpoint', read: readEndpoint },
  { name: 'PersistentKeepalive', read: readKeepalive },
];

function readPrivateKey(draft: InterfaceDraft, value: Piece, report: Report): void {
  const key = privateKeyFrom(value.text);
  if (key === undefined) report(value, BASE64_KEY);
  else draft.privateKey = key;
}

function readPublicKey(draft: PeerDraft, value: Piece, report: Report): void {
  const key = publicKeyFrom(value.text);
  if (key === undefined || key.isZero) report(value, BASE64_KEY);
  else draft.publicKey = key;
}

function readPresharedKey(draft: PeerDraft, value: Piece, report: Report): void {
  const key = presharedKeyFrom(value.text);
  if (key === undefined) report(value, BASE64_KEY);
  else draft.presharedKey = key ?? undefined;
}

function readMark(draft: InterfaceDraft, value: Piece, report: Report): void {
  const text = value.text.toLowerCase();
  const mark = text === 'off' ? 0 : /^(0x[0-9a-f]{1,8}|[0-9]{1,10})$/.test(text) ? Number(text) : Number.NaN;
  if (mark <= 0xffff_ffff) draft.fwmark = mark;
  else report(value, `${quotable(value.text)} is no mark; write off, a number, or 0x and hexadecimal digits`);
}

function readKeepalive(draft: PeerDraft, value: Piece, report: Report): void {
  if (value.text.toLowerCase() === 'off') draft.persistentKeepalive = 0;
  else readNumber(value, 0, 0xffff, report, (seconds) => (draft.persistentKeepalive = seconds), 'off or ');
}

function readAddresses(draft: InterfaceDraft, value: Piece, report: Report): void {
  for (const piece of listPieces(value)) {
    const address = canonicalAddress(piece.text);
    if (address === undefined) report(piece, `${quotable(piece.text)} is no address; write it as 10.0.0.2/24 or fd00::2/64`);
    else draft.addresses.push(address);
  }
}

/** As wg-quick tells them apart: what looks like an address is a server, everything else a domain to search in. */
function readDns(draft: InterfaceDraft, value: Piece, report: Report): void {
  for (const piece of listPieces(value)) {
    if (parseAddress(piece.text) !== undefined) draft.servers.push(piece.text);
    else if (/^[\w.-]{1,253}$/.test(piece.text) && !/^[0-9.]+$/.test(piece.text)) draft.search.push(piece.text);
    else report(piece, `${quotable(piece.text)} is neither the IP address of a server nor a domain to search in`);
  }
}

function readAllowedIps(draft: PeerDraft, value: Piece, report: Report): void {
  for (const piece of listPieces(value)) {
    const prefix = canonicalPrefix(piece.text);
    if (prefix === undefined) report(piece, `${quotable(piece.text)} is no prefix; write it as 10.0.0.0/24 or fd00::/64`);
    else draft.allowedIps.push(prefix);
  }
}

function readEndpoint(draft: PeerDraft, value: Piece, report: Report): void {
  if (parseEndpoint(value.text) !== undefined) draft.endpoint = value.text;
  else report(value, `${quotable(value.text)} is no endpoint; write it as host:51820, 192.0.2.1:51820 or [2001:db8::1]:51820`);
}

function readNumber(value: Piece, min: number, max: number, report: Report, take: (number: number) => void, also = ''): void {
  const number = /^[0-9]{1,10}$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (number >= min && number <= max) take(number);
  else report(value, `${quotable(value.text)} must be ${also}a number from ${min} to ${max}`);
}
