import type { Lan, NatRules, SimHost, SimNat, SimNetwork } from '@heddle/testing';
import type { HostDisturbance, NatKind, NodePlan } from './scenario.js';

const RULES: Readonly<Record<Exclude<NatKind, 'none'>, NatRules>> = {
  'full cone': { mapping: 'endpoint-independent', filtering: 'endpoint-independent' },
  'port restricted': { mapping: 'endpoint-independent', filtering: 'address-and-port-dependent' },
  symmetric: { mapping: 'address-and-port-dependent', filtering: 'address-and-port-dependent' },
  double: { mapping: 'endpoint-independent', filtering: 'address-and-port-dependent' },
};
const DELAY = 10;

/** Where a node of a scenario is: its host, and what stands between that and the internet. */
export class Home {
  readonly host: SimHost;
  readonly #nats: readonly SimNat[];
  readonly #number: number;
  #moves = 0;

  constructor(net: SimNetwork, name: string, number: number, { nat = 'none', delay = DELAY, blocked = false }: NodePlan, fibre?: Lan) {
    this.#number = number;
    const [on, address] = nat === 'none' ? ([net.internet, `198.51.100.${number}/24`] as const) : inside(net, name, number);
    const second = fibre === undefined ? [] : [{ on: fibre, addresses: [`10.99.0.${number}/24`] }];
    this.host = net.host(name, { ports: [{ on, addresses: [address], link: { delay } }, ...second] });
    this.#nats = nat === 'none' ? [] : nats(net, name, number, nat, on);
    if (blocked) this.host.firewall.set({ udp: false });
  }

  /** What happens to the network here. */
  disturb(what: HostDisturbance): void {
    switch (what.do) {
      case 'block-udp':
        return this.host.firewall.set({ udp: false });
      case 'allow-udp':
        return this.host.firewall.set({ inbound: 'all' });
      case 'cut':
        return this.host.link().unplug();
      case 'mend':
        return this.host.link().plug();
      case 'move':
        return this.#move();
      case 'reboot-nat':
        for (const nat of this.#nats) nat.reboot();
        return;
      case 'link': {
        const { do: _do, node: _node, ...shape } = what;
        return this.host.link().set(shape);
      }
    }
  }

  /** Half the way across the fibre. */
  fibre(delay: number): void {
    this.host.link('eth1').set({ delay });
  }

  #move(): void {
    const last = 100 + ((this.#number * 50 + ++this.#moves) % 150);
    // Three nodes have a third of the addresses each; more have a network each, so that nobody moves to where another one is.
    const net = this.#number > 3 ? this.#number : 0;
    const outer = this.#nats.at(-1);
    if (outer === undefined) this.host.setAddresses([`198.51.${100 + net}.${last}/24`]);
    else outer.renumber(`203.0.${113 + net}.${last}`);
  }
}

function inside(net: SimNetwork, name: string, number: number): readonly [Lan, string] {
  return [net.lan(`${name}-lan`), `192.168.${number}.2/24`];
}

/** From the inside out. */
function nats(net: SimNetwork, name: string, number: number, kind: Exclude<NatKind, 'none'>, lan: Lan): SimNat[] {
  const home = { inside: lan, insideAddress: `192.168.${number}.1/24`, ...RULES[kind] };
  const atInternet = { outside: net.internet, outsideAddress: `203.0.113.${number}/24` };
  if (kind !== 'double') return [net.nat(`${name}-nat`, { ...home, ...atInternet })];
  const street = net.lan(`${name}-street`);
  const carrier = { inside: street, insideAddress: `100.64.${number}.1/24`, ...RULES[kind], ...atInternet };
  const inner = net.nat(`${name}-nat`, { ...home, outside: street, outsideAddress: `100.64.${number}.2/24` });
  return [inner, net.nat(`${name}-carrier`, carrier)];
}
