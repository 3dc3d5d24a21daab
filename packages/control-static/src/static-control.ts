import { type SelfUpdate, type Token, token } from '@heddle/core';
import type { PublicKey } from '@heddle/crypto';
import type { StaticConfig, StaticPeerConfig } from './config.js';
import type { UapiStatus } from './uapi-get.js';
import type { UapiSet } from './uapi-operation.js';
import type { WgQuickOptions } from './wg-quick.js';

/**
 * Edits the configuration of a static control while the node runs. Each call applies as a whole or throws HEDDLE_STATIC_CONFIG with
 * nothing applied, and the netmap changes by the peers that changed only. A peer with the node's own key is left out.
 */
export interface StaticControl {
  /** The configuration as it is now; its keys are key objects, which redact themselves. */
  readonly config: StaticConfig;
  /** What the node last said about itself. */
  readonly published: SelfUpdate;
  /** Becomes this configuration, or wg-quick or UAPI text; host names are looked up again. */
  update(config: StaticConfig | string, options?: WgQuickOptions): void;
  /** Adds a peer, or makes it exactly this. */
  setPeer(peer: StaticPeerConfig): void;
  /** False when there is no such peer. */
  removePeer(publicKey: string | PublicKey): boolean;
  /** Applies one UAPI operation (`set=1` and its lines) and returns 0 or a negative errno; never throws. */
  applyUapi(text: string): number;
  /** Applies what a UapiReader has read and returns 0 or a negative errno; never throws. */
  apply(operation: UapiSet): number;
  /** The answer to `get=1`. */
  uapi(status?: UapiStatus): string;
}

/** Under which a running node gives its static control: `node.get(StaticControl).setPeer(…)`. */
export const StaticControl: Token<StaticControl> = token<StaticControl>('@heddle/control-static/StaticControl');
