import { type Flow, type Ingress, type Token, token } from '@heddle/core';
import type { Observable } from 'rxjs';
import type { IngressTarget } from './ingress-rules.js';

/** Where visitors from the internet go when they have been let in: what serves gives it. */
export interface VisitorDoor {
  /** Whether anything that is served may be reached from the internet: nothing, prepared only, or something. Replays the latest. */
  readonly ingress$: Observable<Ingress>;
  /** Whether visitors may come to this name and port, and something is served there. Asked for each of them. */
  isOpenFor(target: IngressTarget): boolean;
  /**
   * Has the connection of a visitor from now on, as if he had opened it himself: `flow.remote` is his address, the bytes are his
   * own (TLS, where the port has it). He is nobody of the tailnet, whatever whois says of his address.
   */
  enter(target: IngressTarget, flow: Flow): void;
}

/** The door of whatever serves in this node. */
export const Visitors: Token<VisitorDoor> = token('@heddle/funnel/Visitors');
