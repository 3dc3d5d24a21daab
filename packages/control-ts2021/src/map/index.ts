export { MapFrames } from './map-frames.js';
export type { MapLimits } from './map-limits.js';
export { MAP_LIMITS } from './map-limits.js';
export type {
  ClientVersion,
  HealthMessage,
  KeyExpiryStage,
  MapOrder,
  MapOutcome,
  MapProblem,
  MapProblemReason,
  PingRequest,
} from './map-outcome.js';
export { MapSession } from './map-session.js';
