export { cleanUpTun } from './host/clean-up.js';
export type { Outcome, RunCommand } from './host/command.js';
export type { TunStackOptions } from './options.js';
export { tun } from './tun.js';
export { TunStack } from './tun-stack.js';
