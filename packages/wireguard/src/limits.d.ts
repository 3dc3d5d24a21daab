import type { WireGuardLimits } from './contract.js';
/** What holds unless the options say otherwise. */
export declare const DEFAULT_LIMITS: WireGuardLimits;
/** Throws for a limit that is not a whole number or too small to work with. */
export declare function withDefaults(limits?: Partial<WireGuardLimits>): WireGuardLimits;
