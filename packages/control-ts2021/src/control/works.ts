import type { ControlContext, Identity, NetmapStream, SelfUpdate, StateStore, TextRecord } from '@heddle/core';
import type { Crypto, PublicKey } from '@heddle/crypto';
import { newCounts, type Ts2021Counts } from '../counters.js';
import type { ControlUrl } from '../dial/control-url.js';
import type { MapOutcome } from '../map/index.js';
import { BackOff } from '../poll/back-off.js';
import type { HostFacts } from '../poll/hostinfo.js';
import type { Board } from './board.js';
import { setDns } from './dns-desk.js';
import { Life } from './life.js';
import { ControlLink } from './link.js';
import { MapKeeper } from './map-keeper.js';
import { NodeRecord } from './node-record.js';
import { OwnNode } from './own-node.js';
import { Pings } from './pings.js';
import { Poll, type PollEnd } from './poll.js';
import { type AuthKeySource, Registrar } from './registrar.js';
import { ServerKeyPin } from './server-key.js';
import { chance } from './time.js';
import type { ControlTransport } from './transport.js';
import { Updates } from './updates.js';

/** What a control is made from, besides its context. */
export interface ControlGiven {
  readonly url: ControlUrl;
  readonly version: number;
  readonly facts: HostFacts;
  readonly authKey: AuthKeySource;
  readonly ephemeral: boolean;
  readonly cache: boolean;
  /** Consent of the configuration to this key of the server. */
  readonly serverKey: PublicKey<'machine'> | undefined;
  readonly identity: Identity;
  readonly store: StateStore;
  readonly crypto: Crypto;
  /** `goesTo` is told every address before something is sent there. */
  transport(context: ControlContext, goesTo: (addresses: readonly string[]) => void): ControlTransport;
}

/** The parts of an open control, and what they say to each other. */
export class Works {
  readonly pin: ServerKeyPin;
  readonly link: ControlLink;
  readonly registrar: Registrar;
  readonly record: NodeRecord;
  readonly life: Life;
  readonly keeper: MapKeeper;
  readonly counts: Ts2021Counts;
  readonly #node: OwnNode;
  readonly #updates: Updates;
  readonly #pings: Pings;
  readonly #board: Board;
  readonly #context: ControlContext;
  readonly #end = new AbortController();
  #poll: Poll | undefined;
  #approved = true;

  constructor(given: ControlGiven, context: ControlContext, seen: { readonly board: Board; readonly netmap: NetmapStream }) {
    const { clock, log, random } = context;
    const { url, identity, crypto, store, version, facts } = given;
    this.#context = context;
    this.#board = seen.board;
    this.counts = newCounts();
    this.pin = new ServerKeyPin(store, url.text, given.serverKey);
    this.record = new NodeRecord(store, url.text);
    this.link = new ControlLink(
      given.transport(context, (addresses) => this.keeper.outside(addresses)),
      this.pin,
      clock,
    );
    this.#node = new OwnNode({ identity, version, facts, random, crypto });
    const shared = { clock, log, link: this.link, node: this.#node, record: this.record, board: this.#board };
    this.registrar = new Registrar({ ...shared, authKey: given.authKey, ephemeral: given.ephemeral });
    this.#updates = new Updates({ ...shared, unknownNode: () => this.#poll?.finish({ is: 'unknown-node' }) });
    this.#pings = new Pings({ ...shared, url });
    this.keeper = new MapKeeper({ ...shared, ...seen, cache: given.cache && store.lasting !== false, ...this.#orders() });
    this.life = new Life({ ...shared, registrar: this.registrar, backOff: new BackOff(() => chance(random)), ...this.#rounds() });
  }

  publish(update: SelfUpdate): void {
    this.#node.publish(update);
    this.#updates.changed();
  }

  setDns(record: TextRecord, signal: AbortSignal): Promise<void> {
    return setDns(record, { link: this.link, node: this.#node }, signal);
  }

  get nodeKey(): string | undefined {
    return this.#node.nodeKey;
  }

  /** Everything that goes on ends; resolves when the last map is kept. */
  async close(): Promise<void> {
    this.#end.abort(new Error('the control was closed'));
    this.life.stop();
    this.#updates.closed();
    this.link.close();
    await this.keeper.close();
  }

  /** This node is none of the server's any more; the next one is a new one. */
  async forget(): Promise<void> {
    await this.record.forget();
    this.keeper.clear();
  }

  #orders(): Pick<ConstructorParameters<typeof MapKeeper>[0], 'ping' | 'approval' | 'expired'> {
    return {
      ping: (request) => this.#pings.answer(request, this.#end.signal),
      approval: (approved) => this.#setApproved(approved),
      expired: () => this.#poll?.finish({ is: 'expired' }),
    };
  }

  #rounds(): Pick<ConstructorParameters<typeof Life>[0], 'poll' | 'forget' | 'expired'> {
    return {
      poll: (signal, approved) => this.#follow(signal, approved),
      forget: () => this.forget(),
      expired: () => {
        this.keeper.clear();
        this.#board.state({ is: 'needs-login', url: undefined });
      },
    };
  }

  async #follow(signal: AbortSignal, approved: boolean): Promise<PollEnd> {
    this.#approved = approved;
    this.counts.polls += 1;
    const { clock } = this.#context;
    const poll = new Poll({ clock, link: this.link, node: this.#node, events: this.#events() }, this.keeper.session);
    this.#poll = poll;
    try {
      return await poll.run(signal);
    } finally {
      this.#poll = undefined;
      this.#updates.closed();
    }
  }

  #events(): ConstructorParameters<typeof Poll>[0]['events'] {
    return {
      outcome: (outcome) => this.#take(outcome),
      began: () => {
        this.life.good();
        this.#board.connected(this.#approved);
        this.#updates.opened();
      },
    };
  }

  #take(outcome: MapOutcome): void {
    this.counts.frames += 1;
    if (outcome.keepAlive) this.counts.keepAlives += 1;
    if (outcome.patch !== undefined) this.counts.patches += 1;
    this.counts.heardAt = this.#context.clock.now();
    this.keeper.take(outcome);
  }

  #setApproved(approved: boolean): void {
    this.#approved = approved;
    if (this.#poll !== undefined) this.#board.connected(approved);
  }
}
