import type { Bytes, StackConfig } from '@heddle/core';
import type { OpenTun, TunDevice, TunEvents } from '@heddle/native-linux';
import { nodeHost, runRules, stackRules } from '@heddle/testing';
import { decodeEcho, encodeEcho, formatAddress } from '@heddle/wire';
import { describe, expect, test } from 'vitest';
import { TunStack } from './tun-stack.js';

const HEADER = 10;
const QUEUE = 1_000;

/** A kernel with one interface: it answers echoes to the addresses that it was given, and keeps what nobody reads in a short queue. */
class FakeKernel implements TunDevice {
  readonly vnetHeader = true;
  readonly link = { name: 'tun0', mtu: 1_420, up: true };
  dropped = 0;
  closed = false;
  mtu = 0;
  #own = new Set<string>();
  #events: TunEvents | undefined;
  #queue: Bytes[] = [];
  #paused = false;
  #awake = false;

  readonly open: OpenTun = async () => this;

  watch(events: TunEvents): void {
    this.#events = events;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
  }

  read(slab: Bytes, offset: number, room: number): number {
    const packet = this.closed ? undefined : this.#queue.shift();
    if (packet === undefined) return 0;
    slab.fill(0, offset, offset + HEADER);
    slab.set(packet.subarray(0, room - HEADER), offset + HEADER);
    return HEADER + packet.length;
  }

  write(slab: Bytes, offset: number, length: number): number {
    const reply = this.#replyTo(slab.slice(offset + HEADER, offset + length));
    if (reply === undefined) return 0;
    if (this.#queue.length >= QUEUE) this.dropped += 1;
    else this.#queue.push(reply);
    this.#wake();
    return 0;
  }

  configure({ addresses, mtu }: StackConfig): void {
    this.#own = new Set(addresses.map((prefix) => prefix.split('/')[0]!));
    this.mtu = mtu;
  }

  setMtu(): void {}

  close(): void {
    this.closed = true;
  }

  delete(): void {
    this.closed = true;
    this.#events?.deleted?.();
  }

  change(link: Partial<TunDevice['link']>): void {
    this.#events?.changed?.({ ...this.link, ...link });
  }

  /** A packet of exactly the MTU is answered; a kernel would cut larger answers, and this one has none. */
  #replyTo(packet: Bytes): Bytes | undefined {
    const echo = packet.length > this.mtu ? undefined : decodeEcho(packet);
    if (echo?.kind !== 'echo-request') return undefined;
    const { source, destination } = echo;
    return this.#own.has(formatAddress(destination))
      ? encodeEcho({ ...echo, kind: 'echo-reply', source: destination, destination: source })
      : undefined;
  }

  #wake(): void {
    if (this.#awake || this.#paused || this.closed || this.#queue.length === 0) return;
    this.#awake = true;
    setImmediate(() => {
      this.#awake = false;
      if (!this.#paused && !this.closed) this.#events?.readable();
      this.#wake();
    });
  }
}

/** The Stack over the fake kernel, which takes the configuration as somebody else's doing; its flows would be those of the test's machine. */
class DrivenStack extends TunStack {
  override readonly flows: never = undefined as never;
  readonly #kernel: FakeKernel;

  constructor(kernel: FakeKernel) {
    super({ configure: false, open: kernel.open });
    this.#kernel = kernel;
  }

  override async configure(config: StackConfig): Promise<void> {
    this.#kernel.configure(config);
  }
}

describe('a TUN stack keeps', () => {
  runRules(test, stackRules, { host: nodeHost(process), make: () => ({ stack: new DrivenStack(new FakeKernel()) }) });
});

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function context() {
  const clock = { now: () => 7, wall: () => 7, at: () => () => {} };
  return { clock, random: { fill: () => {} }, pool: { take: () => undefined, of: () => undefined }, log, drop: () => {} };
}

describe('an interface in the hands of others', () => {
  test('is dead when somebody deletes it: health says so, once, and nothing is taken any more', async () => {
    const kernel = new FakeKernel();
    let deleted = 0;
    const stack = new TunStack({ configure: false, open: kernel.open, onDeleted: () => deleted++ });
    const codes: (string | undefined)[] = [];
    stack.health$.subscribe(({ code }) => codes.push(code));
    await stack.open(context(), new AbortController().signal);
    kernel.delete();
    kernel.delete();
    expect([codes, deleted, stack.link]).toEqual([[undefined, 'HEDDLE_TUN_DELETED'], 1, undefined]);
    await stack.close();
  });

  test('tells its changes to who opened it, and is well while somebody else is to set it up', async () => {
    const kernel = new FakeKernel();
    const told: unknown[] = [];
    const stack = new TunStack({ configure: false, open: kernel.open, onLink: (link) => told.push(link) });
    const well: boolean[] = [];
    stack.health$.subscribe(({ ok }) => well.push(ok));
    await stack.open(context(), new AbortController().signal);
    kernel.change({ up: false });
    kernel.change({ mtu: 9_000 });
    await stack.close();
    kernel.change({ up: true });
    expect(told).toEqual([
      { name: 'tun0', mtu: 1_420, up: false },
      { name: 'tun0', mtu: 9_000, up: true },
    ]);
    expect(well).toEqual([true]);
  });

  test('that opens after close is closed at once', async () => {
    const kernel = new FakeKernel();
    const stack = new TunStack({ configure: false, open: kernel.open });
    const opening = stack.open(context(), new AbortController().signal);
    await stack.close();
    await expect(opening).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
    expect(kernel.closed).toBe(true);
  });
});
