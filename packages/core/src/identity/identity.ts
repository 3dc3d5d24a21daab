import type { Bytes } from '@heddle/crypto';
import type { StampKeeper } from '@heddle/wireguard';
import type { Observable } from 'rxjs';

/** A key pair as bytes; faces towards users wrap and redact. */
export interface KeyPairBytes {
  readonly privateKey: Bytes;
  readonly publicKey: Bytes;
}

/** Who this node is. The keys outlive control servers and transports; they are kept in the state store. */
export interface Identity {
  /** Names the machine towards control; never changes. */
  readonly machineKey: KeyPairBytes;
  /** The WireGuard key. Undefined while an owner (a configuration text) has taken it away. */
  readonly nodeKey: KeyPairBytes | undefined;
  /** New in each process. */
  readonly discoKey: KeyPairBytes;
  /** Replays the node key. */
  readonly nodeKey$: Observable<KeyPairBytes | undefined>;
  /** Keeps the timestamps of handshakes from going back across restarts. For the data plane. */
  readonly stamps: StampKeeper;
  /** Makes a new node key, or takes one that control was told of beforehand, and keeps it; resolves when it is safe. */
  rotateNodeKey(prepared?: Bytes): Promise<KeyPairBytes>;
  /** Uses a key that somebody else owns (a wg-quick file): it is not stored. */
  adoptNodeKey(privateKey: Bytes | undefined): void;
}
