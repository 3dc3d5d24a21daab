import type { Observable } from 'rxjs';
import type { NetmapChange, PeerService } from './netmap.js';
import type { LocalEndpoint } from './remote.js';
import type { Clock, Health, Logger, Random } from './surroundings.js';

export type ControlState =
  | { readonly is: 'offline'; readonly reason: string; readonly retryAt?: number }
  | { readonly is: 'needs-login'; readonly url: string | undefined }
  | { readonly is: 'needs-approval' }
  | { readonly is: 'online' };

/** What this node tells control about itself. Absent fields stay as they were. */
export interface SelfUpdate {
  readonly endpoints?: readonly LocalEndpoint[];
  readonly homeRelay?: string;
  /** Empty: control or its plugin names the node. */
  readonly hostname?: string;
  /** Prefixes behind this node that others may use through it; `0.0.0.0/0` and `::/0` offer an exit node. */
  readonly routes?: readonly string[];
  /** Nothing may be opened to this node. */
  readonly shieldsUp?: boolean;
  /** What this node offers to others, such as its PeerAPI. */
  readonly services?: readonly PeerService[];
  /** Whether connections from the internet may come: not, only to be prepared for, or now. */
  readonly ingress?: 'off' | 'prepared' | 'on';
}

/** A TXT record below one of the names for which this node may get certificates, as ACME's dns-01 asks for. */
export interface TextRecord {
  /** Without a dot at the end: `_acme-challenge.node.example.ts.net`. */
  readonly name: string;
  readonly value: string;
}

export interface ControlContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Who the peers are. Who *we* are is core's Identity service. */
export interface Control {
  readonly contract: 1;
  /** Resolves when it is at work, not when the server answered: that is state$. */
  open(context: ControlContext, signal: AbortSignal): Promise<void>;
  /** Idempotent; completes netmap$. */
  close(): Promise<void>;
  /** Replays the latest change as a whole map (patch undefined) to a late subscriber. */
  readonly netmap$: Observable<NetmapChange>;
  /** Replays the latest value. */
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  publish(update: SelfUpdate): void;
  login?(options: { readonly signal?: AbortSignal }): Promise<void>;
  logout?(): Promise<void>;
  /**
   * Puts a record into public DNS; it is control's to take it out again. Resolves when control has taken it, rejects with a HeddleError when it
   * will not. A plugin whose Control has this member offers `control.set-dns`.
   */
  setDns?(record: TextRecord, options: { readonly signal?: AbortSignal }): Promise<void>;
}
