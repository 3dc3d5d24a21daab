import type { PathSelector } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { nodeHost, pathSelectorRules, runRules } from '@heddle/testing';
import { describe, test } from 'vitest';
import { DiscoProber } from './disco-prober.js';
import { avoid } from './policies/avoid.js';
import { direct } from './policies/direct.js';
import { overTwoPaths } from './policies/over-two-paths.js';
import { pin } from './policies/pin.js';
import type { Policy } from './policies/policy.js';
import { relayIfFaster } from './policies/relay-if-faster.js';
import { relayOnly } from './policies/relay-only.js';

const host = nodeHost(process);
const crypto = chooseCrypto();

function selector(decide: Policy): PathSelector {
  const key = { privateKey: new Uint8Array(32).fill(1), publicKey: crypto.x25519.load(new Uint8Array(32).fill(1)).publicKey };
  return { contract: 1, prober: new DiscoProber({ crypto, keys: { discoKey: key, nodeKey: key }, scheme: 'udp' }), decide };
}

describe('disco passes', () => runRules(test, pathSelectorRules, { host, make: () => selector(direct) }));

const policies: Readonly<Record<string, Policy>> = {
  relayOnly,
  relayIfFaster,
  pin: pin('direct:1'),
  avoid: avoid(({ text }) => text.endsWith('2')),
  overTwoPaths: overTwoPaths(),
};
const decisions = pathSelectorRules.filter(({ id }) =>
  ['pure', 'own-decision', 'arguments-read-only', 'offered-only', 'reason'].includes(id.split('/')[1]!),
);

describe.each(Object.entries(policies))('%s passes', (_, decide) =>
  runRules(test, decisions, { host, make: () => ({ contract: 1, decide }) }),
);
