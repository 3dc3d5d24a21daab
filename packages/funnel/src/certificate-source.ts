import { type Health, type Token, token } from '@heddle/core';
import type { Observable } from 'rxjs';

/** A certificate with its chain and its key, both as PEM. Treat it as immutable: a renewed one is a new object. */
export interface Certificate {
  /** The certificate itself first, then what it was signed with. */
  readonly certificate: string;
  readonly key: string;
}

/** Where TLS gets its certificates. A plugin that provides it says `offers: [TLS_CERTIFICATES]`. */
export interface CertificateSource {
  /**
   * The certificate for a name (lower case, no dot at the end), the same object while it is the same certificate; undefined: there is none for
   * this name. May take as long as an order takes; rejects, with a HeddleError, when it could not be had. Asked at each handshake, so answer from memory.
   */
  for(name: string, options?: { readonly signal?: AbortSignal }): Promise<Certificate | undefined>;
  /** The names that are served from now on, so that their certificates can be had and renewed before anybody asks. Replaces the names before. */
  announce(names: readonly string[]): void;
  /** What a visitor is shown who offers the protocol `acme-tls/1` (RFC 8737) for a name; undefined: no challenge is open for it. */
  challenge?(name: string): Certificate | undefined;
  /** Where the certificates come from other than memory: how that goes. */
  readonly health$?: Observable<Health>;
}

/** The node's certificates. */
export const Certificates: Token<CertificateSource> = token('@heddle/funnel/Certificates');

/** The capability that a plugin with Certificates offers, and that one which ends TLS requires. */
export const TLS_CERTIFICATES = 'tls.certificates';
