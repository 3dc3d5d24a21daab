import type { Peer, ProbeChannel, Remote } from '@heddle/core';
import { BehaviorSubject, NEVER, of } from 'rxjs';

const PEERS: readonly Peer[] = [1, 2].map((n) => ({
  id: `p${n}`,
  name: `p${n}`,
  nodeKey: new Uint8Array(32).fill(n),
  discoKey: new Uint8Array(32).fill(9 * n),
  addresses: [`10.0.0.${n}`],
  allowedIps: [`10.0.0.${n}/32`],
  endpoints: [`direct:${n}`],
  homeRelay: `relay:${n}`,
}));

/** A channel that leads nowhere and counts what is sent: two peers, with a direct place and a relay each, to whom nobody talks. */
export class SimChannel implements ProbeChannel {
  readonly localEndpoints$: ProbeChannel['localEndpoints$'] = new BehaviorSubject([]);
  readonly wanted$: ProbeChannel['wanted$'] = NEVER;
  readonly peers$: ProbeChannel['peers$'] = of(...PEERS.map((peer) => ({ id: peer.id, peer })));
  readonly #remotes = new Map<string, Remote>();
  sent = 0;

  send(): boolean {
    this.sent += 1;
    return true;
  }

  parse(text: string): Remote | undefined {
    const [scheme = ''] = text.split(':', 1);
    if (scheme !== 'direct' && scheme !== 'relay') return undefined;
    const remote = this.#remotes.get(text) ?? { scheme, text, id: new TextEncoder().encode(text), limitKey: text };
    this.#remotes.set(text, remote);
    return remote;
  }

  isRelay({ scheme }: Remote): boolean {
    return scheme === 'relay';
  }

  traffic(): ReturnType<ProbeChannel['traffic']> {
    return { primary: undefined, sent: 0, heard: 0 };
  }

  lookAgain(): void {}
  watch(): void {}
}
