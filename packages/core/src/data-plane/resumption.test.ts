import { chooseCrypto } from '@heddle/crypto';
import { VirtualClock } from '@heddle/testing';
import { type PeerRef, WireGuard } from '@heddle/wireguard';
import { beforeEach, expect, test } from 'vitest';
import { Resumption } from './resumption.js';

const LISTEN = 1_000;
const crypto = chooseCrypto();
const ignore = (): void => {};

/** An engine that writes down whom it greets, and when. */
class GreetingEngine extends WireGuard {
  readonly greeted: { readonly at: number; readonly peers: readonly PeerRef[] }[] = [];
  heard = 0;

  constructor() {
    const sink = { transmit: ignore, deliver: ignore, endpointChanged: ignore, established: ignore, drop: ignore };
    super({ crypto, sink, random: (into) => into.fill(7), wallClock: () => 0, privateKey: new Uint8Array(32).fill(9) });
  }

  override rehandshake(at: number, peers: readonly PeerRef[] = []): void {
    this.greeted.push({ at, peers });
  }

  override status(peer: PeerRef): ReturnType<WireGuard['status']> {
    return { ...super.status(peer), rxBytes: this.heard };
  }
}

let clock: VirtualClock;
let engine: GreetingEngine;
let resumption: Resumption;
let peer: PeerRef;

beforeEach(() => {
  clock = new VirtualClock();
  engine = new GreetingEngine();
  resumption = new Resumption(engine, clock, (work) => work());
  peer = engine.setPeer(0, { publicKey: new Uint8Array(32).fill(3), allowedIps: [] });
});

const times = (): readonly number[] => engine.greeted.map(({ at }) => at);

test('E11: a peer that has just started is greeted at once, and once more when it stays silent for a second', () => {
  const now = clock.now();
  resumption.greet(peer);
  clock.advance(10 * LISTEN);
  expect(times()).toEqual([now, now + LISTEN]);
  expect(engine.greeted.every(({ peers }) => peers.length === 1 && peers[0] === peer)).toBe(true);
});

test('a peer that has answered is not greeted again', () => {
  resumption.greet(peer);
  engine.heard += 92;
  clock.advance(10 * LISTEN);
  expect(times().length).toBe(1);
});

test('a peer that was removed meanwhile is left alone, and so is everybody after the stop', () => {
  resumption.greet(peer);
  engine.removePeer(clock.now(), peer.publicKey);
  clock.advance(10 * LISTEN);
  expect(times().length).toBe(1);
  peer = engine.setPeer(clock.now(), { publicKey: new Uint8Array(32).fill(4), allowedIps: [] });
  resumption.greet(peer);
  resumption.stop();
  clock.advance(10 * LISTEN);
  expect(times().length).toBe(2);
});
