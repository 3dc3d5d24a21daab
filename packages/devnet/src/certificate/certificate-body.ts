import type { Bytes } from '@heddle/core';
import { parseAddress } from '@heddle/wire';
import { timeText } from '../rfc3339.js';
import { der, derOid, derText, TAG } from './der.js';

/** ecdsa-with-SHA256. */
const SIGNED_WITH = der(TAG.sequence, derOid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = derOid(0x55, 0x04, 0x03);
const ALTERNATIVE_NAMES = derOid(0x55, 0x1d, 0x11);
const VERSION_3 = der(0xa0, der(TAG.integer, Uint8Array.of(2)));
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

export interface CertificateFacts {
  /** Host name or address that it is for. */
  readonly host: string;
  /** 16 random bytes. */
  readonly serial: Bytes;
  /** Wall-clock milliseconds. */
  readonly from: number;
  readonly until: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
}

/** What is signed of a certificate that signs itself (RFC 5280). */
export function certificateBody({ host, serial, from, until, publicKey }: CertificateFacts): Bytes {
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, COMMON_NAME, derText(TAG.utf8, 'heddle devnet'))));
  const validity = der(TAG.sequence, derText(TAG.time, generalizedTime(from)), derText(TAG.time, generalizedTime(until)));
  const names = der(TAG.sequence, alternativeName(host));
  const extensions = der(0xa3, der(TAG.sequence, der(TAG.sequence, ALTERNATIVE_NAMES, der(TAG.octets, names))));
  const number = der(TAG.integer, Uint8Array.of(1, ...serial));
  return der(TAG.sequence, VERSION_3, number, SIGNED_WITH, name, validity, name, publicKey, extensions);
}

/** The certificate, once its body is signed. */
export function certificate(body: Bytes, signature: Bytes): Bytes {
  return der(TAG.sequence, body, SIGNED_WITH, der(TAG.bits, Uint8Array.of(0), signature));
}

function alternativeName(host: string): Bytes {
  const address = parseAddress(host);
  return address === undefined ? derText(DNS_NAME, host) : der(IP_ADDRESS, address);
}

/** GeneralizedTime: 20260102030405Z. */
function generalizedTime(wall: number): string {
  return `${timeText(wall).replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
