import type { NameConfig } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import { readWord } from '../filter/address-set.js';
import { DnsForwarder } from '../names/dns-forwarder.js';
import { NameService } from '../names/name-service.js';
import type { KernelServices } from './kernel-services.js';
import { ServiceHost } from './service-host.js';

export interface NameDeskOptions {
  readonly config: () => NameConfig | undefined;
  readonly mtu: () => number;
  readonly deliver: (packet: Bytes) => void;
}

/** The resolver of a node, and the host through which its Stack asks it. */
export class NameDesk {
  readonly host: ServiceHost;
  readonly #forwarder: DnsForwarder;

  constructor({ clock, random, names, underlay }: KernelServices, { config, mtu, deliver }: NameDeskOptions) {
    this.#forwarder = new DnsForwarder({ clock, random, underlay });
    const service = new NameService({ names, forwarder: this.#forwarder, config });
    const later = (packet: Bytes): void => void clock.at(clock.now(), () => deliver(packet));
    const startAt = (): number => {
      const bytes = new Uint8Array(4);
      random.fill(bytes);
      return readWord(bytes, 0);
    };
    const answer = (message: Bytes): Promise<Bytes | undefined> => service.answer(message);
    this.host = new ServiceHost({ answer, deliver: later, mtu, now: () => clock.now(), startAt });
  }

  close(): void {
    this.#forwarder.close();
  }
}
