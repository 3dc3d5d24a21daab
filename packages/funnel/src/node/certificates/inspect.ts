import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Certificate } from '../../certificate-source.js';
import type { Validity } from '../../certificates/renewal.js';
import { parseX509Time } from '../../certificates/x509-time.js';

/** Reads a certificate; undefined when it cannot be read, is not for the name, or the key is another one's. */
export function inspect({ certificate, key }: Certificate, name: string): Validity | undefined {
  try {
    const read = new X509Certificate(certificate);
    if (read.checkHost(name) === undefined || !read.checkPrivateKey(createPrivateKey(key))) return undefined;
    const [notBefore, notAfter] = [parseX509Time(read.validFrom), parseX509Time(read.validTo)];
    return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
  } catch {
    return undefined;
  }
}

export function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

/** A new key on the curve P-256, as PEM. */
export async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return privateKey;
}
