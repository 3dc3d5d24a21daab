import { defineBind, namedRemote, PacketBatch, wrapBind } from '@heddle/core';
import { describe, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { GoodRelay } from '../mutants/bind/relays.js';
import { Exchange, GoodBind } from '../mutants/good-bind.js';
import type { BindHarness } from './harness.js';
import { bindRules } from './rules.js';

const good: BindHarness = {
  host: nodeHost(process),
  queueLimit: 8_192,
  make() {
    const exchange = new Exchange();
    return { a: new GoodBind(exchange, 'a'), b: new GoodBind(exchange, 'b'), c: new GoodBind(exchange, 'c') };
  },
};

describe('a Bind that keeps every rule passes', () => runRules(test, bindRules, good));

describe('a relay that keeps every rule passes', () => {
  runRules(test, bindRules, {
    host: nodeHost(process),
    queueLimit: 8_192,
    make() {
      const exchange = new Exchange();
      return { a: new GoodRelay(exchange, 'a'), b: new GoodRelay(exchange, 'b'), c: new GoodRelay(exchange, 'c') };
    },
  });
});

describe('a Bind behind middleware that changes nothing passes, also without a host', () => {
  runRules(test, bindRules, {
    queueLimit: 8_192,
    async make() {
      const { a, b, c } = await good.make();
      const pass = { send: (to: never, batch: never, next: (to: never, batch: never) => number) => next(to, batch) };
      return { a: wrapBind(a, () => pass as never), b: wrapBind(b, () => ({ receive: (batch, next) => next(batch) })), c: c! };
    },
  });
});

describe('a Bind made by defineBind in a few lines passes', () => {
  runRules(test, bindRules, {
    host: nodeHost(process),
    queueLimit: 8_192,
    make() {
      const places = new Map<string, (from: string, packets: Uint8Array[]) => void>();
      return { a: toy('a', places), b: toy('b', places), toA: () => 'toy:a', toB: () => 'toy:b' };
    },
  });
});

function toy(name: string, places: Map<string, (from: string, packets: Uint8Array[]) => void>) {
  return defineBind({
    scheme: 'toy',
    parse: (rest) => (rest === '' ? undefined : namedRemote(rest)),
    open({ context, deliver, remote, writable }) {
      const queue: { to: string; packets: Uint8Array[] }[] = [];
      places.set(name, (from, packets) =>
        deliver(
          PacketBatch.from(
            remote(from, () => namedRemote(from)),
            ...packets,
          ),
        ),
      );
      const drain = () => {
        writable(true);
        for (const { to, packets } of queue.splice(0)) places.get(to)?.(name, packets);
      };
      return { context, queue, drain, writable, cancel: () => {} };
    },
    send(state, to, batch) {
      if (to.scheme !== 'toy' || batch.count === 0) return 0;
      state.writable(state.queue.length < 99);
      if (state.queue.length >= 100) return 0;
      state.queue.push({ to: to.text.slice(4), packets: [...batch].map((packet) => packet.slice()) });
      if (state.queue.length === 1) state.cancel = state.context.clock.at(state.context.clock.now(), state.drain);
      return batch.count;
    },
    close(state) {
      places.delete(name);
      state.cancel();
    },
  });
}
