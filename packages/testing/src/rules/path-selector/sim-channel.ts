import type { Bytes, LocalEndpoint, Peer, ProbeChannel, Remote } from '@heddle/core';
import { BehaviorSubject, Observable, Subject } from 'rxjs';

export const PEERS: readonly Peer[] = [1, 2].map((n) => ({
  id: `p${n}`,
  name: `p${n}`,
  nodeKey: new Uint8Array(32).fill(n),
  discoKey: new Uint8Array(32).fill(9 * n),
  addresses: [`10.0.0.${n}`],
  allowedIps: [`10.0.0.${n}/32`],
  endpoints: [`direct:${n}`],
  homeRelay: `relay:${n}`,
}));

/** A channel that leads nowhere and counts what is sent: two peers, with a direct place and a relay each, to whom nobody talks unless a rule says so. */
export class SimChannel implements ProbeChannel {
  readonly localEndpoints$: BehaviorSubject<readonly LocalEndpoint[]> = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  readonly wanted$: Subject<string> = new Subject();
  readonly #changes = new Subject<{ readonly id: string; readonly peer: Peer | undefined }>();
  readonly peers$: ProbeChannel['peers$'] = new Observable((subscriber) => {
    for (const peer of PEERS) subscriber.next({ id: peer.id, peer });
    return this.#changes.subscribe(subscriber);
  });
  readonly #remotes = new Map<string, Remote>();
  sent = 0;
  /** Sees what is sent. */
  onSend: ((datagram: Bytes) => void) | undefined;

  send(_to: Remote, datagram: Bytes): boolean {
    this.sent += 1;
    this.onSend?.(datagram);
    return true;
  }

  /** A peer is changed, or removed. */
  change(id: string, peer: Peer | undefined): void {
    this.#changes.next({ id, peer });
  }

  /** True for a remote that the channel has given. */
  knows(remote: Remote): boolean {
    return this.#remotes.get(remote.text) === remote;
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
