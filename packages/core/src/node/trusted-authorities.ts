import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/**
 * The authorities by which the certificates of servers are checked. They are read when a connection needs them, and once: to read all that
 * Node knows takes longer than a handshake.
 */
export class TrustedAuthorities {
  readonly #certificates: readonly string[];
  #context: SecureContext | undefined;

  /** `certificates`: in PEM, trusted besides those that Node knows. */
  constructor(certificates: readonly string[]) {
    this.#certificates = certificates;
  }

  /** For `secureContext` of `tls.connect`. */
  get context(): SecureContext {
    const own = this.#certificates;
    this.#context ??= createSecureContext({ minVersion: 'TLSv1.2', ...(own.length > 0 && { ca: [...rootCertificates, ...own] }) });
    return this.#context;
  }
}
