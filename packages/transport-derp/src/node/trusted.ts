import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** The authorities that are trusted. They are read when one is needed, and once: to read all that Node knows takes longer than the handshake. */
export class Trusted {
  readonly #certificates: readonly string[];
  #context: SecureContext | undefined;

  /** Certificates in PEM, trusted besides those that Node knows. */
  constructor(certificates: readonly string[]) {
    this.#certificates = certificates;
  }

  get context(): SecureContext {
    const own = this.#certificates;
    this.#context ??= createSecureContext({ minVersion: 'TLSv1.2', ...(own.length > 0 && { ca: [...rootCertificates, ...own] }) });
    return this.#context;
  }
}
