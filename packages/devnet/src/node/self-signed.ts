import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { Random } from '@heddle/core';
import { certificate, certificateBody } from '../certificate/certificate-body.js';

const DAY = 86_400_000;
const YEARS = 10;

/** A key with its certificate. */
export interface SelfSigned {
  /** PEM; a secret. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** SHA-256 of the certificate, hexadecimal: how clients know it without an authority. */
  readonly hash: string;
}

/** A certificate for one host, good for ten years. */
export function selfSigned(host: string, wall: number, random: Random): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = new Uint8Array(16);
  random.fill(serial);
  // Times before 2050 would have to be UTCTime by the letter of RFC 5280; all readers take both.
  const [from, until] = [wall - DAY, wall + YEARS * 365 * DAY];
  const body = certificateBody({ host, serial, from, until, publicKey: publicKey.export({ type: 'spki', format: 'der' }) });
  const made = certificate(body, sign('sha256', body, privateKey));
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: pemOf(made),
    hash: createHash('sha256').update(made).digest('hex'),
  };
}

function pemOf(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
