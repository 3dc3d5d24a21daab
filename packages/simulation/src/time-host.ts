import { type Bytes, type Clock, definePlugin, type Plugin, provide, Tokens, type UdpSocketOptions, type UdpSockets } from '@heddle/core';
import type { SimHost } from '@heddle/testing';

interface Waiting {
  readonly time: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * The time of one simulated host, which may have another date than its neighbours, stand still in its event loop, or sleep.
 *
 *             now()          timers                     datagrams
 *   blocked   goes on        run late, when it is over   wait in the kernel, are read after the timers that are due
 *   asleep    stands still   run later by that much      are lost
 */
export class TimeHost {
  readonly clock: Clock;
  readonly surroundings: Plugin;
  /** First bytes of datagrams that left the host, with the time of the network. */
  readonly sent: { readonly type: number; readonly at: number }[] = [];
  readonly #host: SimHost;
  #dateOffset = 0;
  #slept = 0;
  #state: 'awake' | 'blocked' | 'asleep' = 'awake';
  #since = 0;
  readonly #late: Waiting[] = [];
  readonly #unread: (() => void)[] = [];

  constructor(host: SimHost) {
    this.#host = host;
    this.clock = {
      now: () => this.#now(),
      wall: () => host.clock.wall() + this.#dateOffset,
      at: (time, run) => this.#at({ time, run, cancelled: false }),
    };
    this.surroundings = this.#plugin();
  }

  /** Sets the date of this host alone. */
  setDate(by: number): void {
    this.#dateOffset += by;
  }

  /** User code computes for so long. */
  block(milliseconds: number): void {
    this.#begin('blocked', milliseconds, () => {
      for (const waiting of this.#late.splice(0).sort((a, b) => a.time - b.time)) if (!waiting.cancelled) waiting.run();
      for (const read of this.#unread.splice(0)) read();
    });
  }

  /** The lid is closed for so long. */
  suspend(milliseconds: number): void {
    this.#begin('asleep', milliseconds, () => {
      this.#slept += milliseconds;
      for (const waiting of this.#late.splice(0)) this.#set(waiting);
    });
  }

  #begin(state: 'blocked' | 'asleep', milliseconds: number, over: () => void): void {
    const { clock } = this.#host;
    this.#state = state;
    this.#since = clock.now();
    clock.at(clock.now() + milliseconds, () => {
      this.#state = 'awake';
      over();
    });
  }

  #now(): number {
    const now = this.#state === 'asleep' ? this.#since : this.#host.clock.now();
    return now - this.#slept;
  }

  #at(waiting: Waiting): () => void {
    if (waiting.time === Number.POSITIVE_INFINITY) return () => {};
    this.#set(waiting);
    return () => {
      waiting.cancelled = true;
    };
  }

  #set(waiting: Waiting): void {
    this.#host.clock.at(waiting.time + this.#slept, () => {
      if (waiting.cancelled) return;
      if (this.#state !== 'awake') this.#late.push(waiting);
      else if (waiting.time > this.#now()) this.#set(waiting);
      else waiting.run();
    });
  }

  #message(options: UdpSocketOptions): (bytes: Bytes, address: string, port: number) => void {
    return (bytes, address, port) => {
      if (this.#state === 'awake') options.message(bytes, address, port);
      if (this.#state === 'blocked') this.#unread.push(() => options.message(bytes, address, port));
    };
  }

  #sockets(): UdpSockets {
    return {
      open: async (options) => {
        const socket = await this.#host.udp.open({ ...options, message: this.#message(options) });
        return {
          local: socket.local,
          receiveBuffer: 0,
          sendBuffer: 0,
          busy: () => socket.busy(),
          close: () => socket.close(),
          send: (slab, offset, length, port, address) => {
            this.sent.push({ type: slab[offset]!, at: this.#host.clock.now() });
            return socket.send(slab, offset, length, port, address);
          },
        };
      },
    };
  }

  #plugin(): Plugin {
    return definePlugin({
      name: 'time-host',
      provides: [
        provide(Tokens.Clock, [], () => this.clock),
        provide(Tokens.Random, [], () => this.#host.random),
        provide(Tokens.UdpSockets, [], () => this.#sockets()),
        provide(Tokens.Interfaces, [], () => this.#host.interfaces),
      ],
    });
  }
}
