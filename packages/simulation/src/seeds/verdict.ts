import type { Disturbance } from '../scenario/scenario.js';
import type { TailnetWorld } from '../scenario/tailnet-world.js';

/** Some links lose packets: a flow is well when it is never silent for longer. */
const SILENCE = 1_500;
/** For what finds a path at first. */
const FIRST_SWITCHES = 5;
/** Away from a path and to it again; a new process begins with nothing. */
const SWITCHES_PER_EVENT = 2;
const SWITCHES_PER_RESTART = 5;
/** Lines of the log for each flow: five datagrams over a few hops, as many by relay in doubt, probes and STUN. A loop makes thousands. */
const EVENTS_PER_SECOND = 150;

/** What is looked at in a run, and what was found wrong. */
export class Verdict {
  readonly faults: string[] = [];
  readonly #world: TailnetWorld;
  #quietFrom = 0;
  #switchesBefore = 0;
  #eventsBefore = 0;

  constructor(world: TailnetWorld) {
    this.#world = world;
  }

  /** From now on nothing is done to the network. */
  quietFrom(): void {
    this.#quietFrom = this.#world.clock.now();
    this.#switchesBefore = this.#switches();
    this.#eventsBefore = this.#world.log.count;
  }

  connected(): void {
    for (const { from, to, silence } of this.#world.flows)
      if (silence > SILENCE) this.faults.push(`not connected: from ${from} to ${to} nothing arrived for ${silence} ms`);
  }

  /** At most a switch away and back for each event, and none when nothing happens but one that was held back. */
  calm(events: readonly Disturbance[]): void {
    const restarts = events.filter((event) => event.do === 'restart').length;
    const most = FIRST_SWITCHES + SWITCHES_PER_EVENT * (events.length - restarts) + SWITCHES_PER_RESTART * restarts;
    for (const [pair, paths] of this.#world.switches)
      if (paths.length > most) this.faults.push(`flaps: ${pair} had ${paths.length} paths in ${events.length} events: ${paths.join(' ')}`);
    const late = this.#switches() - this.#switchesBefore;
    if (late > this.#world.flows.length) this.faults.push(`flaps: ${late} switches while nothing happened`);
  }

  /** Every datagram arrives once, and no packet breeds others. */
  noLoop(): void {
    for (const { from, to, repeated } of this.#world.flows)
      if (repeated > 0) this.faults.push(`loop: ${repeated} datagrams from ${from} to ${to} arrived twice`);
    const seconds = (this.#world.clock.now() - this.#quietFrom) / 1_000;
    const rate = (this.#world.log.count - this.#eventsBefore) / seconds / this.#world.flows.length;
    if (rate > EVENTS_PER_SECOND) this.faults.push(`loop: ${Math.round(rate)} events a second and flow`);
    if (this.#world.net.drops.has('too-many-hops')) this.faults.push('loop: a packet went round between routers');
  }

  /** After everything was closed. */
  nothingLeft(): void {
    const { clock, openSockets } = this.#world;
    if (clock.pending > 0) this.faults.push(`leak: ${clock.pending} timers are set`);
    if (openSockets > 0) this.faults.push(`leak: ${openSockets} sockets are open`);
  }

  thrown(error: unknown): void {
    this.faults.push(`threw: ${error instanceof Error ? error.message : String(error)}`);
  }

  #switches(): number {
    return [...this.#world.switches.values()].reduce((sum, paths) => sum + paths.length, 0);
  }
}
