import type { Crypto } from '@heddle/crypto';
import type { Bind } from '../contracts/bind.js';
import type { Control } from '../contracts/control.js';
import type { Counters } from '../contracts/counters.js';
import type { FlowLayer } from '../contracts/flows.js';
import type { Observation } from '../contracts/observation.js';
import type { BatchPool } from '../contracts/packets.js';
import type { PathSelector } from '../contracts/path-selector.js';
import type { Stack } from '../contracts/stack.js';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock, Logger, Random } from '../contracts/surroundings.js';
import type { HostLookup, Interfaces, StreamSockets, UdpSockets } from '../contracts/underlay.js';
import type { HeddleNode } from '../heddle-node/heddle-node.js';
import type { Identity } from '../identity/identity.js';
import type { Limits } from '../limits/limits.js';
import type { Offers } from '../offers/offers.js';
import type { PreferenceService } from '../preferences/preferences.js';
import { manyToken, type Token, token } from './token.js';

/** The names under which core finds its parts, and parts find core's services. */
export const Tokens: {
  readonly Bind: Token<Bind>;
  readonly Stack: Token<Stack>;
  readonly Control: Token<Control>;
  readonly PathSelector: Token<PathSelector>;
  readonly Clock: Token<Clock>;
  readonly Random: Token<Random>;
  readonly Logger: Token<Logger>;
  readonly Crypto: Token<Crypto>;
  readonly Pool: Token<BatchPool>;
  readonly Limits: Token<Limits>;
  readonly StateStore: Token<StateStore>;
  readonly Identity: Token<Identity>;
  readonly Preferences: Token<PreferenceService>;
  /** Numbers that parts show of themselves. */
  readonly Counters: Token<Counters>;
  /** What this node offers to its peers, beside connections: announced services, ports that the filter lets pass. */
  readonly Offers: Token<Offers>;
  /** Connections over whichever Stack the node has just now: survives a change of the Stack. */
  readonly Flows: Token<FlowLayer>;
  /** Packets and flows of the node, for who wants to look. */
  readonly Observation: Token<Observation>;
  /** The node itself, for services that show or steer it. Its members work once the node runs. */
  readonly Node: Token<HeddleNode>;
  readonly UdpSockets: Token<UdpSockets>;
  readonly StreamSockets: Token<StreamSockets>;
  readonly Interfaces: Token<Interfaces>;
  readonly HostLookup: Token<HostLookup>;
} = {
  Bind: manyToken('@heddle/core/Bind'),
  Stack: token('@heddle/core/Stack'),
  Control: token('@heddle/core/Control'),
  PathSelector: token('@heddle/core/PathSelector'),
  Clock: token('@heddle/core/Clock'),
  Random: token('@heddle/core/Random'),
  Logger: token('@heddle/core/Logger'),
  Crypto: token('@heddle/core/Crypto'),
  Pool: token('@heddle/core/Pool'),
  Limits: token('@heddle/core/Limits'),
  StateStore: token('@heddle/core/StateStore'),
  Identity: token('@heddle/core/Identity'),
  Preferences: token('@heddle/core/Preferences'),
  Counters: token('@heddle/core/Counters'),
  Offers: token('@heddle/core/Offers'),
  Flows: token('@heddle/core/Flows'),
  Observation: token('@heddle/core/Observation'),
  Node: token('@heddle/core/Node'),
  UdpSockets: token('@heddle/core/UdpSockets'),
  StreamSockets: token('@heddle/core/StreamSockets'),
  Interfaces: token('@heddle/core/Interfaces'),
  HostLookup: token('@heddle/core/HostLookup'),
};
