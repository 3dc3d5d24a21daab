import { HeddleError, type RelayMap } from '@heddle/core';
import { parseAddress } from '@heddle/wire';
import { ControlService } from '../control/control-service.js';
import { MapSource } from '../map/map-source.js';
import type { AuthKeyOptions, DevnetOptions } from '../options.js';
import { Access } from '../registry/access.js';
import type { DevnetNode } from '../registry/devnet-node.js';
import { ALLOW_ALL, type Policy } from '../registry/policy.js';
import { type Ground, groundOf, type Knowledge, knowledgeOf, putAuthKey } from './devnet-parts.js';
import { DevnetState, readSaved } from './devnet-state.js';
import { machineClock, machineRandom } from './environment.js';
import { type OpenControl, type OpenRelay, openControl, openRelay } from './listeners.js';

const DOMAIN = 'devnet.internal';
const DOMAIN_NAME = /^(?=.{1,190}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** A tailnet on one machine: control server, relay and STUN server. */
export interface Devnet {
  /** Of the control server. */
  readonly url: string;
  /** The one relay, as nodes are told of it. */
  readonly relays: RelayMap;
  /** Packets that the relay has forwarded. */
  readonly relayed: number;
  /** Makes a pre-auth key and returns its text, a secret. */
  authKey(options?: AuthKeyOptions): Promise<string>;
  /** Everybody who registered, in order. */
  nodes(): readonly DevnetNode[];
  /** Forgets a node, by its name without domain. False: there is none. */
  remove(name: string): Promise<boolean>;
  /** Replaces the policy, for all at once. Throws HEDDLE_DEVNET_POLICY. */
  setPolicy(policy: Policy): void;
  /** Idempotent. Every connection ends. */
  close(): Promise<void>;
}

/** Starts a devnet and resolves when nodes may join. For tests and one machine: it has no rate limits, no mesh and one region. */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const ground = groundOf(options, { clock: machineClock, random: machineRandom });
  if (parseAddress(ground.address) === undefined)
    throw new HeddleError('HEDDLE_DEVNET_OPTIONS', `devnet: \`address\` is "${ground.address}", which is no IP address`);
  const { domain = DOMAIN } = options;
  if (!DOMAIN_NAME.test(domain))
    throw new HeddleError('HEDDLE_DEVNET_OPTIONS', `devnet: \`domain\` is "${domain}", which is no domain name`);
  const access = new Access(options.policy === undefined ? ALLOW_ALL : options.policy);
  await options.state?.open(new AbortController().signal);
  const opened: { close(): Promise<void> }[] = options.state === undefined ? [] : [options.state];
  try {
    const knowledge = knowledgeOf(options, ground, options.state && readSaved(options.state));
    const relay = await openRelay(options, ground, knowledge);
    opened.unshift(relay);
    const source = new MapSource(knowledge.registry, access, namesOf(options), relay.relays);
    const running = new RunningDevnet(options, ground, knowledge, source, relay);
    await running.open();
    return running;
  } catch (error) {
    for (const each of opened) await each.close();
    throw faultOf(error);
  }
}

class RunningDevnet implements Devnet {
  readonly relays: RelayMap;
  readonly #options: DevnetOptions;
  readonly #ground: Ground;
  readonly #knowledge: Knowledge;
  readonly #source: MapSource;
  readonly #service: ControlService;
  readonly #relay: OpenRelay;
  readonly #state: DevnetState;
  #control: OpenControl | undefined;
  #cancelTick: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(options: DevnetOptions, ground: Ground, knowledge: Knowledge, source: MapSource, relay: OpenRelay) {
    this.#options = options;
    this.#ground = ground;
    this.#knowledge = knowledge;
    this.#source = source;
    this.#relay = relay;
    this.relays = relay.relays;
    const { offlineAfter = 5_000, forgetAfter = 120_000 } = options;
    this.#service = new ControlService(source, knowledge.keys, { grace: offlineAfter, forgetAfter });
    const { registry, keys, secrets } = knowledge;
    this.#state = new DevnetState(options.state, () => ({ ...secrets, registry: registry.snapshot(), authKeys: keys.list() }));
  }

  get url(): string {
    return this.#control?.url ?? '';
  }

  get relayed(): number {
    return this.#relay.server.room.forwarded;
  }

  async open(): Promise<void> {
    await this.#state.save();
    this.#control = await openControl(this.#options, this.#ground, this.#knowledge, this.#service, () => this.#state.save());
    this.#knowledge.registry.listen((_id, kind) => {
      this.#control?.wake();
      if (kind === 'new' || kind === 'whole' || kind === 'gone') this.#save();
    });
    this.#service.onDeadline = () => this.#arm();
  }

  async authKey(options: AuthKeyOptions = {}): Promise<string> {
    const key = putAuthKey(this.#knowledge.keys, options, this.#ground);
    await this.#state.save();
    return key;
  }

  nodes(): readonly DevnetNode[] {
    return [...this.#knowledge.registry.nodes()];
  }

  async remove(name: string): Promise<boolean> {
    const node = this.#knowledge.registry.byName(name);
    if (node !== undefined) this.#knowledge.registry.remove(node.id);
    await this.#state.save();
    return node !== undefined;
  }

  setPolicy(policy: Policy): void {
    this.#source.access = new Access(policy);
    this.#service.accessChanged();
    this.#control?.wake();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#service.onDeadline = () => {};
    await Promise.all([this.#control?.close(), this.#relay.close()]);
    this.#cancelTick();
    await this.#state.save();
    await this.#options.state?.close();
  }

  /** A write that fails is tried again with the next change; who waits for one is told. */
  #save(): void {
    this.#state.save().catch(() => {});
  }

  #arm(): void {
    const { clock } = this.#ground;
    this.#cancelTick();
    this.#cancelTick = clock.at(this.#service.nextDeadline(), () => {
      this.#service.tick({ now: clock.now(), wall: clock.wall() });
      this.#arm();
    });
  }
}

function namesOf({ domain = DOMAIN, records = [], resolvers = [] }: DevnetOptions): MapSource['names'] {
  return { domain, records, resolvers };
}

function faultOf(error: unknown): HeddleError {
  if (error instanceof HeddleError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new HeddleError('HEDDLE_DEVNET_OPTIONS', `devnet: a server cannot listen: ${text}`, { cause: error });
}
