import type { PartContext } from '../contracts/bind.js';
import type { PacketBatch } from '../contracts/packets.js';
import type { Stack, StackTraits } from '../contracts/stack.js';
import { Middle, type ReceiveNext } from './middle.js';

export type DeliverNext = (batch: PacketBatch) => number;

/** What a middleware of a Stack changes: packets from core to the Stack, and from the Stack to core. */
export interface StackHooks {
  deliver?(batch: PacketBatch, next: DeliverNext): number;
  receive?(batch: PacketBatch, next: ReceiveNext): void;
  close?(): void;
}

export interface WrapStackOptions {
  /** `superPackets: false`: core then cuts super-packets before the hooks see them. */
  readonly traits?: Partial<StackTraits>;
}

/** A Stack with the hooks around another, as wrapBind does for a Bind. */
export function wrapStack(inner: Stack, hooks: (context: PartContext) => StackHooks, options: WrapStackOptions = {}): Stack {
  const middle = new Middle<StackHooks>({ stream$: inner.packets$, health$: inner.health$, reason: 'stack-fault' });
  const deliverNext: DeliverNext = (batch) => (middle.hooks === undefined ? 0 : inner.deliver(batch));
  return {
    contract: inner.contract,
    traits: { ...inner.traits, ...options.traits },
    packets$: middle.stream$,
    health$: middle.health$,
    open: (context, signal) => middle.open(context, hooks, () => inner.open(context, signal)),
    close: () => middle.close(() => inner.close()),
    deliver: (batch) => (middle.hooks?.deliver === undefined ? deliverNext(batch) : middle.hooks.deliver(batch, deliverNext)),
    pause: (paused) => inner.pause(paused),
    configure: (config) => inner.configure(config),
    ...(inner.flows && { flows: inner.flows }),
  };
}
