import type { WireGuardLimits } from './contract.js';
import { WireGuardError } from './errors.js';

/** What holds unless the options say otherwise. */
export const DEFAULT_LIMITS: WireGuardLimits = {
  stagedPackets: 256,
  stagedBytes: 384 * 1024,
  handshakeQueue: 1024,
  handshakesPerTick: 16,
  underLoadAt: 128,
  rateLimitedSources: 8192,
  peers: 65_536,
};

const SMALLEST: WireGuardLimits = {
  stagedPackets: 0,
  stagedBytes: 0,
  handshakeQueue: 1,
  handshakesPerTick: 1,
  underLoadAt: 0,
  rateLimitedSources: 1,
  peers: 0,
};

/** Throws for a limit that is not a whole number or too small to work with. */
export function withDefaults(limits: Partial<WireGuardLimits> = {}): WireGuardLimits {
  const all = { ...DEFAULT_LIMITS, ...limits };
  for (const name of Object.keys(SMALLEST) as (keyof WireGuardLimits)[]) {
    if (Number.isSafeInteger(all[name]) && all[name] >= SMALLEST[name]) continue;
    throw new WireGuardError('HEDDLE_WIREGUARD_LIMIT', `limit ${name} must be a whole number from ${SMALLEST[name]}, not ${all[name]}`);
  }
  return all;
}
