export type { TunStackOptions } from './options.js';
export { tun } from './tun.js';
export { TunStack } from './tun-stack.js';
