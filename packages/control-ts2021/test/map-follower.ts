import type { NetmapCommons, Peer, SelfConfig } from '@heddle/core';
import type { MapOutcome } from '../src/map/map-outcome.js';
import { MapSession } from '../src/map/map-session.js';
import { bytesOf, WALL } from './map-world.js';

/** Who listens to a session: it knows only what the patches say. */
export class Follower {
  readonly session: MapSession;
  readonly peers = new Map<string, Peer>();
  commons: NetmapCommons = {};
  self: SelfConfig | undefined;

  constructor(session: MapSession = new MapSession()) {
    this.session = session;
  }

  static of(frame: unknown): Follower {
    const follower = new Follower();
    follower.take(frame);
    return follower;
  }

  take(frame: unknown, wall: number = WALL): MapOutcome {
    return this.follow(this.session.apply(bytesOf(frame), wall));
  }

  tick(wall: number): MapOutcome {
    return this.follow(this.session.tick(wall));
  }

  follow(outcome: MapOutcome): MapOutcome {
    if (outcome.patch === undefined) return outcome;
    const { set, removed, self, ...commons } = outcome.patch;
    for (const id of removed) this.peers.delete(id);
    for (const peer of set) this.peers.set(peer.id, peer);
    this.self = self ?? this.self;
    this.commons = { ...this.commons, ...commons };
    return outcome;
  }

  /** All that is known, in an order that does not depend on how it came. */
  get knows(): object {
    const peers = [...this.peers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { self: this.self, commons: this.commons, peers };
  }
}
