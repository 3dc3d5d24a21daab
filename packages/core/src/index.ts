export type { Lifecycle, Plugin, Provision, Requirement } from './composition/plugin.js';
export { CONTRACT, definePlugin, provide, provideBind, provideControl, providePathSelector, provideStack } from './composition/plugin.js';
export type { Problem } from './composition/problem.js';
export { CompositionError } from './composition/problem.js';
export type { All, Need, Optional, Token } from './composition/token.js';
export { all, manyToken, optional, token } from './composition/token.js';
export { Tokens } from './composition/tokens.js';
export type { Bind, BindSettings, BindTraits, PartContext } from './contracts/bind.js';
export type { Control, ControlContext, ControlState, SelfUpdate, TextRecord } from './contracts/control.js';
export type { CounterFamily, CounterSample, Counters, ShownFamily } from './contracts/counters.js';
export type {
  Address,
  Claim,
  Flow,
  FlowError,
  FlowEvents,
  FlowLayer,
  FlowListener,
  NewFlow,
  PortEvents,
  UdpEvents,
  UdpPort,
} from './contracts/flows.js';
export type {
  Capabilities,
  FilterRule,
  JsonValue,
  NameConfig,
  Netmap,
  NetmapChange,
  NetmapCommons,
  NetmapPatch,
  PacketFilter,
  Peer,
  PeerService,
  PortRange,
  ReadonlyPeers,
  Resolver,
  SelfConfig,
  User,
} from './contracts/netmap.js';
export type {
  Direction,
  FlowObserver,
  FlowWitness,
  Observation,
  ObservedFlow,
  PacketContext,
  PacketObserver,
} from './contracts/observation.js';
export type { BatchPool, Bytes, Lease, Offload, PacketTable, WritableBatch } from './contracts/packets.js';
export type {
  Candidate,
  Decision,
  PathSelector,
  PathsOfPeer,
  PathTraffic,
  PeerCandidates,
  ProbeChannel,
  Prober,
  ProberContext,
} from './contracts/path-selector.js';
export type { RelayMap, RelayNode, RelayRegion } from './contracts/relays.js';
export type { LocalEndpoint, Remote } from './contracts/remote.js';
export type { DnsConfig, Stack, StackConfig, StackTraits } from './contracts/stack.js';
export type { StateStore } from './contracts/state-store.js';
export type { Clock, DropCounter, Health, Logger, Random } from './contracts/surroundings.js';
export type {
  HostLookup,
  Interfaces,
  NameTransport,
  NetworkInterface,
  StreamSockets,
  UdpSocket,
  UdpSocketOptions,
  UdpSockets,
  Underlay,
} from './contracts/underlay.js';
export type { EndpointView, PathCounters, PathTally, PeerStatusView, PluginHealth } from './data-plane/kernel.js';
export { DropCounters } from './drops/drop-counters.js';
export { DROP_REASONS } from './drops/reasons.js';
export type { ErrorCode, ErrorEntry } from './errors/codes.js';
export { ERRORS } from './errors/codes.js';
export { HeddleError } from './errors/heddle-error.js';
export type { FlowStreams } from './flows/web-streams.js';
export { flowStreams } from './flows/web-streams.js';
export { createNode } from './heddle-node/create-node.js';
export type { HeddleNode, Host, NodeOptions, NodeStatus, PluginStatus, Progress } from './heddle-node/heddle-node.js';
export type { NodeLife, NodeState } from './heddle-node/node-state.js';
export type { Identity, KeyPairBytes } from './identity/identity.js';
export type { Limits } from './limits/limits.js';
export { DEFAULT_LIMITS } from './limits/limits.js';
export { NetmapStream } from './netmap/netmap-stream.js';
export type { WhoIs } from './netmap/whois.js';
export type { Ingress, Offer, Offers } from './offers/offers.js';
export type { BindHandle, BindSpec } from './on-ramps/define-bind.js';
export { defineBind } from './on-ramps/define-bind.js';
export type { Middleware } from './on-ramps/through.js';
export { through } from './on-ramps/through.js';
export type { BindHooks } from './on-ramps/wrap-bind.js';
export { wrapBind } from './on-ramps/wrap-bind.js';
export type { StackHooks } from './on-ramps/wrap-stack.js';
export { wrapStack } from './on-ramps/wrap-stack.js';
export { HEADROOM, TAILROOM } from './packets/layout.js';
export { PacketBatch } from './packets/packet-batch.js';
export { PacketStream } from './packets/packet-stream.js';
export type { RemoteParts } from './packets/remote-table.js';
export { namedRemote, RemoteTable } from './packets/remote-table.js';
export { PoolScope, SlabPool } from './packets/slab-pool.js';
export type { PreferenceChange, PreferenceService, Preferences } from './preferences/preferences.js';
