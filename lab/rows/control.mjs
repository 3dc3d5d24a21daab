// @ts-check
// Nodes of ours join the control server beside Tailscale's own clients.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { site } from '../lib/site.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { tailscaled } from '../lib/tailscaled.mjs';
import { pass, until } from '../lib/wait.mjs';
import { answers, KEY, ONE_PORT, OTHER_PORT, oursAndTheirs, ourWeb, transfersBothWays, WEB_PORT, web } from '../stories/control.mjs';
import { DELTAS, differences, marker, ours as ourPeer, theirs as theirPeer } from '../stories/control-deltas.mjs';

/**
 * @typedef {import('../run.mjs').Row} Row
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 */

const JOINS = 10;
const MANY_JOINS = 100;
/** Within this time others know that a node has closed. */
const OFFLINE_WITHIN = 3_000;
/** Each is made, and then seen by both. */
const CHANGES = [
  { says: 'joined', path: '', name: 'c', expired: false },
  { says: 'renamed', method: 'POST', path: '/nodes/c/rename?to=d', name: 'd', expired: false },
  { says: 'expired', method: 'POST', path: '/nodes/d/expire', name: 'd', expired: true },
  { says: 'restored', method: 'DELETE', path: '/nodes/d/expire', name: 'd', expired: false },
];

/** What the control server keeps of a node's identity. @param {import('../lib/control-server.mjs').ControlNode} node */
const identity = ({ ID, Key, Machine, Name, Addresses }) => ({ ID, Key, Machine, Name, Addresses });

