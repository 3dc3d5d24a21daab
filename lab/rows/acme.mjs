// @ts-check
// Certificates from a CA: pebble, which is Let's Encrypt's own for tests.
import assert from 'node:assert/strict';
import { certifiedSite, chain, keptText, served } from '../stories/acme.mjs';
import { manyVisits, NAME } from '../stories/funnel-ingress.mjs';

/** @typedef {import('../run.mjs').Row} Row */

/**
 * @param {'dns-01' | 'tls-alpn-01'} challenge
 * @returns {Row['run']}
 */
function issuedAndRenewed(challenge) {
  return async (lab) => {
    const { hosts, control, node, state, files } = await certifiedSite(lab, challenge);
    assert.equal(await served(hosts.home, files), 'served');
    const before = await chain(hosts.home, files.ca);
    assert.match(before.shown, /Verify return code: 0 \(ok\)/);
    assert.equal(before.certificates, 2);
    const [statuses] = await Promise.all([manyVisits(hosts.home, files, 200), node.request('renew', NAME)]);
    assert.deepEqual([statuses.length, new Set(statuses)], [200, new Set(['200'])]);
    const after = await chain(hosts.home, files.ca);
    assert.match(after.shown, /Verify return code: 0 \(ok\)/);
    assert.notEqual(after.serial, before.serial);
    assert.deepEqual(await node.request('health'), []);
    assert.match(await keptText(state), new RegExp(`certificates/of/${NAME}`));
    const asked = (await control.trace()).filter(({ who }) => who === '/machine/set-dns');
    assert.equal(asked.length > 0, challenge === 'dns-01');
  };
}

/** @type {readonly Row[]} */
export const rows = [
  {
    id: 'funnel-acme-dns-01',
    says: 'a visitor is served with a certificate of pebble, which found the record that control was asked to set; it is renewed while 200 requests run, and none is lost',
    run: issuedAndRenewed('dns-01'),
  },
  {
    id: 'funnel-acme-tls-alpn-01',
    says: 'the same with pebble as a visitor itself: it comes by the ingress relay, and is shown the challenge by acme-tls/1',
    run: issuedAndRenewed('tls-alpn-01'),
  },
];
