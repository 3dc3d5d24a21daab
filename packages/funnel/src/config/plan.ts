/** Everything that is served, checked and ready for use. Immutable: a change is a new plan. */
export interface Plan {
  readonly ports: ReadonlyMap<number, Service>;
  /** `name:port` that may be reached from outside the tailnet. Where the value is false it is only prepared. */
  readonly funnel: ReadonlyMap<string, boolean>;
}

/** What a port does. */
export type Service = TcpService | SniService | WebService;

export interface TcpService {
  readonly kind: 'tcp';
  readonly target: TcpTarget;
  /** TLS is ended here under this name; OWN_NAME: the node's. */
  readonly terminate?: string;
  readonly proxyProtocol: ProxyVersion;
}

/** TLS passes through, to the target of the name that the visitor asks for. */
export interface SniService {
  readonly kind: 'sni';
  readonly targets: ReadonlyMap<string, Forward>;
}

export interface Forward {
  readonly target: TcpTarget;
  readonly proxyProtocol: ProxyVersion;
}

export interface WebService {
  readonly kind: 'web';
  readonly tls: boolean;
  /** By name; OWN_NAME: the node's. */
  readonly sites: ReadonlyMap<string, Mounts>;
}

/** By mount point. */
export type Mounts = ReadonlyMap<string, MountTarget>;

export type ProxyVersion = 0 | 1 | 2;

/** Where bytes go. `text` is how it was written. */
export type TcpTarget =
  | { readonly kind: 'address'; readonly host: string; readonly port: number; readonly text: string }
  | { readonly kind: 'unix'; readonly path: string; readonly text: string }
  | InProcess;

/** Where requests go. */
export type MountTarget =
  | ProxyTarget
  | { readonly kind: 'files'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string }
  | InProcess;

export interface ProxyTarget {
  readonly kind: 'proxy';
  /** How it was written. */
  readonly text: string;
  readonly secure: boolean;
  /** The certificate of the target is not checked. */
  readonly insecure: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Without a query; never empty. */
  readonly path: string;
  /** With the question mark, or empty. */
  readonly query: string;
  /** Path of a socket, which then goes before host and port. */
  readonly socketPath?: string;
  readonly acceptAppCaps: readonly string[];
}

/** A function or a server of this program. It has no form in a ServeConfig. */
export interface InProcess {
  readonly kind: 'in-process';
  readonly handler: object;
}

/** Stands for the name of the node, which may change. */
export const OWN_NAME = '';

/** A site that answers whatever name was asked for. */
export const ANY_NAME = '*';

export const EMPTY_PLAN: Plan = { ports: new Map(), funnel: new Map() };
