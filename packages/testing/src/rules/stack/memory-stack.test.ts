import { wrapStack } from '@heddle/core';
import { describe, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { MemoryStack } from '../../parts/memory-stack.js';
import { stackRules } from './rules.js';

const host = nodeHost(process);
const offers = ['stack.ping', 'stack.udp'];

describe('the memory Stack passes', () => runRules(test, stackRules, { host, offers, make: () => ({ stack: new MemoryStack() }) }));

describe('a Stack behind middleware that changes nothing passes', () => {
  runRules(test, stackRules, {
    offers,
    make: () => ({
      stack: wrapStack(new MemoryStack(), () => ({
        deliver: (batch, next) => next(batch),
        receive: (batch, next) => next(batch),
      })),
    }),
  });
});
