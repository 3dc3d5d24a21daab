// environment: reads the dates of a certificate, and no clock
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type TLSSocket } from 'node:tls';
import type { RelayNode } from '@heddle/core';

const HASH = 'sha256-raw:';

/** How a relay proves who it is. */
export type Proof =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'hash'; readonly hash: string }
  | { readonly by: 'nothing' };

/** `insecureForTests` counts only for who agreed to it. */
export function proofOf(node: RelayNode, allowInsecure: boolean): Proof {
  if (node.insecureForTests && allowInsecure) return { by: 'nothing' };
  const { certName } = node;
  if (certName?.startsWith(HASH)) return { by: 'hash', hash: certName.slice(HASH.length).toLowerCase() };
  return { by: 'name', name: certName ?? node.hostName };
}

/** What Node is told to check by itself. A hash is checked when the handshake is over: there is no chain to verify. */
export function tlsChecks(proof: Proof): ConnectionOptions {
  if (proof.by !== 'name') return { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: true, checkServerIdentity: (_host, certificate) => checkServerIdentity(proof.name, certificate) };
}

/** Undefined: the certificate is the one of the hash. Otherwise, what is wrong. */
export function hashFault(socket: TLSSocket, hash: string, hostName: string, wall: number): string | undefined {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return 'the relay shows no certificate';
  if (leaf.fingerprint256.replaceAll(':', '').toLowerCase() !== hash) return 'the certificate has another hash';
  if (!isNamed(leaf, hostName)) return `the certificate is not for ${hostName}`;
  if (wall < Date.parse(leaf.validFrom) || wall > Date.parse(leaf.validTo)) return 'the certificate is not valid today';
  return hasOthers(leaf) ? 'the relay shows more certificates than the one of the hash' : undefined;
}

function isNamed(leaf: X509Certificate, hostName: string): boolean {
  return (isIP(hostName) === 0 ? leaf.checkHost(hostName) : leaf.checkIP(hostName)) !== undefined;
}

/** The chain as it was sent. DERP servers append a certificate that only carries their key. */
function hasOthers(leaf: X509Certificate): boolean {
  const seen = new Set([leaf.fingerprint256]);
  for (let next = leaf.issuerCertificate; next !== undefined && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    if (!/^CN=derpkey[0-9a-f]{64}$/.test(next.subject)) return true;
    seen.add(next.fingerprint256);
  }
  return false;
}
