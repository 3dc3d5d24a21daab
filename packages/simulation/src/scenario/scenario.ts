/**
 * One description of a tailnet and of what happens to it: data, played on the simulated network (`play.ts`) and in real
 * network namespaces (`lab/scenario/`). Times are milliseconds.
 */
export interface Scenario {
  /** What is required, as a sentence. */
  readonly says: string;
  /** By name. */
  readonly nodes: Readonly<Record<string, NodePlan>>;
  /** One way, from each relay to the internet. Default: one relay, 10 ms away. */
  readonly relays?: readonly number[];
  /** A second network between all nodes and nothing else, and how far it is across. Default: none. */
  readonly fibre?: number;
  /** Numbered datagrams flow between all nodes, both ways, from the beginning to the end. */
  readonly steps: readonly Step[];
}

export type NatKind = 'none' | 'full cone' | 'port restricted' | 'symmetric' | 'double';

export interface NodePlan {
  /** What stands between it and the internet. Default: nothing, it has a public address. */
  readonly nat?: NatKind;
  /** One way, from it to the internet. Default 10. */
  readonly delay?: number;
  /** It begins behind a firewall that stops all UDP. */
  readonly blocked?: boolean;
}

export type Step = Pass | Expectation | Disturbance;

/** Time goes by. */
export interface Pass {
  readonly pass: number;
}

/** All paths are of this kind within so long from here, and all flows are alive. */
export interface Expectation {
  readonly expect: 'direct' | 'relay' | 'connected';
  readonly within: number;
  /** Since the last disturbance no flow was silent for longer. */
  readonly silence?: number;
}

/** Something happens to the network or to a node. */
export type Disturbance = HostDisturbance | RelayDisturbance | Restart | FibreDisturbance;

export type HostDisturbance =
  /** The firewall of the host: no UDP; all UDP. */
  | { readonly do: 'block-udp' | 'allow-udp'; readonly node: string }
  /** Its cable, and what lies on it: all is lost without a word. */
  | { readonly do: 'cut' | 'mend'; readonly node: string }
  /** It gets another address: of its own where it is public, else its NAT's outer one. */
  | { readonly do: 'move'; readonly node: string }
  /** The NAT forgets all mappings and maps to other ports; without a NAT nothing happens. */
  | { readonly do: 'reboot-nat'; readonly node: string }
  | { readonly do: 'link'; readonly node: string; readonly delay?: number; readonly jitter?: number; readonly loss?: number };

/** The process ends and another begins with the same node key and a new disco key. */
export type Restart = { readonly do: 'restart'; readonly node: string };

/** How far it is across from now on. */
export type FibreDisturbance = { readonly do: 'fibre'; readonly delay: number };

/** By its number, from 0. In the simulation only. */
export type RelayDisturbance = { readonly do: 'stop-relay' | 'start-relay'; readonly relay: number };

export function isDisturbance(step: Step): step is Disturbance {
  return 'do' in step;
}
