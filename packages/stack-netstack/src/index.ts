export { netstack } from './netstack.js';
export { NetstackStack } from './netstack-stack.js';
export type { NetstackOptions } from './options.js';
export type { KeepAlive, TcpOptions } from './tcp/tcp-settings.js';
export type { NetstackUdpPort } from './udp/udp-socket.js';
