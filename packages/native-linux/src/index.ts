export type { OpenTun, TunDevice, TunEvents, TunLink, TunOptions } from './contract.js';
export type { NativeLinuxCode } from './errors.js';
export { NATIVE_LINUX_ERRORS } from './errors.js';
export { openTun } from './open-tun.js';
export type { UdpDescriptor } from './udp-descriptor.js';
export { udpDescriptors } from './udp-descriptor.js';
