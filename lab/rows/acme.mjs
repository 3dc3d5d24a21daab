// @ts-check
// Certificates from a CA: pebble, which is Let's Encrypt's own for tests.
import assert from 'node:assert/strict';
import { certifiedSite, chain, served } from '../stories/acme.mjs';
import { manyVisits, NAME } from '../stories/funnel-ingress.mjs';

/** @typedef {import('../run.mjs').Row} Row */

/**
 * Visitors all the while a certificate is renewed, fifty at a time: the status of each.
 * @param {import('../stories/acme.mjs').CertifiedSite} site
 */
async function visitsWhileRenewed({ hosts, node, files }) {
  let renewed = false;
  const renewal = node.request('renew', NAME).finally(() => {
    renewed = true;
  });
  const visits = async () => {
    const statuses = [];
    do statuses.push(...(await manyVisits(hosts.home, files, 50)));
    while (!renewed);
    return statuses;
  };
  const [statuses] = await Promise.all([visits(), renewal]);
  return statuses;
}

/**
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {'dns-01' | 'tls-alpn-01'} challenge
 */
async function issuedAndRenewed(lab, challenge) {
  const site = await certifiedSite(lab, challenge);
  const { hosts, control, node, files } = site;
  assert.equal(await served(hosts.home, files), 'served');
  const before = await chain(hosts.home, files.ca);
  assert.match(before.shown, /Verify return code: 0 \(ok\)/);
  assert.equal(before.certificates, 2);
  const statuses = await visitsWhileRenewed(site);
  assert.deepEqual(new Set(statuses), new Set(['200']));
  lab.note(`${statuses.length} visits while the certificate was renewed`);
  const after = await chain(hosts.home, files.ca);
  assert.match(after.shown, /Verify return code: 0 \(ok\)/);
  assert.notEqual(after.serial, before.serial);
  assert.deepEqual(await node.request('health'), []);
  const records = (await control.trace()).filter(({ who }) => who === '/machine/set-dns');
  return { site, serial: after.serial, records: records.length };
}

/** @type {readonly Row[]} */
export const rows = [
  {
    id: 'funnel-acme-dns-01',
    says: 'a visitor is served with a certificate of pebble, which found the record that control was asked to set; it is renewed while visitors come, none is lost; a restart orders nothing',
    async run(lab) {
      const { site, serial, records } = await issuedAndRenewed(lab, 'dns-01');
      assert.ok(records >= 2);
      await site.node.request('close');
      await site.start('again');
      await served(site.hosts.home, site.files);
      assert.equal((await chain(site.hosts.home, site.files.ca)).serial, serial);
    },
  },
  {
    id: 'funnel-acme-tls-alpn-01',
    says: 'the same with pebble as a visitor itself: it comes by the ingress relay, and is shown the challenge by acme-tls/1',
    async run(lab) {
      const { records } = await issuedAndRenewed(lab, 'tls-alpn-01');
      assert.equal(records, 0);
    },
  },
];
