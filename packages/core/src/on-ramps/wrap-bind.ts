import type { Bind, BindTraits, PartContext } from '../contracts/bind.js';
import type { PacketBatch } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import { Middle, type ReceiveNext } from './middle.js';

export type SendNext = (to: Remote, batch: PacketBatch) => number;

/** What a middleware of a Bind changes. `next` may be called any number of times, also later with a lease; after close it does nothing. */
export interface BindHooks {
  send?(to: Remote, batch: PacketBatch, next: SendNext): number;
  receive?(batch: PacketBatch, next: ReceiveNext): void;
  /** Runs when the Bind closes: cancel timers, release leases. */
  close?(): void;
}

export interface WrapBindOptions {
  /** Changes of the traits, such as a smaller datagram. */
  readonly traits?: Partial<BindTraits>;
}

/**
 * A Bind with the hooks around another: the few members it changes, the rest by delegation.
 * The hooks are made when it opens, with pool, clock and randomness at hand.
 */
export function wrapBind(inner: Bind, hooks: (context: PartContext) => BindHooks, options: WrapBindOptions = {}): Bind {
  const middle = new Middle<BindHooks>({ stream$: inner.datagrams$, health$: inner.health$, reason: 'bind-fault' });
  const sendNext: SendNext = (to, batch) => (middle.hooks === undefined ? 0 : inner.send(to, batch));
  return {
    contract: inner.contract,
    scheme: inner.scheme,
    traits: { ...inner.traits, ...options.traits },
    datagrams$: middle.stream$,
    localEndpoints$: inner.localEndpoints$,
    health$: middle.health$,
    writable$: inner.writable$,
    open: (context, signal) => middle.open(context, hooks, () => inner.open(context, signal)),
    close: () => middle.close(() => inner.close()),
    send: (to, batch) => (middle.hooks?.send === undefined ? sendNext(to, batch) : middle.hooks.send(to, batch, sendNext)),
    parse: (text) => inner.parse(text),
    ...(inner.configure && { configure: (settings) => inner.configure!(settings) }),
    ...(inner.poke && { poke: () => inner.poke!() }),
  };
}
