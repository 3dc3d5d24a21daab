import type { Observable } from 'rxjs';

/** What the user of a node wants of it, apart from what control says. */
export interface Preferences {
  /** Told to control; absent: control or the plugin names the node. */
  readonly hostname?: string;
  /** Subnet routes that peers offer are used. */
  readonly acceptRoutes: boolean;
  /** The peer whose default routes are used, by id or stable id, name or address. While it is not there nothing goes elsewhere instead. Absent: none. */
  readonly exitNode?: string;
  /** Prefixes that others may reach through this node; `0.0.0.0/0` and `::/0` offer it as exit node. The Stack has to forward what comes for them. */
  readonly advertiseRoutes: readonly string[];
  /** Nothing may be opened to this node. */
  readonly shieldsUp: boolean;
  /** The Stack's DNS is that of the tailnet, where control names one. */
  readonly acceptDns: boolean;
}

/** Fields to change. `undefined` takes an optional field away; what is not named stays. */
export type PreferenceChange = { readonly [Name in keyof Preferences]?: Preferences[Name] | undefined };

/** The preferences of a node, which may change while it runs. */
export interface PreferenceService {
  readonly value: Preferences;
  /** Replays the latest value. */
  readonly changes$: Observable<Preferences>;
  /** Throws, with nothing changed, for values that cannot be. Returns what holds now. */
  set(change: PreferenceChange): Preferences;
}

export const DEFAULT_PREFERENCES: Preferences = {
  acceptRoutes: false,
  advertiseRoutes: [],
  shieldsUp: false,
  acceptDns: true,
};
