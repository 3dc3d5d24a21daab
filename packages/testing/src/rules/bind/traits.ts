import type { Bind } from '@heddle/core';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindHarness } from './harness.js';
import { bindRule } from './rule.js';

/** A WireGuard handshake, the longest message that must always pass. */
const HANDSHAKE = 148;

export const traitRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/traits',
    'Contract, scheme and traits are well formed and never change.',
    'Core reads them once: it refuses a plugin by its contract, finds clashes by scheme, and lays out slabs by the room asked for.',
    async (bench) => {
      const before = described(bench.b.part);
      expectThat(bench.b.part.contract === 1, `contract is ${String(bench.b.part.contract)}, not 1`);
      expectThat(
        /^[a-z][a-z0-9+.-]*$/.test(bench.b.part.scheme),
        `scheme "${bench.b.part.scheme}" is not lower-case letters, digits, + . -`,
      );
      expectTraits(bench.b.part);
      await bench.start();
      expectThat(described(bench.b.part) === before, `traits changed while opening, from ${before}`);
      await bench.close();
      expectThat(described(bench.b.part) === before, `traits changed while closing, from ${before}`);
    },
  ),
];

function expectTraits({ traits }: Bind): void {
  expectThat(typeof traits.relay === 'boolean', 'traits.relay is not a boolean');
  const { largestDatagram } = traits;
  const carries = Number.isInteger(largestDatagram) && largestDatagram >= HANDSHAKE && largestDatagram <= 65_535;
  expectThat(carries, `traits.largestDatagram is ${largestDatagram}: a datagram has ${HANDSHAKE} to 65,535 bytes`);
  for (const room of ['headroom', 'tailroom'] as const)
    expectThat(Number.isInteger(traits[room]) && traits[room] >= 0, `traits.${room} is ${traits[room]}`);
}

function described({ contract, scheme, traits }: Bind): string {
  return JSON.stringify([contract, scheme, traits.relay, traits.largestDatagram, traits.headroom, traits.tailroom]);
}
