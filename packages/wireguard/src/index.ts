export type {
  AllowedIpsPatch,
  DropReason,
  Endpoint,
  PeerConfig,
  PeerRef,
  PeerStatus,
  Sink,
  StampKeeper,
  WireGuardEngine,
  WireGuardLimits,
  WireGuardOptions,
} from './contract.js';
export { WireGuardError, type WireGuardErrorCode } from './errors.js';
export { DEFAULT_LIMITS as DEFAULT_WIREGUARD_LIMITS } from './limits.js';
export { WireGuard } from './wireguard.js';