export const rows = /** @type {readonly Row[]} */ ([
  {
    id: 'control-join-seen',
    says: 'our node and a real tailscaled see each other with name, addresses, OS and presence; a restart keeps our identity; a close is seen',
    async run(lab) {
      const { control, ours, theirs, startedAfter } = await oursAndTheirs(lab);
      const registered = await control.node('b');
      const seen = await theirs.peer('b');
      assert.deepEqual(
        { name: seen.HostName, dns: seen.DNSName, addresses: seen.TailscaleIPs, os: seen.OS, key: seen.PublicKey },
        { name: 'b', dns: 'b.lab.example.com.', addresses: addressesOf(registered), os: 'linux', key: registered.Key },
      );
      const known = await control.node('a');
      const { name, addresses, os, nodeKey } = await ours.peer('a');
      assert.deepEqual(
        { name, addresses, os, nodeKey: `nodekey:${nodeKey}` },
        { name: 'a.lab.example.com', addresses: addressesOf(known), os: 'linux', nodeKey: known.Key },
      );
      await ours.kill();
      await theirs.peer('b', (peer) => !peer.Online);
      await ours.start();
      const again = await ours.running();
      assert.deepEqual(identity(await control.node('b')), identity(registered));
      await theirs.peer('b', (peer) => peer.Online);
      const closing = performance.now();
      await ours.close();
      await theirs.peer('b', (peer) => !peer.Online);
      const offline = performance.now() - closing;
      assert.ok(offline < OFFLINE_WITHIN, `offline after ${Math.round(offline)} ms`);
      lab.note(`offline ${Math.round(offline)} ms after the close began`);
      lab.note(`process start to Running ${Math.round(startedAfter)} ms, with kept state ${Math.round(again)} ms`);
    },
  },
  ...[JOINS, MANY_JOINS].map((joins) => ({
    id: `control-join-${joins}-times`,
    says: `${joins} of ${joins} new nodes of ours join, and every one is another node to the control server`,
    long: joins === MANY_JOINS,
    seconds: 60 + joins,
    async run(/** @type {Lab} */ lab) {
      const { hosts, control } = await site(lab, ['a'], { flags: ['-auth-key', KEY] });
      const times = [];
      for (let n = 0; n < joins; n++) {
        const node = await tailnetNode(hosts.a, { control, authKey: KEY, name: `node-${n}` });
        times.push(Math.round(await node.running()));
        await node.close();
      }
      const nodes = await control.nodes();
      assert.equal(new Set(nodes.map(({ Key }) => Key)).size, joins);
      assert.equal(new Set(nodes.flatMap(addressesOf)).size, 2 * joins);
      const sorted = times.toSorted((a, b) => a - b);
      lab.note(`process start to Running: median ${sorted[joins >> 1]} ms, at most ${sorted.at(-1)} ms`);
    },
  })),
  {
    id: 'control-join-requests',
    says: 'F9: our node opens one map stream, without compression, and tells its endpoint beside it; the auth key is in no log and no status',
    async run(lab) {
      const { control, ours } = await oursAndTheirs(lab);
      const { Key } = await control.node('b');
      const asked = (await control.trace()).filter(({ kind, who }) => kind === 'map' && who === Key).map(({ body }) => body);
      assert.equal(asked.filter(({ Stream }) => Stream).length, 1);
      assert.ok(asked.some(({ Stream, Endpoints }) => !Stream && Endpoints?.includes('10.77.0.12:41641')));
      assert.deepEqual([...new Set(asked.map(({ Version, Compress }) => `${Version} ${Compress ?? ''}`))], ['119 ']);
      assert.ok(!(await ours.log()).includes(KEY) && !JSON.stringify(await ours.request('status')).includes(KEY));
    },
  },
  {
    id: 'control-join-F9',
    says: 'F9: through join, refusals, a lost server and expiry, neither the auth key nor a private key is in what our node logs at debug level, shows or throws',
    async run(lab) {
      const { control, ours } = await oursAndTheirs(lab);
      const mistakes = [await mistake(ours.request('ping', { address: 'nobody', timeout: 500 }))];
      await control.kill();
      mistakes.push(await mistake(ours.request('get', { url: 'http://a:9/', timeout: 500 })));
      await until(lab, 'our node misses the server', async () => (await ours.request('state')).reason !== undefined);
      await control.start();
      await until(lab, 'our node is back', async () => (await ours.request('state')).reason === undefined);
      await control.ask('POST', '/nodes/b/expire');
      await until(
        lab,
        'our node has noticed',
        async () => (await ours.log()).includes('expire') || (await ours.request('state')).is !== 'Running',
      );
      const said = [await ours.log(), await ours.request('inspected'), JSON.stringify(await ours.request('status')), ...mistakes].join(
        '\n',
      );
      const secrets = await secretsOf(ours);
      assert.ok(secrets.length >= 4);
      assert.deepEqual(secrets.filter((secret) => said.includes(secret)).length, 0);
      assert.ok(!said.includes('privkey:'));
      lab.note(`${secrets.length} forms of secrets in ${said.length} characters`);
    },
  },
  {
    id: 'control-join-login',
    says: 'without a key our node shows a login URL; once somebody has been there it waits for approval; once approved it runs',
    async run(lab) {
      const { hosts, control } = await site(lab, ['a'], { flags: ['-interactive', '-approval'] });
      const ours = await tailnetNode(hosts.a, { control });
      const { url = '' } = await until(lab, 'a login URL', async () => {
        const state = await ours.state('NeedsLogin');
        return state.url !== undefined && state;
      });
      assert.ok(url.startsWith(`${control.url}/auth/`), url);
      await hosts.a.exec(['curl', '-sf', url]);
      await ours.state('NeedsMachineAuth');
      await control.ask('POST', '/nodes/a/approve');
      await ours.state('Running');
    },
  },
  {
    id: 'control-join-expiry',
    says: 'C12: our key expires, and our node needs a login; it is prolonged, and our node runs on with the same identity',
    async run(lab) {
      const { hosts, control } = await site(lab, ['a'], { flags: ['-auth-key', KEY] });
      const ours = await tailnetNode(hosts.a, { control, authKey: KEY });
      await ours.state('Running');
      const registered = await control.node('a');
      await control.ask('POST', '/nodes/a/expire');
      await until(lab, 'our node knows', async () => {
        const renewed = await control.node('a');
        return renewed.Key !== registered.Key || (await ours.request('state')).is === 'NeedsLogin';
      });
      await control.ask('DELETE', `/nodes/${registered.ID}/expire`);
      await ours.state('Running');
      const { ID, Machine, Name, Addresses } = await control.node('a');
      assert.deepEqual({ ID, Machine, Name, Addresses }, (({ Key, ...rest }) => rest)(identity(registered)));
    },
  },
  {
    id: 'control-join-ephemeral',
    says: 'an ephemeral node of ours that closes is forgotten by the control server; another one is not',
    async run(lab) {
      const { hosts, control } = await site(lab, ['a', 'b'], { flags: ['-auth-key', KEY] });
      const short = await tailnetNode(hosts.a, { control, authKey: KEY, ephemeral: true });
      const long = await tailnetNode(hosts.b, { control, authKey: KEY });
      for (const node of [short, long]) await node.running();
      for (const node of [short, long]) await node.close();
      await until(lab, 'only one is left', async () => (await control.nodes()).length === 1);
      assert.equal((await control.node('b')).Online, false);
    },
  },
  ...[true, false].map((tun) => ({
    id: `control-join-traffic-${tun ? 'tun' : 'userspace'}`,
    says: `our node and a real tailscaled ${tun ? 'with TUN' : 'without'} over direct UDP: echoes, and 10 MB of HTTP each way, asked for by either by MagicDNS name`,
    async run(/** @type {Lab} */ lab) {
      const { ours, theirs } = await oursAndTheirs(lab, { tun });
      const ourAddress = await ours.address();
      for (let n = 0; n < 5; n++) await ours.request('ping', { address: await theirs.address(), timeout: 5_000 });
      assert.match(await theirs.cli('ping', '--icmp', '-c', '1', '--timeout=5s', ourAddress), /pong from b/);
      const [webOurs, webTheirs] = [ourWeb(ours), await web(theirs)];
      await transfersBothWays(webOurs, webTheirs, 'a', WEB_PORT);
      await transfersBothWays(webTheirs, webOurs, tun ? ourAddress : 'b', WEB_PORT);
    },
  })),
  {
    id: 'control-join-tsmp',
    says: '`tailscale ping --tsmp` of a real client is answered by our node, which lets nobody else in',
    async run(lab) {
      const { control, ours, theirs } = await oursAndTheirs(lab);
      await control.overlay('PacketFilter', []);
      assert.match(await theirs.cli('ping', '--tsmp', '-c', '1', '--timeout=5s', await ours.address()), /pong from b .*via TSMP/);
    },
  },
  {
    id: 'control-join-filter',
    says: 'A4: our node lets a real tailscaled in where the packet filter of the control server does, and follows its changes',
    async run(lab) {
      const { control, ours, theirs } = await oursAndTheirs(lab);
      const [webOurs, webTheirs, address] = [ourWeb(ours), await web(theirs), await ours.address()];
      for (const port of [WEB_PORT, OTHER_PORT]) await webOurs.listen(port, 100);
      const open = (/** @type {number} */ port) => answers(webTheirs, `http://${address}:${port}/`);
      assert.deepEqual([await open(WEB_PORT), await open(OTHER_PORT)], [true, true]);
      await control.overlay('PacketFilter', ONE_PORT);
      await until(lab, 'ours has the new filter', async () => !(await open(OTHER_PORT)));
      assert.ok(await open(WEB_PORT));
      await control.overlay('PacketFilter', []);
      await until(lab, 'ours lets nobody in', async () => !(await open(WEB_PORT)));
      await control.ask('DELETE', '/overlay/*/PacketFilter');
      await until(lab, 'ours has the old filter', () => open(OTHER_PORT));
    },
  },
  {
    id: 'control-join-whois',
    says: 'whois of a third node, and of one with tags: ours says what `tailscale whois --json` of a real client says, grants included',
    async run(lab) {
      const { hosts, control } = await site(lab, ['a', 'b', 'c'], { relay: true, flags: ['-auth-key', KEY, '-separate-users'] });
      const ours = await tailnetNode(hosts.b, { control, authKey: KEY });
      const theirs = await tailscaled(hosts.a, { control, authKey: KEY });
      await tailscaled(hosts.c, { control, authKey: KEY });
      await control.ask('PUT', '/app-caps', { 'example.com/cap/app': [{ may: 'read' }, 'write'] });
      const address = (await ours.peer('c')).addresses[0] ?? '';
      for (const tags of [[], ['tag:web']]) {
        await control.ask('PATCH', '/nodes/c', { Tags: tags });
        await theirs.peer('c', (peer) => (peer.Tags ?? []).length === tags.length);
        await ours.peer('c', (peer) => (peer.tags ?? []).length === tags.length);
        const { Node, UserProfile, CapMap } = await theirs.whois(address);
        const said = await ours.request('whois', { address });
        assert.deepEqual({ name: `${said.name}.`, id: said.id, tags: said.tags }, { name: Node.Name, id: String(Node.ID), tags });
        for (const [capability, values] of Object.entries(CapMap))
          assert.deepEqual(said.capabilities[capability], values ?? [], capability);
        assert.deepEqual(CapMap['example.com/cap/app'], [{ may: 'read' }, 'write']);
        if (tags.length === 0)
          assert.deepEqual([said.user.loginName, said.user.displayName], [UserProfile.LoginName, UserProfile.DisplayName]);
      }
    },
  },
  {
    id: 'control-join-changes',
    says: 'our node follows the control server as a real tailscaled does: another peer renamed, expired, restored and deleted',
    async run(lab) {
      const { hosts, control } = await site(lab, ['a', 'b', 'c'], { relay: true, flags: ['-auth-key', KEY] });
      const ours = await tailnetNode(hosts.b, { control, authKey: KEY });
      await ours.running();
      const theirs = await tailscaled(hosts.a, { control, authKey: KEY });
      await tailscaled(hosts.c, { control, authKey: KEY });
      for (const { says, method, path, name, expired } of CHANGES) {
        if (method !== undefined) await control.ask(method, path);
        const seen = await theirs.peer(name, (peer) => (peer.Expired ?? false) === expired);
        const known = await ours.peer(name, (peer) => (peer.expired ?? false) === expired);
        assert.deepEqual(
          { name: `${known.name}.`, addresses: known.addresses, os: known.os },
          { name: seen.DNSName, addresses: seen.TailscaleIPs, os: seen.OS },
          says,
        );
        // tailscaled spoils the key of an expired peer, so that nothing can go there.
        if (!expired) assert.equal(`nodekey:${known.nodeKey}`, seen.PublicKey, says);
      }
      await control.ask('DELETE', '/nodes/d');
      const gone = async () => (await ours.netmap()).peers.length === 1 && (await theirs.peers()).length === 1;
      await until(lab, 'the deleted peer is gone for both', gone);
    },
  },
  {
    id: 'control-join-deltas',
    says: `${DELTAS.length} messages, every form of a change of peers: after each our table equals a real tailscaled’s, field by field`,
    async run(lab) {
      const { control, ours, theirs } = await oursAndTheirs(lab);
      const tables = async () => ({ mine: (await ours.netmap()).peers.map(ourPeer), yours: (await theirs.netmap()).Peers.map(theirPeer) });
      const send = (/** @type {unknown} */ message) =>
        Promise.all(['a', 'b'].map((node) => control.ask('POST', `/nodes/${node}/map`, message)));
      const compared = [];
      for (const [step, { says, message }] of DELTAS.entries()) {
        await send(message);
        await send(marker(step));
        const { mine, yours } = await until(lab, `both have read: ${says}`, async () => {
          const both = await tables();
          return Object.values(both).every((table) => table.some(({ name }) => name.startsWith(`step-${step}.`))) && both;
        });
        const virtual = (/** @type {{ name: string }[]} */ table) => table.filter(({ name }) => /^n\d/.test(name));
        assert.deepEqual(differences(virtual(mine), virtual(yours)), [], says);
        compared.push(...virtual(yours));
      }
      lab.note(`${compared.length} peers compared, in ${Object.keys(compared[0] ?? {}).join(', ')}`);
    },
  },
  {
    id: 'control-join-C8',
    says: 'C8: the control server dies for a while: no echo is lost and a connection lives on; the map stream is back within 10 s of its return',
    seconds: 90,
    async run(lab) {
      const { control, ours, theirs } = await oursAndTheirs(lab);
      const address = await theirs.address();
      await (await web(theirs)).listen(WEB_PORT, 100);
      await ours.request('hold', { host: address, port: WEB_PORT });
      await control.kill();
      const outage = performance.now() + (lab.long ? 30_000 : 6_000);
      while (performance.now() < outage) {
        await ours.request('ping', { address, timeout: 5_000 });
        await pass(lab, 200);
      }
      await control.start();
      const returned = performance.now();
      await until(lab, 'the map stream is back', async () => (await control.node('b')).Online);
      const back = performance.now() - returned;
      await until(lab, 'so is that of the other', async () => (await control.node('a')).Online);
      assert.equal(await ours.request('heldAnswers'), 'HTTP/1.1 200 OK');
      lab.note(`stream back after ${Math.round(back)} ms`);
    },
  },
]);

/** What a request that fails says. @param {Promise<unknown>} request */
async function mistake(request) {
  return request.then(
    () => '',
    (error) => inspect(error, { depth: 12, showHidden: true }),
  );
}

/** The auth key, and every private key of the state in each of its texts. @param {import('../lib/tailnet-node.mjs').TailnetNode} node */
async function secretsOf({ home }) {
  const state = await readFile(`${home}/state.json`, 'utf8');
  const keys = [...state.matchAll(/"([0-9a-f]{64})"/g)].map(([, hex = '']) => hex);
  return [KEY, ...keys.flatMap((hex) => [hex, Buffer.from(hex, 'hex').toString('base64')])];
}

/** @param {{ Addresses: string[] }} node */
function addressesOf({ Addresses }) {
  return Addresses.map((address) => address.split('/')[0]);
}
