import type { PeerRef, WireGuardEngine } from '@heddle/wireguard';
import type { Clock } from '../contracts/surroundings.js';

/** Who has a session that works is heard within this time, if anything flows at all. */
const LISTEN = 1_000;

/**
 * Goes on after a sleep: peers may have given up our sessions meanwhile. Those that are heard within a second have not, and keep theirs;
 * all others are greeted with a handshake. So it costs nothing when it was no sleep but a date that somebody set.
 */
export class Resumption {
  readonly #engine: WireGuardEngine;
  readonly #clock: Clock;
  readonly #run: (work: () => void) => void;
  #cancel: () => void = () => {};
  readonly #greeted = new Map<PeerRef, () => void>();

  constructor(engine: WireGuardEngine, clock: Clock, run: (work: () => void) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#run = run;
  }

  begin(): void {
    const heard = new Map(this.#engine.peers().map((peer) => [peer, this.#received(peer)]));
    this.#cancel();
    this.#cancel = this.#clock.at(this.#clock.now() + LISTEN, () => {
      const silent = this.#engine.peers().filter((peer) => heard.get(peer) === this.#received(peer));
      this.#run(() => this.#engine.rehandshake(this.#clock.now(), silent));
    });
  }

  /**
   * Hands a session to a peer that has just started. It tells its new disco key before it knows us, and what it gets until then is lost, which
   * WireGuard would notice after five seconds: so who stays silent is greeted once more.
   */
  greet(peer: PeerRef): void {
    const heard = this.#received(peer);
    this.#greeted.get(peer)?.();
    const cancel = this.#clock.at(this.#clock.now() + LISTEN, () => this.#greetAgain(peer, heard));
    this.#greeted.set(peer, cancel);
    this.#engine.rehandshake(this.#clock.now(), [peer]);
  }

  stop(): void {
    this.#cancel();
    for (const cancel of this.#greeted.values()) cancel();
    this.#greeted.clear();
  }

  #greetAgain(peer: PeerRef, heard: number): void {
    this.#greeted.delete(peer);
    const isThere = this.#engine.peer(peer.publicKey) === peer;
    if (isThere && this.#received(peer) === heard) this.#run(() => this.#engine.rehandshake(this.#clock.now(), [peer]));
  }

  #received(peer: PeerRef): number {
    return this.#engine.status(peer).rxBytes;
  }
}
