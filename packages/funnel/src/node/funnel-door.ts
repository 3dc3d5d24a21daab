import type { Flow, Ingress } from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import { OWN_NAME, type Plan } from '../config/plan.js';
import type { IngressTarget } from '../ingress/ingress-rules.js';
import type { VisitorDoor } from '../ingress/visitor-door.js';
import { isOwnName, type OwnNames } from '../web/request-host.js';
import type { FlowSockets } from './flow-sockets.js';

export interface Served {
  plan(): Plan;
  names(): OwnNames;
}

/** Lets visitors from the internet in, to what the plan says may be reached from there. */
export class FunnelDoor implements VisitorDoor {
  readonly ingress$: Observable<Ingress>;
  readonly #wanted = new BehaviorSubject<Ingress>('off');
  readonly #served: Served;
  #sockets: FlowSockets | undefined;

  constructor(served: Served) {
    this.#served = served;
    this.ingress$ = this.#wanted.asObservable();
  }

  /** From now on visitors may enter. */
  open(sockets: FlowSockets): void {
    this.#sockets = sockets;
  }

  /** The plan is another one. */
  changed(): void {
    const wishes = [...this.#served.plan().funnel.values()];
    const wanted = wishes.includes(true) ? 'on' : wishes.length > 0 ? 'prepared' : 'off';
    if (wanted !== this.#wanted.value) this.#wanted.next(wanted);
  }

  isOpenFor({ host, port }: IngressTarget): boolean {
    const { ports, funnel } = this.#served.plan();
    const name = host.toLowerCase().replace(/\.$/, '');
    const key = isOwnName(name, this.#served.names()) ? OWN_NAME : name;
    return ports.has(port) && funnel.get(`${key}:${port}`) === true;
  }

  enter(_target: IngressTarget, flow: Flow): void {
    if (this.#sockets === undefined) flow.reset();
    else this.#sockets.take(flow);
  }

  close(): void {
    this.#sockets?.close();
    this.#sockets = undefined;
  }
}
