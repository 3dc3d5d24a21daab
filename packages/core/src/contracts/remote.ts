import type { Bytes } from '@heddle/crypto';

/** A place that a Bind can send to. Interned and immutable; only the Bind that made it gives it meaning. */
export interface Remote {
  readonly scheme: string;
  /** `scheme:rest`; what Bind.parse reads back. */
  readonly text: string;
  /** Bytes that identify the place, for cookies. */
  readonly id: Bytes;
  /** What per-source limits count by: an IP address, or a relay and a key. */
  readonly limitKey: string;
  /** For protocols that carry addresses. Never required, never faked. */
  readonly ip?: { readonly address: string; readonly port: number };
  /** Of a relay's remote: the public node key that the relay delivers to, and vouches for as a source. Never faked. */
  readonly nodeKey?: Bytes;
}

/** Where others may reach us. */
export interface LocalEndpoint {
  readonly remote: Remote;
  readonly kind: 'local' | 'stun' | 'mapped' | 'explicit' | 'relay';
}
