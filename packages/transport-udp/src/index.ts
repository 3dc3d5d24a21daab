export { dgramSockets } from './dgram-sockets.js';
export { type Gateways, linuxGateways } from './gateways.js';
export { hostInterfaces } from './host-interfaces.js';
export { Netcheck, type NetcheckService } from './netcheck.js';
export type { UdpOptions } from './options.js';
export type { NetcheckReport, PortMappingReport, RegionLatency } from './pure/netcheck-report.js';
export type { Gateway } from './pure/route-table.js';
export type { Place } from './pure/stun-round.js';
export { udp } from './udp.js';
