// @ts-check
// heddle-ingress: before Tailscale's own client with funnel switched on, then before our own node.
import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HEADSCALE } from '../lib/headscale.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { until } from '../lib/wait.mjs';
import {
  allowFunnel,
  BACKEND,
  bothKnown,
  CAPABILITY,
  funnelNode,
  funnelSite,
  headscaleFunnelSite,
  INGRESS_TAG,
  manyVisits,
  NAME,
  openssl,
  say,
  slowVisitors,
  startRelay,
  visit,
} from '../stories/funnel-ingress.mjs';

const SPOOFED = ['-H', 'Tailscale-User-Login: root@example.com', '-H', 'Tailscale-Funnel-Request: ?0'];
/** How long a visitor may take to say whom he wants. */
const HELLO = 10_000;

/** @param {Record<string, string>} headers */
const ofTailscale = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('tailscale-')));

/** @typedef {import('../run.mjs').Row} Row */

/** @type {readonly Row[]} */
const always = [
  {
    id: 'funnel-tailscaled',
    says: 'a visitor outside the tailnet reaches a real tailscaled with funnel switched on, by our ingress relay; it ends the TLS and sets its headers',
    async run(lab) {
      const { hosts, control, files } = await funnelSite(lab);
      const client = await tailscaled(hosts.web, { control, env: { SSL_CERT_FILE: files.ca } });
      await allowFunnel(control);
      await mkdir(join(client.home, 'certs'), { recursive: true });
      await copyFile(files.certificate, join(client.home, 'certs', `${NAME}.crt`));
      await copyFile(files.key, join(client.home, 'certs', `${NAME}.key`));
      await client.local('serve-config', {
        method: 'POST',
        body: {
          TCP: { 443: { HTTPS: true } },
          Web: { [`${NAME}:443`]: { Handlers: { '/': { Proxy: `http://127.0.0.1:${BACKEND}` } } } },
          AllowFunnel: { [`${NAME}:443`]: true },
        },
      });
      await startRelay(hosts.relay, control);
      await bothKnown(control);
      const { url, headers } = await visit(hosts.home, files, ...SPOOFED);
      assert.equal(url, '/a/page?x=1');
      assert.deepEqual(ofTailscale(headers), { 'tailscale-funnel-request': '?1' });
      assert.equal(headers['x-forwarded-for'], '10.77.0.13');
    },
  },
  {
    id: 'funnel-node',
    says: 'a visitor reaches our node with its own certificate: the headers are those that tailscaled sets; funnel goes and comes back',
    async run(lab) {
      const { hosts, control, files } = await funnelSite(lab);
      const node = await funnelNode(hosts.web, control, { files });
      await allowFunnel(control);
      await startRelay(hosts.relay, control);
      await bothKnown(control);
      const { url, headers } = await visit(hosts.home, files, ...SPOOFED);
      assert.equal(url, '/a/page?x=1');
      assert.deepEqual(ofTailscale(headers), { 'tailscale-funnel-request': '?1' });
      assert.equal(headers['x-forwarded-for'], '10.77.0.13');
      const told = (await control.nodes()).find(({ Name }) => Name.startsWith('web.'))?.Hostinfo;
      assert.equal(told.IngressEnabled, true);
      await node.request('remove');
      await until(lab, 'nobody is served', async () => (await openssl(hosts.home, '-servername', NAME)).includes('alert'));
      await node.request('add');
      await visit(hosts.home, files);
    },
  },
  {
    id: 'funnel-thousand',
    says: '1,000 requests of visitors to our node, each over a connection of its own, 100 at once, none lost',
    async run(lab) {
      const { hosts, control, files } = await funnelSite(lab);
      await funnelNode(hosts.web, control, { files });
      await allowFunnel(control);
      await startRelay(hosts.relay, control);
      await bothKnown(control);
      await visit(hosts.home, files);
      const began = performance.now();
      const statuses = await manyVisits(hosts.home, files, 1_000);
      assert.deepEqual([statuses.length, new Set(statuses)], [1_000, new Set(['200'])]);
      lab.note(`1,000 connections in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    },
  },
  {
    id: 'funnel-answers',
    says: 'F12: unknown and missing names, plain HTTP, garbage and a hundred slow-loris each get their stated answer, while visitors are served',
    async run(lab) {
      const { hosts, control, files } = await funnelSite(lab);
      await funnelNode(hosts.web, control, { files });
      await allowFunnel(control);
      await startRelay(hosts.relay, control);
      await bothKnown(control);
      await visit(hosts.home, files);
      const slow = slowVisitors(hosts.home);
      for (const flags of [['-servername', 'other.lab.example.com'], ['-servername', 'web'], ['-noservername']])
        assert.match(await openssl(hosts.home, ...flags), /unrecognized name/);
      assert.match(await say(hosts.home, 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'), /^HTTP\/1\.1 400 Bad Request\r\n.*https:\/\//s);
      assert.equal(await say(hosts.home, '\\001\\002garbage'), '');
      const statuses = await manyVisits(hosts.home, files, 10);
      assert.deepEqual(new Set(statuses), new Set(['200']));
      const ends = await slow;
      assert.deepEqual(
        ends.flatMap(({ heard }) => heard),
        [],
      );
      const longest = Math.max(...ends.map(({ after }) => after));
      assert.ok(longest < HELLO + 3_000, `the last slow visitor was closed after ${longest} ms`);
      lab.note(`100 slow visitors closed by ${(longest / 1_000).toFixed(1)} s`);
    },
  },
];

/** @type {readonly Row[]} */
const withHeadscale = [
  {
    id: 'funnel-headscale',
    says: 'a visitor reaches our node in a tailnet of Headscale: by a capability that its policy grants, and by the tag of the ingress relay',
    async run(lab) {
      const { hosts, server, keyFile, webKey, files } = await headscaleFunnelSite(lab);
      await startRelay(hosts.relay, server, { authKeyFile: keyFile });
      for (const trust of [{ capability: CAPABILITY }, { peers: [INGRESS_TAG] }]) {
        const node = await funnelNode(hosts.web, server, { files, authKey: webKey, trust });
        const { headers } = await visit(hosts.home, files);
        assert.deepEqual(ofTailscale(headers), { 'tailscale-funnel-request': '?1' });
        await node.request('close');
        await server.change('delete', 'web', '--force');
      }
    },
  },
];

export const rows = HEADSCALE === '' ? always : [...always, ...withHeadscale];
