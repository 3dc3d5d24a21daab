// @ts-check
// Nodes of ours over Tailscale's own relay, and beside its own client.
import assert from 'node:assert/strict';
import { derper, REGION } from '../lib/derper.mjs';
import { relayNode } from '../lib/relay-node.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import { KEY, transfersBothWays, web, webOver } from '../stories/control.mjs';
import { besideTailscaled, certificateHash, homed, hostsAndRelays, INNER, RELAYS, region, relayedPair, silence } from '../stories/derp.mjs';

const PORT = 8_000;
/** Scenario D5: after a relay listens again. */
const AFTER_RESTART = 5_000;
/** Scenario D4: when the relay is silent; and when it is gone. */
const AFTER_SILENCE = 15_000;
const AFTER_DEATH = 5_000;

const [FIRST = ''] = RELAYS;

/**
 * Whether an echo of Tailscale's own ping comes back.
 * @param {import('../lib/tailscaled.mjs').Tailscaled} client
 * @param {string} address
 */
function pongBy(client, address) {
  return client.cli('ping', '--icmp', '-c', '1', '--timeout=1s', address).then(
    (said) => said.includes('pong from'),
    () => false,
  );
}

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'derp-static',
    says: 'two nodes of ours with static control reach each other through a derper alone, 10 MB both ways',
    async run(lab) {
      const { hosts } = await hostsAndRelays(lab);
      const { a, b } = await homed(await relayedPair(hosts, { regions: [region(REGION, [FIRST])] }));
      const reached = await a.reaches(INNER.b);
      const begun = performance.now();
      await transfersBothWays(webOver(a), webOver(b), INNER.b, PORT);
      lab.note(`first answer after ${Math.round(reached)} ms, 20 MB in ${Math.round(performance.now() - begun)} ms`);
      assert.equal((await a.health())?.ok, true);
    },
  },
  {
    id: 'derp-D5-restart',
    says: `D5: when a derper comes back, traffic is back within ${AFTER_RESTART} ms after it listens; meanwhile health says which relay is gone`,
    async run(lab) {
      const { hosts, relays } = await hostsAndRelays(lab);
      const { a } = await homed(await relayedPair(hosts, { regions: [region(REGION, [FIRST])] }));
      await a.reaches(INNER.b);
      await relays[0]?.kill();
      await until(lab, 'health shows it', async () => (await a.health())?.code === 'HEDDLE_DERP_UNREACHABLE');
      await derper(hosts.r1, FIRST);
      lab.note(`back ${Math.round(await a.reaches(INNER.b, AFTER_RESTART))} ms after it listens`);
      await until(lab, 'health is well again', async () => (await a.health())?.ok === true);
    },
  },
  {
    id: 'derp-D4-killed',
    says: `a region with two derpers: when the one in use is killed, both nodes meet at the other within ${AFTER_DEATH} ms`,
    async run(lab) {
      const { hosts, relays } = await hostsAndRelays(lab);
      const { a } = await homed(await relayedPair(hosts, { regions: [region(REGION, RELAYS)] }));
      await a.reaches(INNER.b);
      await relays[0]?.kill();
      lab.note(`back after ${Math.round(await a.reaches(INNER.b, AFTER_DEATH))} ms`);
    },
  },
  {
    id: 'derp-D4-black-hole',
    says: `D4: a region with two derpers: when nothing comes through from the one in use, both nodes meet at the other within ${AFTER_SILENCE} ms`,
    async run(lab) {
      const { hosts } = await hostsAndRelays(lab);
      const { a } = await homed(await relayedPair(hosts, { regions: [region(REGION, RELAYS)] }));
      await a.reaches(INNER.b);
      await silence(hosts.r1);
      lab.note(`back after ${Math.round(await a.reaches(INNER.b, AFTER_SILENCE))} ms`);
    },
  },
  {
    id: 'derp-C13-certificates',
    says: 'C13: a relay is believed by the hash of its certificate, and not with another hash, nor unchecked without our consent',
    async run(lab) {
      const { hosts, relays } = await hostsAndRelays(lab);
      const right = { certName: `sha256-raw:${await certificateHash(relays[0])}` };
      const wrong = { certName: `sha256-raw:${await certificateHash(relays[1])}` };
      const { a, b } = await homed(await relayedPair(hosts, { regions: [region(REGION, [FIRST], right)], allowInsecure: false }));
      await a.reaches(INNER.b);
      await Promise.all([a.close(), b.close()]);
      for (const more of [wrong, { insecureForTests: true }, { certName: 'relay.example.com' }]) {
        const { a: refused } = await relayedPair(
          { a: hosts.a, b: hosts.b },
          { regions: [region(REGION, [FIRST], more)], allowInsecure: false },
        );
        await until(lab, 'the certificate is refused', async () => (await refused.health())?.code === 'HEDDLE_DERP_CERTIFICATE');
      }
    },
  },
  {
    id: 'derp-tailscaled',
    says: 'UDP dropped: a real tailscaled and our node exchange 10 MB both ways through a derper; when it dies both move to the other region',
    async run(lab) {
      const { hosts, relays, control } = await besideTailscaled(lab);
      const theirs = await tailscaled(hosts.a, { control, authKey: KEY });
      const ours = await relayNode(hosts.b, { tailnet: { url: control.url, authKey: KEY } });
      const seen = await theirs.peer('b', (peer) => peer.Online && peer.Relay !== '');
      const [address = ''] = seen.TailscaleIPs;
      const home = Number(seen.Relay.slice('lab'.length));
      await ours.reaches(await theirs.address());
      await transfersBothWays(webOver(ours), await web(theirs), await theirs.address(), PORT);
      await transfersBothWays(await web(theirs), webOver(ours), address, PORT);
      assert.equal((await theirs.peer('b')).CurAddr, '');
      await relays[home]?.kill();
      const begun = performance.now();
      await theirs.peer('b', (peer) => peer.Relay === `lab${1 - home}`);
      await until(lab, 'they reach us again', () => pongBy(theirs, address), { deadline: AFTER_SILENCE });
      lab.note(`home ${seen.Relay}; after its death they reach us again in ${Math.round(performance.now() - begun)} ms`);
    },
  },
];
