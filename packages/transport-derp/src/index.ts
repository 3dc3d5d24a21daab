export { derp } from './derp.js';
export type { DerpErrorCode } from './errors.js';
export { DERP_ERRORS } from './errors.js';
export type { DerpOptions } from './options.js';
