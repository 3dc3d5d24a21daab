export type { OpenTun, TunDevice, TunEvents, TunLink, TunOptions } from './contract.js';
export type { NativeLinuxCode } from './errors.js';
export { NATIVE_LINUX_ERRORS } from './errors.js';
export type { LinuxUdpOptions } from './linux-udp.js';
export { linuxUdpSockets } from './linux-udp.js';
export { openTun } from './open-tun.js';
