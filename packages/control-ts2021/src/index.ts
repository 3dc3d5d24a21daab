export { TS2021_ERRORS, type Ts2021ErrorCode } from './errors.js';
export type { Condition } from './health/health-board.js';
export type { Ts2021Options } from './options.js';
export { ts2021 } from './plugin.js';
export { Ts2021 } from './ts2021.js';
