import type { Interfaces, PartContext, UdpSocket, UdpSockets } from '@heddle/core';
import { PORT_MAPPING_PORT } from '@heddle/wire';
import type { Gateways } from './gateways.js';
import type { PortMappingReport } from './pure/netcheck-report.js';
import { type PortAction, PortMapper } from './pure/port-mapper.js';
import type { MappingPlace } from './pure/port-requests.js';
import type { Place } from './pure/stun-round.js';

export interface PortDriverOptions {
  readonly context: PartContext;
  readonly sockets: UdpSockets;
  readonly interfaces: Interfaces;
  readonly gateways: Gateways;
  mapped(place: Place | undefined): void;
  report(report: PortMappingReport): void;
}

/** A socket of its own to the gateway, and time, for the mapper. */
export class PortDriver {
  readonly #options: PortDriverOptions;
  readonly #mapper: PortMapper;
  #port: number | undefined;
  #gateway: string | undefined;
  #socket: UdpSocket | undefined;
  #cancelTick = (): void => {};
  #looking: Promise<void> = Promise.resolve();
  #due = false;
  #stopped = false;

  constructor(options: PortDriverOptions) {
    this.#options = options;
    this.#mapper = new PortMapper((bytes) => options.context.random.fill(bytes));
  }

  /** The port that others should reach, and a look at who the gateway is. Undefined: none, and what was granted is given back. */
  setPort(port: number | undefined): void {
    this.#port = port;
    if (this.#due) return;
    this.#due = true;
    this.#looking = this.#looking.then(() => this.#look());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
    this.#drive(this.#mapper.release());
    this.#cancelTick();
    await this.#closeSocket();
  }

  async #look(): Promise<void> {
    this.#due = false;
    const place = this.#port === undefined ? undefined : await this.#findPlace(this.#port);
    if (this.#stopped) return;
    if (place !== undefined) await this.#openSocket();
    if (this.#stopped) return;
    const usable = this.#socket === undefined ? undefined : place;
    const actions = this.#mapper.setPlace(this.#now(), usable);
    this.#gateway = usable?.gateway ?? this.#gateway;
    this.#drive(actions);
    if (usable === undefined) await this.#closeSocket();
  }

  /** The gateway must lie behind an IPv4 address that is ours. */
  async #findPlace(port: number): Promise<MappingPlace | undefined> {
    const gateway = await this.#options.gateways.find().catch(() => undefined);
    const own = this.#options.interfaces.list().find(({ name, address }) => name === gateway?.interface && !address.includes(':'));
    return gateway === undefined || own === undefined ? undefined : { gateway: gateway.address, own: own.address, port };
  }

  /** Without a socket there is no mapping, and nothing else is lost. */
  async #openSocket(): Promise<void> {
    this.#socket ??= await this.#options.sockets
      .open({
        family: 4,
        port: 0,
        message: (bytes, address, port) => this.#message(bytes, address, port),
        fault: (_, fatal) => {
          if (fatal) this.#socket = undefined;
        },
      })
      .catch(() => undefined);
  }

  async #closeSocket(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    await socket?.close();
  }

  #message(bytes: Uint8Array, address: string, port: number): void {
    if (this.#stopped || address !== this.#gateway || port !== PORT_MAPPING_PORT) return;
    this.#drive(this.#mapper.received(this.#now(), bytes));
  }

  #now(): number {
    return this.#options.context.clock.now();
  }

  #drive(actions: readonly PortAction[]): void {
    for (const action of actions) {
      if (action.type === 'send') this.#socket?.send(action.bytes, 0, action.bytes.length, PORT_MAPPING_PORT, action.to);
      else if (action.type === 'mapped') this.#options.mapped(action.place);
      else this.#options.report(action.report);
    }
    this.#cancelTick();
    const next = this.#mapper.nextDeadline();
    const tick = (): void => this.#drive(this.#mapper.tick(this.#now()));
    this.#cancelTick = next === Infinity ? () => {} : this.#options.context.clock.at(next, tick);
  }
}
