import { type Bind, through } from '@heddle/core';
import { test } from 'vitest';
import { runRules } from '../adapters/run-rules.js';
import { memory } from '../parts/memory-bind.js';
import { MemoryNetwork } from '../parts/memory-network.js';
import { bindRules } from '../rules/bind/rules.js';
import { lossy } from './lossy.js';
import { count } from './onlookers.js';

/** A Bind behind middleware is still a Bind. */
runRules(test, bindRules, {
  make() {
    const network = new MemoryNetwork();
    const made = (name: string): Bind =>
      through(memory({ network, name }), count(), lossy({ delay: 3, jitter: 2, queue: 8_192 })).provides[0]!.create() as Bind;
    return { a: made('a'), b: made('b'), c: made('c') };
  },
});
