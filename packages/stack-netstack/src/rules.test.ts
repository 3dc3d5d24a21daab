import { nodeHost, runRules, stackRules } from '@heddle/testing';
import { describe, test } from 'vitest';
import { NetstackStack } from './netstack-stack.js';

const offers = ['stack.tcp', 'stack.udp', 'stack.ping', 'stack.intercept'];

describe('the netstack passes', () => {
  runRules(test, stackRules, { host: nodeHost(process), offers, make: () => ({ stack: new NetstackStack() }) });
});
