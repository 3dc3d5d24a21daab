export { dgramSockets } from './dgram-sockets.js';
export { hostInterfaces } from './host-interfaces.js';
export type { UdpOptions } from './options.js';
export { udp } from './udp.js';
