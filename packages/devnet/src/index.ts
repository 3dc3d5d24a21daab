export { DEVNET_ERRORS, type DevnetErrorCode } from './errors.js';
export type { DnsRecord } from './map/map-source.js';
export { type Devnet, startDevnet } from './node/start-devnet.js';
export type { AuthKeyOptions, DevnetOptions } from './options.js';
export type { DevnetNode, HostFacts } from './registry/devnet-node.js';
export type { AclRule, AttributeRule, GrantRule, Policy } from './registry/policy.js';
export { RelayServer, type RelayServerParts } from './relay/relay-server.js';
