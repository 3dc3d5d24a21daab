// @ts-check
// Whole tailnets of ours: names for every program of a host, many nodes in a process, a process in two tailnets.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { controlServer } from '../lib/control-server.mjs';
import { folder } from '../lib/folder.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { CENTRE, site } from '../lib/site.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { until } from '../lib/wait.mjs';
import { KEY, ourWeb, WEB_PORT } from '../stories/control.mjs';
import { patchStorm, wholeMap } from '../stories/large-tailnet.mjs';
import { dig, HOSTILE, RESOLVER, tunNode } from '../stories/names.mjs';

const MANY = 50;
const FLOOD = 10_000;
const PEERS = 10_000;
/** MiB with the map in use, and after changes without a pause. V8 is as it is: it collects late where memory is plenty. */
const MOST_MEMORY = 250;
const STORM = { peers: PEERS, rate: 1_000 };
const EXAMPLE = fileURLToPath(new URL('../../examples/two-tailnets/main.mjs', import.meta.url));

export const rows = /** @type {readonly import('../run.mjs').Row[]} */ ([
  {
    id: 'tailnet-dig',
    says: '`dig @100.100.100.100` on the host of a node of ours with TUN: names of peers both ways, no such name, over UDP and TCP',
    async run(lab) {
      const { host, other } = await tunNode(lab);
      const address = await other.address();
      for (const way of ['+notcp', '+tcp']) {
        assert.match(await dig(host, way, 'b.lab.example.com', 'A'), new RegExp(`^b\\.lab\\.example\\.com\\.\\s.*\\sA\\s${address}$`, 'm'));
        assert.match(await dig(host, way, '-x', address), /\sPTR\sb\.lab\.example\.com\.$/m);
        assert.match(await dig(host, way, 'nobody.lab.example.com', 'A'), /status: NXDOMAIN/);
      }
    },
  },
  {
    id: 'tailnet-F11',
    says: `F11: the resolver of a node with TUN is asked in strange ways and by ${FLOOD} questions in a second; it stays itself, and no zone goes out`,
    async run(lab) {
      const { host, ours } = await tunNode(lab);
      const { channel } = await nodeProcess(host, 'dns-client.mjs', { name: 'dns' });
      await channel.request('raw', { server: RESOLVER, packets: HOSTILE });
      assert.match(
        await dig(host, '+tcp', 'lab.example.com', 'AXFR'),
        /Transfer failed|status: (NOTIMP|REFUSED|NXDOMAIN|SERVFAIL|NOERROR)/,
      );
      for (const hex of [...HOSTILE, 'ff'.repeat(65_535)]) await channel.request('overTcp', { server: RESOLVER, hex });
      const answered = await channel.request('flood', { server: RESOLVER, name: 'b.lab.example.com', count: FLOOD });
      assert.match(await dig(host, 'b.lab.example.com', 'A'), /status: NOERROR/);
      assert.equal((await ours.state('Running')).is, 'Running');
      lab.note(`${answered} of ${FLOOD} answered`);
      assert.ok(answered > 0);
    },
  },
  {
    id: 'tailnet-fifty',
    says: `${MANY} nodes of one process join the control server, see each other, and answer`,
    async run(lab) {
      const { hosts, control } = await site(lab, ['a'], { flags: ['-auth-key', KEY] });
      const { channel } = await nodeProcess(hosts.a, 'many-nodes.mjs', { name: 'many' });
      const began = performance.now();
      await channel.request('start', { url: control.url, authKey: KEY, count: MANY }, { deadline: 40_000 });
      const running = performance.now() - began;
      await until(lab, 'each sees all others', async () =>
        (await channel.request('peers')).every((/** @type {number} */ peers) => peers === MANY - 1),
      );
      assert.equal(new Set((await control.nodes()).map(({ Key }) => Key)).size, MANY);
      const addresses = await channel.request('addresses');
      for (const [from, to] of [
        [0, MANY - 1],
        [MANY - 1, 1],
      ])
        await channel.request('ping', { from, address: addresses[to ?? 0] });
      const rss = await channel.request('memory');
      lab.note(`all Running after ${Math.round(running)} ms, ${Math.round(rss / 2 ** 20)} MiB`);
      await channel.request('close');
    },
  },
  {
    id: 'tailnet-ten-thousand',
    says: `${PEERS} peers in one map, then ${STORM.rate} changes a second: all of them come, the event loop goes on and memory stays`,
    seconds: 120,
    async run(lab) {
      const { hosts, control } = await site(lab, ['a'], { flags: ['-auth-key', KEY] });
      const ours = await tailnetNode(hosts.a, { control, authKey: KEY });
      await ours.running();
      const took = await wholeMap(lab, { control, ours }, PEERS);
      const { rss: withMap } = await ours.request('watched');
      const { p99, rss, cpu, rate } = await patchStorm(lab, { control, ours }, { ...STORM, seconds: lab.long ? 60 : 3 });
      lab.note(`map in the netmap after ${took} ms, with what the server does for it; ${Math.round(withMap)} MiB`);
      lab.note(
        `${Math.round(rate)} changes a second: p99 of the loop ${p99.toFixed(1)} ms, ${cpu.toFixed(1)} s of work, ${Math.round(rss)} MiB`,
      );
      assert.ok(withMap < MOST_MEMORY, `${withMap} MiB with the map`);
      assert.ok(rss < MOST_MEMORY, `${rss} MiB after the changes`);
    },
  },
  {
    id: 'tailnet-two',
    says: 'one process in two tailnets: its bridge carries a web page of the second to a node of the first, and the two know nothing else of each other',
    async run(lab) {
      const { hosts, centre, control: first } = await site(lab, ['a', 'b', 'c'], { flags: ['-auth-key', KEY] });
      const second = await controlServer(centre, { address: `${CENTRE}:8081`, name: 'second', flags: ['-auth-key', KEY] });
      const guest = await tailnetNode(hosts.a, { control: first, authKey: KEY });
      const service = await tailnetNode(hosts.b, { control: second, authKey: KEY });
      for (const node of [guest, service]) await node.running();
      const { sha256 } = await ourWeb(service).listen(WEB_PORT, 1_000_000);
      const home = await folder(lab, 'bridge');
      await writeFile(`${home}/key`, KEY);
      const env = { FIRST_URL: first.url, FIRST_KEY_FILE: `${home}/key`, SECOND_URL: second.url, SECOND_KEY_FILE: `${home}/key` };
      const bridge = await hosts.c.start('bridge', [process.execPath, EXAMPLE], {
        env: { ...env, STATE_DIR: home, SERVICE: `b:${WEB_PORT}`, PORT: '80' },
      });
      await guest.peer('bridge', (peer) => peer.endpoints.length > 0);
      await service.peer('bridge', (peer) => peer.endpoints.length > 0);
      await until(lab, 'the page comes', async () => {
        const page = await ourWeb(guest)
          .get('http://bridge/')
          .catch(() => undefined);
        return page?.sha256 === sha256;
      });
      assert.match(await bridge.log(), new RegExp(`^a\\.lab\\.example\\.com → b:${WEB_PORT}$`, 'm'));
      assert.deepEqual(
        (await guest.netmap()).peers.map(({ name }) => name.split('.')[0]),
        ['bridge'],
      );
    },
  },
]);
